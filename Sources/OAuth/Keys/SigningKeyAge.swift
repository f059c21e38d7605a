import Cryptography

/// How long a key has signed and how long it still will: for whoever watches that keys rotate (OP5).
package struct SigningKeyAge: Sendable, Equatable {
    package let algorithm: SignatureAlgorithm
    /// Seconds.
    package let age: Int64
    /// Seconds; negative when rotation is overdue.
    package let rotatesIn: Int64
}

extension SigningKeyVault {
    package func ages(at now: Instant) -> [SigningKeyAge] {
        let rows = storedKeys
        return algorithms.compactMap { algorithm in
            guard let key = schedule.current(algorithm, in: rows, at: now) else { return nil }
            let successor = rows.filter { $0.algorithm == algorithm && $0.generation > key.generation }
                .min { $0.generation < $1.generation }
            let end = successor?.signsFrom ?? key.signsFrom + schedule.rotation
            return SigningKeyAge(
                algorithm: algorithm, age: now.seconds(since: key.signsFrom), rotatesIn: end.seconds(since: now))
        }
    }
}
