import Cryptography
import JSON

/// How control bends the ID tokens of one provider, and what its userinfo and its discovery say instead.
struct TokenChanges: Sendable {
    /// What signs, if not the key in use.
    enum Key: String, Sendable {
        /// One that is not published.
        case other
        /// The text of the public key, as the secret of HS256.
        case publicKey = "public"
        /// The client's secret, as the secret of HS256.
        case secret
    }

    let set: JSONObject
    let remove: [String]
    let algorithm: String?
    /// What the header says; null takes `kid` away.
    let keyID: JSONValue?
    let key: Key?
    let userInfo: JSONObject
    let discovery: JSONObject

    init(_ order: JSONObject) throws(BadOrder) {
        set = order["set"]?.objectValue ?? JSONObject()
        remove = order["remove"]?.stringsValue ?? []
        algorithm = try order.optionalText("alg")
        keyID = order["kid"]
        userInfo = order["userinfo"]?.objectValue ?? JSONObject()
        discovery = order["discovery"]?.objectValue ?? JSONObject()
        let name = try order.optionalText("key")
        key = name.flatMap { Key(rawValue: $0) }
        guard (name == nil) == (key == nil) else { throw BadOrder("there is no key of that name") }
        guard let algorithm, !["none", "HS256"].contains(algorithm) else { return }
        guard SignatureAlgorithm(rawValue: algorithm) != nil else { throw BadOrder("\(algorithm) is not spoken") }
    }

    /// An algorithm that an honest key signs with.
    var publishedAlgorithm: SignatureAlgorithm? { algorithm.flatMap { SignatureAlgorithm(rawValue: $0) } }
}
