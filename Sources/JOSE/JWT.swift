import Cryptography

/// A signed JSON Web Token in compact form, RFC 7519 §7.1. This is the side that signs.
package enum JWT {
    /// Signs `claims`, the bytes of a JSON object, as they are.
    package static func signed(claims: [UInt8], type: TokenType, by key: SigningKey) throws -> String {
        var token = key.headerSegment(type)
        token.reserveCapacity(token.count + claims.count * 4 / 3 + 700)
        Base64URL.append(claims, to: &token)
        let signature = try key.privateKey.signature(of: token, algorithm: key.algorithm)
        token.append(UInt8(ascii: "."))
        Base64URL.append(signature, to: &token)
        return String(decoding: token, as: UTF8.self)
    }
}
