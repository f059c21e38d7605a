import Cryptography
import JSON

/// A credential of the type `password` as `kc.sh export` writes it: its two halves are JSON in strings.
package enum KeycloakCredential {
    package static func read(_ credential: JSONObject) throws(HashFault) -> CarriedPassword {
        let data = try half(credential, "credentialData")
        let secret = try half(credential, "secretData")
        guard let algorithm = data["algorithm"]?.stringValue, let value = secret["value"]?.stringValue else {
            throw .malformed("the credential has no algorithm or no value")
        }
        let key = try HashText.base64(value, "the value")
        let salt = try HashText.base64(secret["salt"]?.stringValue ?? "", "the salt")
        let iterations = try HashText.number(data["hashIterations"], "hashIterations")
        switch algorithm {
        case "pbkdf2-sha256": return .imported(ImportedHash(try pbkdf2(.sha256, iterations, salt, key)))
        case "pbkdf2-sha512": return .imported(ImportedHash(try pbkdf2(.sha512, iterations, salt, key)))
        case "pbkdf2", "pbkdf2-sha1": return .imported(ImportedHash(try pbkdf2(.sha1, iterations, salt, key)))
        case "argon2": return .imported(ImportedHash(try argon2(data, passes: iterations, salt, key)))
        default: throw .unusable("its algorithm is not among Keycloak's")
        }
    }

    /// The length of the key is not written down; older versions used 64 bytes whatever the digest.
    private static func pbkdf2(
        _ digest: LegacyDigest, _ rounds: Int, _ salt: [UInt8], _ key: [UInt8]
    ) throws(HashFault) -> PBKDF2Form {
        try PBKDF2Form(digest, rounds: rounds, salt: salt, key: key)
    }

    private static func argon2(
        _ data: JSONObject, passes: Int, _ salt: [UInt8], _ key: [UInt8]
    ) throws(HashFault) -> Argon2Form {
        let more = data["additionalParameters"]?.objectValue ?? JSONObject()
        let parameter = { (name: String) in more[name]?.arrayValue?.first }
        let kind: Argon2.Kind
        switch parameter("type")?.stringValue {
        case "id": kind = .id
        case "i": kind = .i
        default: throw .unusable("only argon2id and argon2i are known")
        }
        guard parameter("version")?.stringValue == "1.3" else {
            throw .unusable("only version 1.3 of argon2 is known")
        }
        guard try HashText.number(parameter("hashLength"), "hashLength") == key.count else {
            throw .malformed("the value is not as long as hashLength says")
        }
        return try Argon2Form(
            kind, memoryKiB: HashText.number(parameter("memory"), "memory"), passes: passes,
            lanes: HashText.number(parameter("parallelism"), "parallelism"), salt: salt, key: key)
    }

    private static func half(_ credential: JSONObject, _ name: String) throws(HashFault) -> JSONObject {
        guard let text = credential[name]?.stringValue, text.utf8.count <= 4096,
            let half = try? JSONValue(parsing: text).objectValue
        else { throw .malformed("\(name) is not an object written as a string") }
        return half
    }
}
