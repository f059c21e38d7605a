import Cryptography

/// `digest:sha1,prefix,utf8$SALT$ARGON2ID`: a fast digest of another system, hashed again with Argon2id.
struct DigestForm: ImportedForm {
    private let recipe: DigestRecipe
    private let hash: String

    init(_ recipe: DigestRecipe, hash: String) {
        self.recipe = recipe
        self.hash = hash
    }

    static func reads(scheme: String) -> Bool { scheme == "digest" }

    init(scheme: String, blob: String) throws(HashFault) {
        let fields = blob.split(separator: "$", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 3 else { throw .malformed("the digest is not of its form") }
        let names = fields[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard names.count == 3, let digest = LegacyDigest(rawValue: names[0]),
            let position = DigestRecipe.Position(rawValue: names[1]),
            let encoding = DigestRecipe.Encoding(rawValue: names[2])
        else { throw .unusable("this kind of digest is not known") }
        let salt = fields[1].isEmpty ? [] : try HashText.base64URL(fields[1], "the salt")
        guard Argon2id.canCompute(fields[2]) else { throw .malformed("the hash of the digest cannot be read") }
        self.init(try DigestRecipe(digest, position, salt: salt, encoding: encoding), hash: fields[2])
    }

    var scheme: String { "digest" }

    var blob: String {
        let names = [recipe.digest.rawValue, recipe.position.rawValue, recipe.encoding.rawValue]
        return "\(names.joined(separator: ","))$\(Base64URL.encode(recipe.salt))$\(hash)"
    }

    var blank: (any ImportedForm)? { nil }

    func isMade(from password: [UInt8]) -> Bool {
        guard let digest = try? recipe.digest(of: password) else { return false }
        return Argon2id.isValid(digest, hash: hash)
    }
}
