import Cryptography
import Foundation

/// Hashes and checks passwords on threads of its own, as many at a time as there are cores (PW5, PW6).
package final class PasswordHasher: Sendable {
    /// The line is full. Thrown at once, so that a flood of sign-ins is refused and not queued up.
    package struct Busy: Error, Equatable {
        /// Seconds: a full line of 64 a thread is worked off in about two.
        package let retryAfter: Int64

        package init(retryAfter: Int64 = 2) {
            self.retryAfter = retryAfter
        }
    }

    /// The server is stopping.
    package struct Stopped: Error, Equatable {}

    private let scheme: any PasswordScheme
    private let threads: HashingThreads
    /// What the password of nobody is compared with, made with today's parameters (PW10).
    private let nobody: String
    private let patience: Patience

    /// Fails when not even one hash can be made: better at start than at the first sign-in.
    package init(
        scheme: any PasswordScheme = ImportingScheme(),
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, queuePerThread: Int = 64,
        patience: Patience = Patience()
    ) throws {
        self.scheme = scheme
        self.patience = patience
        nobody = try scheme.hash([])
        self.threads = HashingThreads(count: threads, places: max(1, threads) * max(1, queuePerThread))
    }

    deinit {
        threads.stop()
    }

    /// Whether a hash asked for now would be refused. Worth asking before an attempt is written down; only
    /// `hash` and `isValid` themselves know for certain.
    package var isFull: Bool { threads.isFull }

    /// How the line stands at this moment.
    package struct Figures: Sendable, Equatable {
        package let running: Int
        package let waiting: Int
        package let places: Int
    }

    package var figures: Figures { threads.figures }

    package func hash(_ password: String) async throws -> String {
        guard let bytes = PasswordText(password)?.bytes else {
            throw CryptographyError(operation: "hash password", detail: "the password is too long")
        }
        return try await compute { [scheme] in try scheme.hash(bytes) }
    }

    /// Whether the password made the hash. Without a hash, or with one that cannot be read, the same work is
    /// done on the hash of nobody, and the answer is no (PW10).
    ///
    /// A hash of another system may be of the text as it was typed: where that differs from the normalised
    /// spelling, it is tried as well, and nothing else is. Such a hash also takes its own time: while there are any, no
    /// wrong password is answered sooner than the dearest of them would be.
    package func isValid(_ password: String, hash: String?) async throws -> Bool {
        let text = PasswordText(password)
        let (isRight, began) = try await compute { [scheme, nobody] in
            let began = ContinuousClock.now
            guard let text, let hash, scheme.canRead(hash) else { return (Self.no(scheme, nobody), began) }
            if scheme.isValid(text.bytes, hash: hash) { return (true, began) }
            guard let typed = text.typedBytes, scheme.isOfTypedText(hash) else { return (false, began) }
            return (scheme.isValid(typed, hash: hash), began)
        }
        if !isRight { try await patience.wait(since: began, spellings: text?.typedBytes == nil ? 1 : 2) }
        return isRight
    }

    private static func no(_ scheme: any PasswordScheme, _ nobody: String) -> Bool {
        _ = scheme.isValid([], hash: nobody)
        return false
    }

    /// Learns how long the imported hashes in the database take: `costs` are their blanks. Measured once for each.
    package func learn(costs: [String]) async throws {
        for cost in patience.unknown(of: Set(costs)) where scheme.canRead(cost) {
            let spans = try await [measure(cost), measure(cost)]
            patience.learn(cost, takes: spans.min() ?? .zero)
        }
    }

    private func measure(_ cost: String) async throws -> Duration {
        try await compute { [scheme] in
            let began = ThreadTime.now
            _ = scheme.isValid([0x78], hash: cost)
            return ThreadTime.now - began
        }
    }

    /// Hashes a digest that is too fast to be kept once more.
    func slowed(_ fast: FastHash) async throws -> ImportedHash {
        try await compute { try fast.slowed() }
    }

    package func needsRehash(_ hash: String) -> Bool {
        scheme.needsRehash(hash)
    }

    /// Refuses everybody in the line with `Stopped`, and everybody who comes later.
    package func stop() {
        threads.stop()
    }

    private func compute<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { waiter in
            threads.add(
                .init(
                    run: { waiter.resume(with: Result { try work() }) },
                    refuse: { waiter.resume(throwing: $0) }
                ))
        }
    }
}
