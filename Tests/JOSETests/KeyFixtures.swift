import Cryptography
import JOSE

/// One signing key of each algorithm, made once: RSA keys take a while.
enum KeyFixtures {
    private static let keys = Result {
        try Dictionary(
            uniqueKeysWithValues: SignatureAlgorithm.allCases.map { algorithm in
                (algorithm, try SigningKey(privateKey: .generate(algorithm.keyType), algorithm: algorithm))
            })
    }

    static func key(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
        guard let key = try keys.get()[algorithm] else { throw JOSEFault.unknownKey(nil) }
        return key
    }

    static func ring() throws -> KeyRing {
        try KeyRing(signing: SignatureAlgorithm.allCases.map(key), published: [])
    }

    static let claims = Array(#"{"iss":"https://a.example","aud":"wiki","sub":"1","iat":1000,"exp":2000}"#.utf8)
}

/// Builds tokens no honest signer would: any header, any payload, signed all the same.
struct Forge {
    let key: SigningKey

    func token(header: String, payload: [UInt8] = KeyFixtures.claims) throws -> String {
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(payload)
        let signature = try key.privateKey.signature(of: Array(input.utf8), algorithm: key.algorithm)
        return input + "." + Base64URL.encode(signature)
    }

    /// With the members every honest header has, and then some.
    func token(adding members: String, type: String = "JWT", payload: [UInt8] = KeyFixtures.claims) throws -> String {
        let alg = key.algorithm.rawValue
        return try token(
            header: #"{"alg":"\#(alg)","kid":"\#(key.keyID)","typ":"\#(type)"\#(members)}"#, payload: payload)
    }
}
