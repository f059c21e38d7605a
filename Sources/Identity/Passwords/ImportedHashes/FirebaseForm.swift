import Cryptography

/// `firebase-scrypt:N,r$SALT$STREAM`: scrypt gives the key of a cipher, with which Firebase encrypts one secret of the
/// project for everybody; the result is its hash.
///
/// Kept is hash and secret laid over one another, which is the bare key stream: it tells a right password as well,
/// and the project's secret does not lie in every row.
struct FirebaseForm: ImportedForm {
    private static let permittedStreams = 16...128

    private let parameters: Scrypt.Parameters
    private let salt: [UInt8]
    private let stream: [UInt8]

    init(_ parameters: Scrypt.Parameters, salt: [UInt8], stream: [UInt8]) throws(HashFault) {
        try ScryptForm.check(parameters)
        guard !salt.isEmpty else { throw .malformed("scrypt without salt") }
        guard Self.permittedStreams.contains(stream.count) else {
            throw .malformed("a Firebase hash of \(stream.count) bytes")
        }
        self.parameters = parameters
        self.salt = salt
        self.stream = stream
    }

    static func reads(scheme: String) -> Bool { scheme == "firebase-scrypt" }

    init(scheme: String, blob: String) throws(HashFault) {
        let fields = try HashText.fields(blob, 3)
        let numbers = try HashText.numbers(fields[0], ["", ""])
        try self.init(
            .init(cost: numbers[0], blockSize: numbers[1], lanes: 1), salt: HashText.base64URL(fields[1], "the salt"),
            stream: HashText.base64URL(fields[2], "the hash"))
    }

    var scheme: String { "firebase-scrypt" }

    var blob: String {
        "\(parameters.cost),\(parameters.blockSize)$\(Base64URL.encode(salt))$\(Base64URL.encode(stream))"
    }

    var blank: (any ImportedForm)? {
        try? FirebaseForm(
            parameters, salt: Array(repeating: 0, count: 16), stream: Array(repeating: 0, count: stream.count))
    }

    func isMade(from password: [UInt8]) -> Bool {
        guard let keys = try? Scrypt.derive(from: password, salt: salt, parameters, byteCount: 64),
            let made = try? AES256CTR.stream(key: Array(keys.prefix(AES256CTR.keyByteCount)), byteCount: stream.count)
        else { return false }
        return constantTimeEqual(made, stream)
    }
}
