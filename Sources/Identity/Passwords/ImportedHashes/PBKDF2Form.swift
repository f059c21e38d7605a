import Cryptography

/// `pbkdf2-sha256:ROUNDS$SALT$KEY`; Django's, Keycloak's and Auth0's.
struct PBKDF2Form: ImportedForm {
    private static let digests: [LegacyDigest] = [.sha1, .sha256, .sha512]
    private static let permittedKeys = 16...128

    private let digest: LegacyDigest
    private let rounds: Int
    private let salt: [UInt8]
    private let key: [UInt8]

    init(_ digest: LegacyDigest, rounds: Int, salt: [UInt8], key: [UInt8]) throws(HashFault) {
        guard Self.digests.contains(digest) else { throw .unusable("PBKDF2 with \(digest) is not known") }
        guard rounds > 0, !salt.isEmpty else { throw .malformed("PBKDF2 without rounds or salt") }
        guard Self.permittedKeys.contains(key.count) else { throw .malformed("a PBKDF2 key of \(key.count) bytes") }
        try HashCeiling.admit(pbkdf2Rounds: rounds, digest, keyBytes: key.count)
        self.digest = digest
        self.rounds = rounds
        self.salt = salt
        self.key = key
    }

    static func reads(scheme: String) -> Bool { digest(of: scheme) != nil }

    init(scheme: String, blob: String) throws(HashFault) {
        guard let digest = Self.digest(of: scheme) else { throw .unusable("its scheme is not known") }
        let fields = try HashText.fields(blob, 3)
        try self.init(
            digest, rounds: HashText.number(fields[0], "the rounds"), salt: HashText.base64URL(fields[1], "the salt"),
            key: HashText.base64URL(fields[2], "the hash"))
    }

    var scheme: String { "pbkdf2-\(digest)" }

    var blob: String { "\(rounds)$\(Base64URL.encode(salt))$\(Base64URL.encode(key))" }

    var blank: (any ImportedForm)? {
        try? PBKDF2Form(
            digest, rounds: rounds, salt: Array(repeating: 0, count: 16), key: Array(repeating: 0, count: key.count))
    }

    func isMade(from password: [UInt8]) -> Bool {
        let made = try? PBKDF2.derive(
            from: password, salt: salt, iterations: rounds, digest: digest, byteCount: key.count)
        return made.map { constantTimeEqual($0, key) } ?? false
    }

    private static func digest(of scheme: String) -> LegacyDigest? {
        digests.first { "pbkdf2-\($0)" == scheme }
    }
}
