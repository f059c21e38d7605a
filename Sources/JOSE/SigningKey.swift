import Cryptography
import JSON

/// A private key with the one algorithm it is used for, and its name.
package struct SigningKey: Sendable {
    /// The RFC 7638 thumbprint, so that the same key has the same name wherever it is loaded; or the name that somebody else
    /// has given it.
    package let keyID: String
    package let algorithm: SignatureAlgorithm
    package let privateKey: PrivateKey
    /// The encoded header of every type of token, made once.
    private let headers: [TokenType: [UInt8]]

    package init(
        privateKey: PrivateKey, algorithm: SignatureAlgorithm, keyID given: String? = nil
    ) throws(JOSEFault) {
        guard algorithm.keyType == privateKey.type else {
            throw .badKey("\(algorithm.rawValue) does not fit its type")
        }
        let keyID = given ?? JWK(publicKey: privateKey.publicKey, algorithm: nil, keyID: nil).thumbprint
        self.keyID = keyID
        self.algorithm = algorithm
        self.privateKey = privateKey
        var headers: [TokenType: [UInt8]] = [:]
        for type in TokenType.allCases {
            headers[type] = Self.headerSegment(type: type.rawValue, algorithm: algorithm, keyID: keyID)
        }
        self.headers = headers
    }

    package var jwk: JWK { JWK(publicKey: privateKey.publicKey, algorithm: algorithm, keyID: keyID) }

    func headerSegment(_ type: TokenType) -> [UInt8] {
        headers[type] ?? Self.headerSegment(type: type.rawValue, algorithm: algorithm, keyID: keyID)
    }

    /// BASE64URL(header) ‖ '.', RFC 7515 §7.1.
    private static func headerSegment(type: String, algorithm: SignatureAlgorithm, keyID: String) -> [UInt8] {
        let header: JSONObject = ["alg": .string(algorithm.rawValue), "kid": .string(keyID), "typ": .string(type)]
        var segment: [UInt8] = []
        Base64URL.append(header.bytes(), to: &segment)
        segment.append(UInt8(ascii: "."))
        return segment
    }
}
