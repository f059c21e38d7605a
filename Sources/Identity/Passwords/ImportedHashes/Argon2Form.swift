import Cryptography

/// `argon2:$argon2id$v=19$m=…,t=…,p=…$…$…`, a PHC string of another system. Not told from ours by its text, which is
/// why it is kept under a name: it was made of the password as it was typed, and is to be made anew.
struct Argon2Form: ImportedForm {
    private let kind: Argon2.Kind
    private let phc: String
    private let settings: String
    private let keyCount: Int

    init(phc: String) throws(HashFault) {
        let fields = try HashText.fields(phc, 6)
        guard fields[0].isEmpty else { throw .malformed("the argon2 hash is not of its form") }
        guard let kind = Argon2.Kind(rawValue: fields[1]) else {
            throw .unusable("only argon2id and argon2i are known")
        }
        guard fields[2] == "v=19" else { throw .unusable("only version 19 of argon2 is known") }
        let numbers = try HashText.numbers(fields[3], ["m=", "t=", "p="])
        guard numbers[0] / 8 >= numbers[2] else { throw .malformed("argon2 with too little memory (RFC 9106 §3.1)") }
        try HashCeiling.admit(argon2MemoryKiB: numbers[0], passes: numbers[1], lanes: numbers[2])
        let salt = try HashText.phcBase64(fields[4], "the salt")
        let key = try HashText.phcBase64(fields[5], "the hash")
        // RFC 9106 §3.1 for the salt; shorter keys libsodium does not compare.
        guard salt.count >= 8, (16...128).contains(key.count) else {
            throw .malformed("argon2 with a salt of \(salt.count) bytes and a key of \(key.count)")
        }
        self.kind = kind
        self.settings = fields[3]
        keyCount = key.count
        self.phc = Self.text(kind, fields[3], salt: salt, key: key)
    }

    init(_ kind: Argon2.Kind, memoryKiB: Int, passes: Int, lanes: Int, salt: [UInt8], key: [UInt8]) throws(HashFault) {
        try self.init(phc: Self.text(kind, "m=\(memoryKiB),t=\(passes),p=\(lanes)", salt: salt, key: key))
    }

    static func reads(scheme: String) -> Bool { scheme == "argon2" }

    init(scheme: String, blob: String) throws(HashFault) {
        try self.init(phc: blob)
    }

    var scheme: String { "argon2" }
    var blob: String { phc }

    var blank: (any ImportedForm)? {
        try? Argon2Form(
            phc: Self.text(
                kind, settings, salt: Array(repeating: 0, count: 16), key: Array(repeating: 0, count: keyCount)))
    }

    func isMade(from password: [UInt8]) -> Bool {
        Argon2.isValid(password, phc: phc, kind: kind)
    }

    private static func text(_ kind: Argon2.Kind, _ settings: String, salt: [UInt8], key: [UInt8]) -> String {
        let parts = [salt, key].map { Base64.encode($0).prefix { $0 != "=" } }
        return "$\(kind.rawValue)$v=19$\(settings)$\(parts.joined(separator: "$"))"
    }
}
