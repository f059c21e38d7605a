import Cryptography
import OAuth

/// Codes on paper, for whoever has lost the rest (B110).
///
/// Each is 120 random bits, so that no slow hash is needed to keep it (MF3: 112 suffice without). What is stored is keyed
/// all the same, and bound to its person: nobody can use another's.
struct BackupCodes: Sendable {
    /// 24 characters of base 32, without a rest.
    static let byteCount = 15
    private static let groupLength = 4

    private let key: [UInt8]
    private let random: any RandomSource

    /// - Parameter key: derived from the master key for these codes alone.
    init(key: [UInt8], random: any RandomSource) {
        self.key = key
        self.random = random
    }

    /// A whole set, as it is shown, and what is kept of it.
    func make(for accountID: String) throws -> (codes: [String], digests: [TokenDigest]) {
        let secrets = try (0..<FactorPolicy.backupCodes).map { _ in try random.bytes(Self.byteCount) }
        return (secrets.map(Self.text), secrets.map { digest($0, of: accountID) })
    }

    /// As typed: small letters, spaces and hyphens are fine, and digits that the alphabet lacks stand for the letters
    /// they look like. `nil` for what cannot be one.
    func digest(typed text: String, of accountID: String) -> TokenDigest? {
        guard text.utf8.count <= 128 else { return nil }
        let signs = text.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }.map(Self.sign)
        guard let secret = Base32.decode(String(decoding: signs, as: UTF8.self)), secret.count == Self.byteCount else {
            return nil
        }
        return digest(secret, of: accountID)
    }

    private func digest(_ secret: [UInt8], of accountID: String) -> TokenDigest {
        TokenDigest(bytes: HMACSHA256.authenticate(Array("backup code \(accountID) ".utf8) + secret, key: key))
    }

    private static func text(_ secret: [UInt8]) -> String { Base32.encode(secret).grouped(by: groupLength, with: "-") }

    private static func sign(_ typed: UInt8) -> UInt8 {
        switch typed {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): typed - 0x20
        case UInt8(ascii: "0"): UInt8(ascii: "O")
        case UInt8(ascii: "1"): UInt8(ascii: "I")
        case UInt8(ascii: "8"): UInt8(ascii: "B")
        default: typed
        }
    }
}

extension String {
    /// For the eye: so many characters, a separator, and on.
    func grouped(by length: Int, with separator: String) -> String {
        var groups: [Substring] = []
        var rest = self[...]
        while !rest.isEmpty {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return groups.joined(separator: separator)
    }
}
