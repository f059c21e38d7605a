import Cryptography
import JSON

/// A public key as JSON, RFC 7517 §4; the key types of RFC 7518 §6 and RFC 8037 §2.
package struct JWK: Sendable, Equatable {
    package let publicKey: PublicKey
    /// The one algorithm the key is for; without it, any that fits its type.
    package let algorithm: SignatureAlgorithm?
    package let keyID: String?
    package let use: String?

    package init(publicKey: PublicKey, algorithm: SignatureAlgorithm?, keyID: String?) {
        self.publicKey = publicKey
        self.algorithm = algorithm
        self.keyID = keyID
        self.use = "sig"
    }

    init(publicKey: PublicKey, algorithm: SignatureAlgorithm?, keyID: String?, use: String?) {
        self.publicKey = publicKey
        self.algorithm = algorithm
        self.keyID = keyID
        self.use = use
    }

    /// Whether the key may check signatures made with `algorithm` (JW1).
    package func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        guard algorithm.keyType == publicKey.type, use == nil || use == "sig" else { return false }
        return self.algorithm == nil || self.algorithm == algorithm
    }

    /// The key's own name, RFC 7638: base64url of the SHA-256 of its required members in lexicographic order.
    package var thumbprint: String {
        let members = keyMembers.sorted { $0.key < $1.key }
        return Base64URL.encode(SHA256.digest(JSONObject(members).bytes()))
    }

    /// Public members only, in a fixed order.
    package var json: JSONValue {
        var object = JSONObject(keyMembers)
        object["kid"] = keyID.map(JSONValue.string)
        object["use"] = use.map(JSONValue.string)
        object["alg"] = algorithm.map { .string($0.rawValue) }
        return .object(object)
    }

    /// The members that make the key what it is, RFC 7638 §3.2.
    private var keyMembers: [JSONObject.Member] {
        switch publicKey.components {
        case .rsa(let modulus, let exponent):
            [("kty", "RSA"), ("n", Self.encoded(modulus)), ("e", Self.encoded(exponent))]
        case .p256(let x, let y):
            [("kty", "EC"), ("crv", "P-256"), ("x", Self.encoded(x)), ("y", Self.encoded(y))]
        case .ed25519(let point):
            [("kty", "OKP"), ("crv", "Ed25519"), ("x", Self.encoded(point))]
        }
    }

    private static func encoded(_ bytes: [UInt8]) -> JSONValue { .string(Base64URL.encode(bytes)) }
}
