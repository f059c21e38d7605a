import COpenSSL

/// Owns one `EVP_PKEY`.
///
/// Unchecked because the compiler cannot see it: after it has been made, an `EVP_PKEY` is never changed, and OpenSSL
/// lets threads use one key at the same time.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// The longest signature the key makes.
    var signatureByteCount: Int { max(0, Int(EVP_PKEY_get_size(pointer))) }

    /// The key's type, or why it is not one that is used here.
    func type(_ operation: String) throws -> KeyType {
        if EVP_PKEY_is_a(pointer, "RSA") == 1 { return .rsa }
        if EVP_PKEY_is_a(pointer, "ED25519") == 1 { return .ed25519 }
        guard EVP_PKEY_is_a(pointer, "EC") == 1 else {
            throw CryptographyError(operation: operation, detail: "must be an RSA, P-256 or Ed25519 key")
        }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1,
            name.prefix(length).map(UInt8.init(bitPattern:)) == Array("prime256v1".utf8)
        else {
            ERR_clear_error()
            throw CryptographyError(operation: operation, detail: "an elliptic-curve key must be on P-256")
        }
        return .p256
    }

    /// An unsigned number of the key, big-endian, padded to `length` when one is given.
    func number(_ name: String, length: Int? = nil) throws -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1 else { throw CryptographyError.openSSL("read key") }
        defer { BN_free(number) }
        let size = length ?? (Int(BN_num_bits(number)) + 7) / 8
        var output = [UInt8](repeating: 0, count: size)
        guard let count = Int32(exactly: size), BN_bn2binpad(number, &output, count) == count else {
            throw CryptographyError.openSSL("read key")
        }
        return output
    }

    /// The 32 bytes of an Ed25519 public key.
    func rawPublicKey() throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        var length = output.count
        guard EVP_PKEY_get_raw_public_key(pointer, &output, &length) == 1, length == output.count else {
            throw CryptographyError.openSSL("read key")
        }
        return output
    }
}
