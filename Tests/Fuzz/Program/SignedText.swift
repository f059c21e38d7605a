import Cryptography
import JOSE
import JSON

/// A JWS of any header and payload, valid or not but for its signature, which always is.
enum SignedText {
    static func make(_ header: JSONObject, _ payload: [UInt8], by key: SigningKey) throws -> String {
        try make(header.bytes(), payload, by: key)
    }

    static func make(_ header: [UInt8], _ payload: [UInt8], by key: SigningKey) throws -> String {
        let input = "\(Base64URL.encode(header)).\(Base64URL.encode(payload))"
        let signature = try key.privateKey.signature(of: Array(input.utf8), algorithm: key.algorithm)
        return "\(input).\(Base64URL.encode(signature))"
    }
}
