import CSodium

/// HMAC with SHA-256, RFC 2104. A key of any length is taken, as the RFC has it; 32 random bytes are the right one.
package enum HMACSHA256 {
    package static let byteCount = 32

    package static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var state = crypto_auth_hmacsha256_state()
        crypto_auth_hmacsha256_init(&state, key, key.count)
        crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
        var output = [UInt8](repeating: 0, count: byteCount)
        crypto_auth_hmacsha256_final(&state, &output)
        return output
    }
}
