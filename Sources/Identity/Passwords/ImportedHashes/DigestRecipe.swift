import Cryptography

/// How a fast digest of a password was made.
struct DigestRecipe: Sendable, Equatable {
    enum Position: String, Sendable {
        case prefix
        case suffix
        /// The salt is the key of an HMAC.
        case key
        /// Nothing but the password.
        case none
    }

    enum Encoding: String, Sendable {
        case utf8
        case utf16le
    }

    let digest: LegacyDigest
    let position: Position
    let encoding: Encoding
    let salt: [UInt8]

    init(
        _ digest: LegacyDigest, _ position: Position, salt: [UInt8] = [], encoding: Encoding = .utf8
    ) throws(HashFault) {
        guard salt.isEmpty == (position == .none), salt.count <= HashCeiling.fieldBytes else {
            throw .malformed("the salt is missing, or too long")
        }
        self.digest = digest
        self.position = position
        self.encoding = encoding
        self.salt = salt
    }

    func digest(of password: [UInt8]) throws -> [UInt8] {
        let input = encoded(password)
        return switch position {
        case .prefix: try digest.digest(salt + input)
        case .suffix: try digest.digest(input + salt)
        case .key: try digest.authenticate(input, key: salt)
        case .none: try digest.digest(input)
        }
    }

    private func encoded(_ password: [UInt8]) -> [UInt8] {
        switch encoding {
        case .utf8: password
        case .utf16le:
            String(decoding: password, as: UTF8.self).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        }
    }
}
