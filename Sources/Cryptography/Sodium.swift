import CSodium

/// libsodium, made ready once: it chooses the fastest Argon2 this processor has.
enum Sodium {
    static let isReady = sodium_init() >= 0

    static func prepare(for operation: String) throws {
        guard isReady else {
            throw CryptographyError(operation: operation, detail: "libsodium could not start")
        }
    }
}
