import CSodium

/// SHA-512, FIPS 180-4; from libsodium, where it neither allocates nor fails, as ``SHA256`` must not.
package enum SHA512 {
    package static let byteCount = 64

    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: byteCount)
        crypto_hash_sha512(&output, bytes, UInt64(bytes.count))
        return output
    }
}
