import Cryptography
import JOSE
import JSON

/// The keys a provider signs with: one in use and one to come, both published.
///
/// All providers begin with the same two: so nothing but `iss` tells their tokens apart, and a client that does not
/// look at it is found out. Keys are made ahead of any call that needs them, for RSA keys can take seconds.
struct ProviderKeys: Sendable {
    let current: SigningKey
    let next: SigningKey
    /// Keys of further algorithms, when control asked for them.
    private(set) var others: [SigningKey] = []
    /// Never published.
    private(set) var strangers: [SigningKey] = []

    init() throws {
        self.init(current: try Self.fresh(.rs256), next: try Self.fresh(.rs256))
    }

    private init(current: SigningKey, next: SigningKey) {
        self.current = current
        self.next = next
    }

    /// What was to come is in use.
    func advanced() throws -> Self { Self(current: next, next: try Self.fresh(.rs256)) }

    func withStranger(_ algorithm: SignatureAlgorithm) throws -> Self {
        var keys = self
        keys.strangers = [try anyStranger(algorithm)]
        return keys
    }

    func anyStranger(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
        try strangers.first { $0.algorithm == algorithm } ?? Self.fresh(algorithm)
    }

    func with(_ algorithm: SignatureAlgorithm) throws -> Self {
        guard signing(algorithm) == nil else { return self }
        var keys = self
        keys.others.append(try Self.fresh(algorithm))
        return keys
    }

    func signing(_ algorithm: SignatureAlgorithm) -> SigningKey? {
        ([current] + others).first { $0.algorithm == algorithm }
    }

    var published: JSONValue { JWKSet(keys: ([current, next] + others).map(\.jwk)).json }

    private static func fresh(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
        try SigningKey(privateKey: .generate(algorithm.keyType), algorithm: algorithm)
    }
}

extension PublicKey {
    /// An RSA key as others print it (RFC 5280 §4.1.2.7, RFC 8017 A.1.1): what a forger takes for the secret of HS256.
    var pem: String? {
        guard case .rsa(let modulus, let exponent) = components else { return nil }
        let key = Self.der(0x30, Self.number(modulus) + Self.number(exponent))
        let algorithm: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00]
        let whole = Self.der(0x30, Self.der(0x30, algorithm) + Self.der(0x03, [0] + key))
        var lines = ["-----BEGIN PUBLIC KEY-----"]
        var rest = Base64.encode(whole)[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        return lines.joined(separator: "\n") + "\n-----END PUBLIC KEY-----\n"
    }

    private static func number(_ bytes: [UInt8]) -> [UInt8] {
        let positive = bytes.first.map { $0 >= 0x80 } ?? true
        return der(0x02, (positive ? [0] : []) + bytes)
    }

    private static func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            switch count {
            case ..<128: [UInt8(truncatingIfNeeded: count)]
            case ..<256: [0x81, UInt8(truncatingIfNeeded: count)]
            default: [0x82, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
            }
        return [tag] + length + content
    }
}
