import Cryptography

/// `bcrypt:$2b$12$…`, and `bcrypt-sha256:$2b$12$…` for Django's variant, which hashes a digest in hexadecimal
/// figures and so has neither bcrypt's limit of 72 bytes nor its trouble with NUL.
struct BcryptForm: ImportedForm {
    enum Input: String {
        case password = "bcrypt"
        case digest = "bcrypt-sha256"
    }

    private static let variants = ["$2a$", "$2b$", "$2y$"]

    private let input: Input
    private let hash: String

    init(_ input: Input, _ hash: String) throws(HashFault) {
        let isPlain = hash.utf8.dropFirst(7).allSatisfy { byte in
            (0x2E...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        let bytes = Array(hash.utf8)
        guard bytes.count == Bcrypt.characterCount, isPlain, bytes[6] == UInt8(ascii: "$"),
            bytes[4...5].allSatisfy({ (0x30...0x39).contains($0) }),
            let cost = Int(String(decoding: bytes[4...5], as: UTF8.self)), (4...31).contains(cost)
        else { throw .malformed("the bcrypt hash is not of its form") }
        guard Self.variants.contains(where: { bytes.starts(with: $0.utf8) }) else {
            throw .unusable("this variant of bcrypt is not known")
        }
        try HashCeiling.admit(bcryptCost: cost)
        self.input = input
        self.hash = hash
    }

    static func reads(scheme: String) -> Bool { Input(rawValue: scheme) != nil }

    init(scheme: String, blob: String) throws(HashFault) {
        guard let input = Input(rawValue: scheme) else { throw .unusable("its scheme is not known") }
        try self.init(input, blob)
    }

    var scheme: String { input.rawValue }
    var blob: String { hash }

    var blank: (any ImportedForm)? {
        try? BcryptForm(input, String(hash.prefix(7)) + String(repeating: ".", count: 53))
    }

    func isMade(from password: [UInt8]) -> Bool {
        switch input {
        case .password: Bcrypt.isValid(password, hash: hash)
        case .digest: Bcrypt.isValid(Array(Hex.encode(SHA256.digest(password)).utf8), hash: hash)
        }
    }
}
