import Cryptography

/// What stands in the column `password` of Django's users, up to version 6.
package enum DjangoHash {
    package static func read(_ text: String) throws(HashFault) -> CarriedPassword {
        guard text.utf8.count <= HashCeiling.storedBytes else { throw .malformed("the hash is too long") }
        // `!` and random characters: a password that was taken away.
        if text.isEmpty || text.utf8.first == UInt8(ascii: "!") { return .none }
        let name = text.prefix { $0 != "$" }
        let rest = String(text.dropFirst(name.count + 1))
        switch String(name) {
        case "pbkdf2_sha256": return .imported(ImportedHash(try pbkdf2(.sha256, rest)))
        case "pbkdf2_sha1": return .imported(ImportedHash(try pbkdf2(.sha1, rest)))
        case "argon2": return .imported(ImportedHash(try Argon2Form(phc: "$" + rest)))
        case "bcrypt": return .imported(ImportedHash(try BcryptForm(.password, rest)))
        case "bcrypt_sha256": return .imported(ImportedHash(try BcryptForm(.digest, rest)))
        case "scrypt": return .imported(ImportedHash(try scrypt(rest)))
        case "md5": return .fast(try digest(.md5, rest))
        case "sha1": return .fast(try digest(.sha1, rest))
        case "unsalted_sha1", "unsalted_md5": throw unsalted
        default: throw isBareDigest(text) ? unsalted : .unusable("its scheme is not among Django's")
        }
    }

    private static let unsalted = HashFault.unusable("a digest without salt is as good as the password itself")

    /// The salt is used as it is written, not decoded.
    private static func pbkdf2(_ digest: LegacyDigest, _ rest: String) throws(HashFault) -> PBKDF2Form {
        let fields = try HashText.fields(rest, 3)
        let key = try HashText.base64(fields[2], "the hash")
        guard key.count == digest.byteCount else { throw .malformed("a PBKDF2 key of \(key.count) bytes") }
        return try PBKDF2Form(
            digest, rounds: HashText.number(fields[0], "the rounds"), salt: HashText.utf8(fields[1], "the salt"),
            key: key)
    }

    private static func scrypt(_ rest: String) throws(HashFault) -> ScryptForm {
        let fields = try HashText.fields(rest, 5)
        let parameters = Scrypt.Parameters(
            cost: try HashText.number(fields[0], "N"), blockSize: try HashText.number(fields[2], "r"),
            lanes: try HashText.number(fields[3], "p"))
        let key = try HashText.base64(fields[4], "the hash")
        guard key.count == 64 else { throw .malformed("a scrypt key of \(key.count) bytes") }
        return try ScryptForm(parameters, salt: HashText.utf8(fields[1], "the salt"), key: key)
    }

    private static func digest(_ digest: LegacyDigest, _ rest: String) throws(HashFault) -> FastHash {
        let fields = try HashText.fields(rest, 2)
        guard !fields[0].isEmpty else { throw unsalted }
        let recipe = try DigestRecipe(digest, .prefix, salt: HashText.utf8(fields[0], "the salt"))
        return try FastHash(recipe, value: HashText.hex(fields[1], "the hash"))
    }

    /// Oldest of all: 32 or 40 hexadecimal figures and nothing else.
    private static func isBareDigest(_ text: String) -> Bool {
        [32, 40].contains(text.utf8.count) && Hex.decode(text) != nil
    }
}
