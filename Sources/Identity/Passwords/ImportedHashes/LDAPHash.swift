import Cryptography

/// `userPassword` of a directory: `{SSHA}…`, RFC 2307 §5.3 and what came after it. The salt stands behind the digest.
enum LDAPHash {
    private static let digests: [String: (digest: LegacyDigest, isSalted: Bool)] = [
        "MD5": (.md5, false), "SMD5": (.md5, true), "SHA": (.sha1, false), "SSHA": (.sha1, true),
        "SHA256": (.sha256, false), "SSHA256": (.sha256, true), "SHA384": (.sha384, false), "SSHA384": (.sha384, true),
        "SHA512": (.sha512, false), "SSHA512": (.sha512, true),
    ]

    static func read(_ text: String) throws(HashFault) -> CarriedPassword {
        let name = text.dropFirst().prefix { $0 != "}" }
        guard text.hasPrefix("{"), name.utf8.count <= 16 else { throw .malformed("no {SCHEME} before the hash") }
        let rest = String(text.dropFirst(name.count + 2))
        if name.uppercased() == "CRYPT", rest.hasPrefix("$2") {
            return .imported(ImportedHash(try BcryptForm(.password, rest)))
        }
        guard let form = digests[name.uppercased()] else { throw .unusable("its scheme is not known here") }
        let bytes = try HashText.base64(rest, "the hash")
        let value = Array(bytes.prefix(form.digest.byteCount))
        let salt = Array(bytes.dropFirst(form.digest.byteCount))
        return .fast(try FastHash(DigestRecipe(form.digest, form.isSalted ? .suffix : .none, salt: salt), value: value))
    }
}
