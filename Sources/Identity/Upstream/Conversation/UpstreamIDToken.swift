import Cryptography
import JOSE
import JSON
import OAuth

/// The checks of an ID token, OpenID Connect Core §3.1.3.7, each of which has let somebody in somewhere when it was missing
/// (SO4). A refusal names the check and what was seen, and nothing secret.
struct UpstreamIDToken {
    let clientID: String
    let nonce: String
    /// Seconds by which clocks may differ.
    static let leeway: Double = 60

    /// Made with a private key alone: an HMAC could be made with the public key by anybody, `none` by anybody at all.
    static let verification = JWTVerification(
        types: ["JWT"], allowsMissingType: true, algorithms: [.rs256, .ps256, .es256, .edDSA])

    /// - Parameter issuers: who may have made it, for its claims.
    func check(
        _ claims: JSONObject, issuers: [String], at now: Instant
    ) throws(UpstreamFault) {
        let issuer = claims["iss"]?.stringValue
        guard let issuer, issuers.contains(where: issuer.isExactly) else {
            throw Self.fault("iss", seen: claims["iss"], expected: issuers.joined(separator: " or "))
        }
        try checkAudience(claims)
        try checkTimes(claims, at: Double(now.seconds))
        guard ToldText.subject(claims["sub"]) != nil else {
            throw .idToken("sub is missing or unfit, 1 to 255 visible ASCII characters were expected")
        }
        guard let sent = claims["nonce"]?.stringValue else {
            throw .idToken("nonce is missing, that of the request was expected")
        }
        guard constantTimeEqual(Array(sent.utf8), Array(nonce.utf8)) else {
            throw .idToken("nonce is another than that of the request")
        }
    }

    /// §3.1.3.7 (3)-(5): for this app, and given to no other.
    private func checkAudience(_ claims: JSONObject) throws(UpstreamFault) {
        let audience = claims["aud"]
        let audiences = audience?.stringValue.map { [$0] } ?? audience?.stringsValue ?? []
        guard audiences.contains(where: { $0.isExactly(clientID) }) else {
            throw Self.fault("aud", seen: audience, expected: clientID)
        }
        guard audiences.count > 1 || claims["azp"] != nil else { return }
        guard claims["azp"] == .string(clientID) else {
            throw Self.fault("azp", seen: claims["azp"], expected: clientID)
        }
    }

    private func checkTimes(_ claims: JSONObject, at now: Double) throws(UpstreamFault) {
        let shown = { (time: Double) in String(Int64(time)) }
        guard let expiry = Self.date(claims["exp"]), now < expiry + Self.leeway else {
            throw Self.fault("exp", seen: claims["exp"], expected: "later than \(shown(now))")
        }
        guard let issued = Self.date(claims["iat"]), issued <= now + Self.leeway else {
            throw Self.fault("iat", seen: claims["iat"], expected: "not later than \(shown(now))")
        }
        guard let start = claims["nbf"] else { return }
        guard let start = Self.date(start), start <= now + Self.leeway else {
            throw Self.fault("nbf", seen: claims["nbf"], expected: "not later than \(shown(now))")
        }
    }

    /// §3.1.3.6, where it is there: the access token came with this ID token.
    static func checkHash(
        _ claims: JSONObject, accessToken: String, algorithm: SignatureAlgorithm
    ) throws(UpstreamFault) {
        guard let hash = claims["at_hash"] else { return }
        let bytes = Array(accessToken.utf8)
        // SHA-512 belongs to Ed25519 (RFC 8032 §5.1).
        let digest = algorithm == .edDSA ? SHA512.digest(bytes) : SHA256.digest(bytes)
        let expected = Base64URL.encode(Array(digest.prefix(digest.count / 2)))
        guard let hash = hash.stringValue, constantTimeEqual(Array(hash.utf8), Array(expected.utf8)) else {
            throw .idToken("at_hash is another access token's")
        }
    }

    /// A NumericDate, RFC 7519 §2, as a Double: no number a stranger sends can overflow.
    private static func date(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let seconds): Double(seconds)
        case .real(let seconds) where seconds.isFinite: seconds
        default: nil
        }
    }

    private static func fault(_ name: String, seen: JSONValue?, expected: String) -> UpstreamFault {
        .idToken(.sent("\(name) is \(seen?.text ?? "missing"), \(expected) was expected"))
    }
}
