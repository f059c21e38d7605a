import Cryptography
import JSON

/// Password hashes as Auth0 exports them (bcrypt alone), and its schema for imports, `custom_password_hash`, which is
/// a good neutral form for anything else.
package enum Auth0Hash {
    package static func read(bcrypt text: String) throws(HashFault) -> CarriedPassword {
        .imported(ImportedHash(try BcryptForm(.password, text)))
    }

    package static func read(custom object: JSONObject) throws(HashFault) -> CarriedPassword {
        guard let algorithm = object["algorithm"]?.stringValue, let hash = object["hash"]?.objectValue else {
            throw .malformed("custom_password_hash has no algorithm or no hash")
        }
        switch algorithm {
        case "bcrypt": return .imported(ImportedHash(try BcryptForm(.password, text(hash))))
        case "argon2": return .imported(ImportedHash(try Argon2Form(phc: text(hash))))
        case "pbkdf2": return .imported(ImportedHash(try PHCPBKDF2.read(text(hash))))
        case "scrypt": return .imported(ImportedHash(try scrypt(object, hash)))
        case "hmac": return .fast(try hmac(object, hash))
        case "ldap": return try LDAPHash.read(text(hash))
        default:
            guard let digest = LegacyDigest(rawValue: algorithm) else {
                throw .unusable("its algorithm is not known here")
            }
            return .fast(try plain(digest, object, hash))
        }
    }

    private static func text(_ hash: JSONObject) throws(HashFault) -> String {
        guard let text = hash["value"]?.stringValue, (hash["encoding"]?.stringValue ?? "utf8") == "utf8" else {
            throw .malformed("the hash has no value, or is not utf8")
        }
        return text
    }

    private static func scrypt(_ object: JSONObject, _ hash: JSONObject) throws(HashFault) -> ScryptForm {
        let key = try bytes(hash, "the hash", encodings: ["hex", "base64"])
        if let length = object["keylen"], try HashText.number(length, "keylen") != key.count {
            throw .malformed("the hash is not as long as keylen says")
        }
        guard let salt = object["salt"]?.objectValue else { throw .malformed("scrypt without salt") }
        let parameters = Scrypt.Parameters(
            cost: try HashText.number(object["cost"], "cost"),
            blockSize: try HashText.number(object["blockSize"], "blockSize"),
            lanes: try HashText.number(object["parallelization"], "parallelization"))
        return try ScryptForm(parameters, salt: bytes(salt, "the salt"), key: key)
    }

    private static func hmac(_ object: JSONObject, _ hash: JSONObject) throws(HashFault) -> FastHash {
        guard let digest = LegacyDigest(rawValue: hash["digest"]?.stringValue ?? "") else {
            throw .unusable("its digest is not known here")
        }
        guard object["salt"] == nil, let key = hash["key"]?.objectValue else {
            throw .unusable("only HMAC with a key and without salt is known")
        }
        let recipe = try DigestRecipe(digest, .key, salt: bytes(key, "the key"), encoding: encoding(object))
        return try FastHash(recipe, value: bytes(hash, "the hash", encodings: ["hex", "base64"]))
    }

    private static func plain(
        _ digest: LegacyDigest, _ object: JSONObject, _ hash: JSONObject
    ) throws(HashFault) -> FastHash {
        let value = try bytes(hash, "the hash", encodings: ["hex", "base64"])
        guard let salt = object["salt"]?.objectValue else {
            return try FastHash(DigestRecipe(digest, .none, encoding: encoding(object)), value: value)
        }
        let position: DigestRecipe.Position
        switch salt["position"]?.stringValue {
        case "prefix": position = .prefix
        case "suffix": position = .suffix
        default: throw .malformed("the salt has no position")
        }
        let recipe = try DigestRecipe(digest, position, salt: bytes(salt, "the salt"), encoding: encoding(object))
        return try FastHash(recipe, value: value)
    }

    private static func encoding(_ object: JSONObject) throws(HashFault) -> DigestRecipe.Encoding {
        switch object["password"]?.objectValue?["encoding"]?.stringValue ?? "utf8" {
        case "utf8", "ascii": .utf8
        case "utf16le", "ucs2": .utf16le
        default: throw .unusable("its encoding of the password is not known here")
        }
    }

    private static func bytes(
        _ object: JSONObject, _ name: String, encodings: [String] = ["utf8", "hex", "base64"]
    ) throws(HashFault) -> [UInt8] {
        guard let value = object["value"]?.stringValue else { throw .malformed("\(name) has no value") }
        let encoding = object["encoding"]?.stringValue ?? "utf8"
        guard encodings.contains(encoding) else { throw .malformed("\(name) has no encoding of \(encodings)") }
        switch encoding {
        case "hex": return try HashText.hex(value, name)
        case "base64": return try HashText.anyBase64(value, name)
        default: return try HashText.utf8(value, name)
        }
    }
}
