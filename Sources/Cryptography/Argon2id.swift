import CSodium

/// Password hashes, Argon2id (RFC 9106), kept as PHC strings that carry their salt and parameters (PW5).
package enum Argon2id {
    /// A stored hash that asks for more than this is not computed: 256 MiB, 64 passes, and 1 GiB of memory times passes,
    /// which is half a second. It would come from an import, and one login with it could stop the server.
    static let ceiling = Argon2idParameters(memoryKiB: 262_144, passes: 64)
    private static let mostWork = 1_048_576

    /// Whether `isValid` would compute this hash.
    package static func canCompute(_ hash: String) -> Bool {
        guard let parameters = Argon2idParameters(ofHash: hash) else { return false }
        return parameters.memoryKiB <= ceiling.memoryKiB && parameters.passes <= ceiling.passes
            && parameters.passes <= mostWork / parameters.memoryKiB
    }

    package static func hash(_ password: [UInt8], parameters: Argon2idParameters) throws -> String {
        try Sodium.prepare(for: "hash password")
        guard (8...ceiling.memoryKiB).contains(parameters.memoryKiB), (1...ceiling.passes).contains(parameters.passes)
        else { throw CryptographyError(operation: "hash password", detail: "parameters out of range") }
        var output = [CChar](repeating: 0, count: Int(crypto_pwhash_argon2id_STRBYTES))
        let result = crypto_pwhash_argon2id_str(
            &output,
            password.map(CChar.init(bitPattern:)),
            UInt64(password.count),
            UInt64(parameters.passes),
            parameters.memoryKiB * 1024
        )
        guard result == 0 else { throw CryptographyError(operation: "hash password", detail: "not enough memory") }
        return String(decoding: output.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether the password made this hash. A hash that cannot be read, or asks too much, fits no password.
    package static func isValid(_ password: [UInt8], hash: String) -> Bool {
        guard Sodium.isReady, canCompute(hash) else { return false }
        let characters = password.map(CChar.init(bitPattern:))
        return crypto_pwhash_argon2id_str_verify(hash, characters, UInt64(password.count)) == 0
    }

    /// Whether a hash was made with other parameters than today's, so that the next sign-in should make it anew.
    package static func needsRehash(_ hash: String, parameters: Argon2idParameters) -> Bool {
        Argon2idParameters(ofHash: hash) != parameters
    }
}
