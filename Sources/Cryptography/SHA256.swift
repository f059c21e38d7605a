import COpenSSL

/// SHA-256, FIPS 180-4.
///
/// By those functions of OpenSSL that allocate nothing and cannot fail: a digest that is a stored key (of a code, a
/// token, a session) must never come out empty because memory was short. They use what the processor has for it,
/// as libsodium's do not.
package enum SHA256 {
    package static let byteCount = 32

    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var context = SHA256_CTX()
        SHA256_Init(&context)
        SHA256_Update(&context, bytes, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
            SHA256_Final(output.baseAddress, &context)
            count = byteCount
        }
    }
}
