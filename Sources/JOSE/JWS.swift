import Cryptography
import JSON

/// A signed text in compact form, taken apart, RFC 7515 §5.2. Nothing in it is to be believed yet.
///
/// What a header says about keys, `jku`, `jwk`, `x5u`, `x5c`, is never followed (RFC 8725 §3.10): keys come from the
/// caller, and `kid` is only a name among those.
package struct JWS: Sendable {
    package static let maximumBytes = 16_384

    package let header: JSONObject
    package let algorithm: SignatureAlgorithm
    package let keyID: String?
    package let type: String?
    package let payload: [UInt8]
    package let signingInput: [UInt8]
    package let signature: [UInt8]

    package init(compact: String) throws(JOSEFault) {
        guard compact.utf8.count <= Self.maximumBytes else { throw .malformed("longer than a token may be") }
        let parts = compact.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("not three parts") }
        guard let headerBytes = Base64URL.decode(Substring(parts[0])),
            let payload = Base64URL.decode(Substring(parts[1])),
            let signature = Base64URL.decode(Substring(parts[2]))
        else { throw .malformed("a part is not base64url") }
        let header = try JSONObject(tokenPart: headerBytes, named: "header")
        guard header["crit"] == nil else { throw .critical }
        guard let algorithm = try header.text("alg") else { throw .malformed("alg is missing") }
        guard let known = SignatureAlgorithm(rawValue: algorithm), known.rawValue.isExactly(algorithm) else {
            throw .unsupportedAlgorithm(algorithm)
        }
        self.header = header
        self.algorithm = known
        self.keyID = try header.text("kid")
        self.type = try header.text("typ")
        self.payload = payload
        self.signingInput = Array(compact.utf8.prefix(parts[0].count + 1 + parts[1].count))
        self.signature = signature
    }

    /// Whether the key's owner signed this. The header's algorithm must be the key's own, and fit its type (JW1).
    package func isSigned(by jwk: JWK) -> Bool {
        jwk.fits(algorithm)
            && jwk.publicKey.isValid(signature: signature, for: signingInput, algorithm: algorithm)
    }
}

extension JSONObject {
    /// Parses a header or the claims: an object, without duplicate members (RFC 7519 §4, RFC 7515 §4).
    init(tokenPart bytes: [UInt8], named name: String) throws(JOSEFault) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .malformed("the \(name) is not JSON: \(error.message)")
        }
        guard let object = value.objectValue else { throw .malformed("the \(name) is not a JSON object") }
        self = object
    }
}
