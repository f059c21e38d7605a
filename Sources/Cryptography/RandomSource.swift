import COpenSSL

/// Where chance comes from. Injected, so that a test can count the bytes; nothing else in the house makes its own.
package protocol RandomSource: Sendable {
    func bytes(_ count: Int) throws -> [UInt8]
}

/// OpenSSL's generator, seeded by the kernel and reseeded after a fork.
package struct SystemRandom: RandomSource {
    package init() {}

    /// Throws rather than answer with bytes that are not random.
    package func bytes(_ count: Int) throws -> [UInt8] {
        guard let length = Int32(exactly: count), length >= 0 else {
            throw CryptographyError(operation: "random bytes", detail: "impossible count \(count)")
        }
        var output = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&output, length) == 1 else { throw CryptographyError.openSSL("random bytes") }
        return output
    }
}
