import Cryptography
import JSON

/// The claims of an ID token, OpenID Connect Core §2 and §3.1.3.6.
struct IDTokenClaims {
    let json: [UInt8]

    init(
        order: TokenOrder, grant: Grant, subject: Subject, accessToken: String, algorithm: SignatureAlgorithm,
        issuer: String, issuedAt: Instant, expiresAt: Instant
    ) {
        var json = JSONWriter()
        json.beginObject()
        json.key("iss")
        json.string(issuer)
        json.key("sub")
        json.string(subject.id)
        json.key("aud")
        json.string(order.client.id)
        json.key("azp")
        json.string(order.client.id)
        json.key("exp")
        json.integer(expiresAt.seconds)
        json.key("iat")
        json.integer(issuedAt.seconds)
        if let nonce = order.nonce {
            json.key("nonce")
            json.string(nonce)
        }
        json.key("at_hash")
        json.string(Self.hash(of: accessToken, algorithm: algorithm))
        json.write(grant.authentication)
        for member in Self.released(order, grant: grant, subject: subject) {
            json.key(member.key)
            json.raw(member.value.bytes())
        }
        json.endObject()
        self.json = json.bytes
    }

    /// Left half of the hash that belongs to the signature algorithm; SHA-512 for Ed25519 (RFC 8032 §5.1).
    static func hash(of accessToken: String, algorithm: SignatureAlgorithm) -> String {
        let bytes = Array(accessToken.utf8)
        let digest = algorithm == .edDSA ? SHA512.digest(bytes) : SHA256.digest(bytes)
        return Base64URL.encode(Array(digest.prefix(digest.count / 2)))
    }

    private static func released(_ order: TokenOrder, grant: Grant, subject: Subject) -> [JSONObject.Member] {
        let asked = grant.claimsRequest.flatMap { try? ClaimsRequest($0) }?.idToken ?? []
        let allowed = ClaimRelease.claims(of: subject, for: order.scopes)
        return allowed.members.filter { order.client.policy.claimsInIDToken || asked.contains($0.key) }
    }
}
