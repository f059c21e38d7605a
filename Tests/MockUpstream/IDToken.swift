import Cryptography
import JOSE
import JSON
import OAuth

/// An ID token, OpenID Connect Core §2, as a provider would sign it, and as control has bent it.
struct IDToken: Sendable {
    static let lifetime: Int64 = 3600

    let claims: JSONObject
    let changes: TokenChanges?
    let keys: ProviderKeys
    let clientSecret: String

    /// - Parameter profile: `sub` and what the scopes open.
    init(
        for grant: Grant, issuer: String, profile: JSONObject, changes: TokenChanges?, keys: ProviderKeys,
        visit: Visit
    ) {
        let hash = SHA256.digest(Array(grant.accessToken.utf8))
        var claims: JSONObject = [
            "iss": .string(issuer), "aud": .string(visit.house.clientID), "iat": .integer(visit.now.seconds),
            "exp": .integer(visit.now.seconds + Self.lifetime), "azp": .string(visit.house.clientID),
            "at_hash": .string(Base64URL.encode(Array(hash.prefix(16)))),
        ]
        claims["nonce"] = grant.nonce.map { .string($0) }
        claims = claims.overlaid(with: profile)
        if let changes {
            claims = claims.overlaid(with: changes.set)
            for name in changes.remove { claims[name] = nil }
        }
        self.claims = claims
        self.changes = changes
        self.keys = keys
        self.clientSecret = visit.house.clientSecret
    }

    /// RFC 7515 §7.1.
    func signed() throws -> String {
        let algorithm = changes?.algorithm ?? SignatureAlgorithm.rs256.rawValue
        let honest = SignatureAlgorithm(rawValue: algorithm).flatMap { keys.signing($0) } ?? keys.current
        var header: JSONObject = ["alg": .string(algorithm), "typ": "JWT", "kid": .string(honest.keyID)]
        if let keyID = changes?.keyID { header["kid"] = keyID.isNull ? nil : keyID }
        let input = Base64URL.encode(header.bytes()) + "." + Base64URL.encode(claims.bytes())
        let signature = try signature(of: Array(input.utf8), by: algorithm, honest: honest)
        return input + "." + Base64URL.encode(signature)
    }

    private func signature(of input: [UInt8], by algorithm: String, honest: SigningKey) throws -> [UInt8] {
        switch algorithm {
        case "none": return []
        case "HS256":
            let secret = changes?.key == .secret ? clientSecret : honest.privateKey.publicKey.pem ?? ""
            return HMACSHA256.authenticate(input, key: Array(secret.utf8))
        default:
            let signer = changes?.key == .other ? try keys.anyStranger(honest.algorithm) : honest
            return try signer.privateKey.signature(of: input, algorithm: signer.algorithm)
        }
    }
}
