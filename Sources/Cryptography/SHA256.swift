import CSodium

/// SHA-256, FIPS 180-4.
///
/// Taken from libsodium, where it allocates nothing and cannot fail: a digest that is a stored key (of a code, a
/// token, a session) must never come out empty because memory was short.
package enum SHA256 {
    package static let byteCount = 32

    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: byteCount)
        crypto_hash_sha256(&output, bytes, UInt64(bytes.count))
        return output
    }
}
