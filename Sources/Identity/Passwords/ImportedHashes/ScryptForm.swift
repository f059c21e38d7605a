import Cryptography

/// `scrypt:N,r,p$SALT$KEY`; Django's and Auth0's.
struct ScryptForm: ImportedForm {
    private static let permittedKeys = 16...128

    private let parameters: Scrypt.Parameters
    private let salt: [UInt8]
    private let key: [UInt8]

    init(_ parameters: Scrypt.Parameters, salt: [UInt8], key: [UInt8]) throws(HashFault) {
        try Self.check(parameters)
        guard !salt.isEmpty else { throw .malformed("scrypt without salt") }
        guard Self.permittedKeys.contains(key.count) else { throw .malformed("a scrypt key of \(key.count) bytes") }
        self.parameters = parameters
        self.salt = salt
        self.key = key
    }

    /// RFC 7914 §2: N is a power of two, larger than 1.
    static func check(_ parameters: Scrypt.Parameters) throws(HashFault) {
        guard parameters.cost > 1, parameters.cost.nonzeroBitCount == 1, parameters.blockSize > 0, parameters.lanes > 0
        else { throw .malformed("scrypt with impossible parameters") }
        try HashCeiling.admit(parameters)
    }

    static func reads(scheme: String) -> Bool { scheme == "scrypt" }

    init(scheme: String, blob: String) throws(HashFault) {
        let fields = try HashText.fields(blob, 3)
        let numbers = try HashText.numbers(fields[0], ["", "", ""])
        try self.init(
            .init(cost: numbers[0], blockSize: numbers[1], lanes: numbers[2]),
            salt: HashText.base64URL(fields[1], "the salt"), key: HashText.base64URL(fields[2], "the hash"))
    }

    var scheme: String { "scrypt" }

    var blob: String {
        "\(parameters.cost),\(parameters.blockSize),\(parameters.lanes)"
            + "$\(Base64URL.encode(salt))$\(Base64URL.encode(key))"
    }

    var blank: (any ImportedForm)? {
        try? ScryptForm(
            parameters, salt: Array(repeating: 0, count: 16), key: Array(repeating: 0, count: key.count))
    }

    func isMade(from password: [UInt8]) -> Bool {
        let made = try? Scrypt.derive(from: password, salt: salt, parameters, byteCount: key.count)
        return made.map { constantTimeEqual($0, key) } ?? false
    }
}
