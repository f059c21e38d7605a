import Cryptography
import JOSE
import JSON
import OAuth

/// An ID token that holds, OpenID Connect Core §3.1.3.7.
struct CheckedIDToken: Sendable {
    let compact: String
    let header: JSONObject
    let claims: JSONObject

    var subject: String { claims["sub"]?.stringValue ?? "" }
}

/// The checks, each of which has let somebody in somewhere when it was missing.
struct IDTokenCheck: Sendable {
    let issuer: String
    let clientID: String
    /// Clocks differ a little.
    static let leeway: Int64 = 30

    /// - Parameter nonce: of the request; `nil` for a refreshed token, which need not have one (§12.2).
    func check(
        _ compact: String, keys: JWKSet, nonce: String?, accessToken: String, at now: Instant
    ) throws -> CheckedIDToken {
        do throws(JOSEFault) {
            let jws = try JWS(compact: compact)
            let token = try JWTVerification(types: ["JWT"], allowsMissingType: true).verify(jws, keys: keys.keys(id:))
            try token.check(issuer: issuer, audience: clientID, at: now.seconds, leeway: Self.leeway)
            try checkParty(token)
            guard let subject = token.claims["sub"]?.stringValue, !subject.isEmpty else { throw .claim("sub") }
            if let nonce, token.claims["nonce"] != .string(nonce) { throw .claim("nonce") }
            let hash = Self.hash(of: accessToken, algorithm: jws.algorithm)
            guard token.claims["at_hash"] == .string(hash) else { throw .claim("at_hash") }
            return CheckedIDToken(compact: compact, header: jws.header, claims: token.claims)
        } catch {
            throw DemoProblem.untrusted("The ID token does not hold: \(error.description).")
        }
    }

    /// §3.1.3.7 (3)-(5): no audience but this app, and no other authorized party.
    private func checkParty(_ token: VerifiedJWT) throws(JOSEFault) {
        guard token.audiences?.count == 1 else { throw .claim("aud") }
        if let party = token.claims["azp"], party != .string(clientID) { throw .claim("azp") }
    }

    /// §3.1.3.6, with the hash that belongs to the signature; SHA-512 for Ed25519 (RFC 8032 §5.1).
    static func hash(of accessToken: String, algorithm: SignatureAlgorithm) -> String {
        let bytes = Array(accessToken.utf8)
        let digest = algorithm == .edDSA ? SHA512.digest(bytes) : SHA256.digest(bytes)
        return Base64URL.encode(Array(digest.prefix(digest.count / 2)))
    }
}
