import Cryptography
import JSON

extension JWK {
    /// What only the owner of a key may hold: RFC 7518 §6.2.2, §6.3.2, §6.4.1. A text with one of them is refused
    /// whole, so that somebody learns that a secret has been sent around.
    private static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    package init(_ value: JSONValue) throws(JOSEFault) {
        guard let object = value.objectValue else { throw .malformed("a key must be a JSON object") }
        for name in Self.privateMembers where object[name] != nil {
            throw .badKey("it has the private member \(name)")
        }
        let components = try Self.components(object)
        let use = try object.text("use")
        if let operations = object["key_ops"] {
            guard let names = operations.stringsValue else { throw .malformed("key_ops must be a list of strings") }
            guard names.contains("verify") else { throw .unsupportedAlgorithm("a key that is not for verifying") }
        }
        guard use == nil || use == "sig" else { throw .unsupportedAlgorithm("a key that is not for signatures") }
        var algorithm: SignatureAlgorithm?
        if let name = try object.text("alg") {
            guard let known = SignatureAlgorithm(rawValue: name) else { throw .unsupportedAlgorithm(name) }
            algorithm = known
        }
        let publicKey: PublicKey
        do { publicKey = try PublicKey(components) } catch { throw .badKey(Self.reason(error)) }
        if let algorithm, algorithm.keyType != publicKey.type { throw .badKey("its alg does not fit its kty") }
        self.init(publicKey: publicKey, algorithm: algorithm, keyID: try object.text("kid"), use: use)
    }

    private static func components(_ object: JSONObject) throws(JOSEFault) -> PublicKey.Components {
        guard let type = try object.text("kty") else { throw .malformed("kty is missing") }
        switch type {
        case "RSA":
            return .rsa(modulus: try object.octets("n"), exponent: try object.octets("e"))
        case "EC":
            try object.expectCurve("P-256")
            return .p256(x: try object.octets("x"), y: try object.octets("y"))
        case "OKP":
            try object.expectCurve("Ed25519")
            return .ed25519(try object.octets("x"))
        case "oct":
            throw .badKey("it is a shared secret")
        default:
            throw .unsupportedAlgorithm(type)
        }
    }

    private static func reason(_ error: any Error) -> String {
        (error as? CryptographyError)?.detail ?? "\(error)"
    }
}

extension JSONObject {
    /// A member that must be a string when it is there.
    func text(_ name: String) throws(JOSEFault) -> String? {
        guard let member = self[name] else { return nil }
        guard let text = member.stringValue else { throw .malformed("\(name) must be a string") }
        return text
    }

    fileprivate func octets(_ name: String) throws(JOSEFault) -> [UInt8] {
        guard let text = try text(name), let octets = Base64URL.decode(text) else {
            throw .malformed("\(name) must be base64url")
        }
        return octets
    }

    fileprivate func expectCurve(_ curve: String) throws(JOSEFault) {
        guard let name = try text("crv") else { throw .malformed("crv is missing") }
        guard name.isExactly(curve) else { throw .unsupportedAlgorithm(name) }
    }
}
