import JSON

/// Claims whose signature and type have been checked; only `JWTVerification` makes one.
package struct VerifiedJWT: Sendable {
    package let claims: JSONObject
    package let keyID: String?
    package let type: String?

    init(claims: JSONObject, keyID: String?, type: String?) {
        self.claims = claims
        self.keyID = keyID
        self.type = type
    }

    /// Checks who made the token, for whom, and that it is valid now (RFC 7519 §4.1, RFC 8725 §3.8-3.9).
    ///
    /// - Parameters:
    ///   - audience: who must be meant, alone or among others; `nil` when the caller has its own rule.
    ///   - leeway: seconds by which clocks may differ.
    package func check(issuer: String, audience: String?, at now: Int64, leeway: Int64) throws(JOSEFault) {
        guard let maker = claims["iss"]?.stringValue, maker.isExactly(issuer) else { throw .claim("iss") }
        if let audience {
            guard let audiences, audiences.contains(where: { $0.isExactly(audience) }) else { throw .claim("aud") }
        }
        // As Doubles: no number a stranger sends can overflow.
        let (now, leeway) = (Double(now), Double(leeway))
        guard let expiry = try date("exp"), now < expiry + leeway else { throw .claim("exp") }
        if let start = try date("nbf"), start > now + leeway { throw .claim("nbf") }
        if let issued = try date("iat"), issued > now + leeway { throw .claim("iat") }
    }

    /// `aud`: one string, or a list of them; `nil` if it is missing or neither.
    package var audiences: [String]? {
        guard let audience = claims["aud"] else { return nil }
        return audience.stringValue.map { [$0] } ?? audience.stringsValue
    }

    /// A NumericDate: seconds, perhaps with a fraction (RFC 7519 §2).
    private func date(_ name: String) throws(JOSEFault) -> Double? {
        switch claims[name] {
        case nil: return nil
        case .integer(let seconds): return Double(seconds)
        case .real(let seconds) where seconds.isFinite: return seconds
        default: throw .claim(name)
        }
    }
}
