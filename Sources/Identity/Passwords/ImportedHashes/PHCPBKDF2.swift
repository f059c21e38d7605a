import Cryptography

/// PBKDF2 as a PHC string: `$pbkdf2-sha256$i=600000,l=32$SALT$KEY`.
enum PHCPBKDF2 {
    static func read(_ text: String) throws(HashFault) -> PBKDF2Form {
        let fields = try HashText.fields(text, 5)
        guard fields[0].isEmpty, fields[1].hasPrefix("pbkdf2-"),
            let digest = LegacyDigest(rawValue: String(fields[1].dropFirst("pbkdf2-".count)))
        else { throw .unusable("its digest is not known here") }
        let key = try HashText.phcBase64(fields[4], "the hash")
        let hasLength = fields[2].contains(",")
        let numbers = try HashText.numbers(fields[2], hasLength ? ["i=", "l="] : ["i="])
        guard !hasLength || numbers[1] == key.count else { throw .malformed("the hash is not as long as l says") }
        return try PBKDF2Form(
            digest, rounds: numbers[0], salt: HashText.phcBase64(fields[3], "the salt"), key: key)
    }
}
