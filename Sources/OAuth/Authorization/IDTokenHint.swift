import JOSE
import JSON

/// An ID token that a client hands back as a hint, OpenID Connect Core §3.1.2.1 and RP-Initiated Logout §2.
/// The signature must be ours; an expired one is still a hint, for that is when it is needed.
package struct IDTokenHint: Sendable, Equatable {
    package let subject: String
    package let sessionID: String?
    package let audience: [String]

    package init?(_ text: String, keys: KeyRing, issuer: String) {
        guard let token = try? JWTVerification(type: .idToken).verify(text, keys: keys),
            token.claims["iss"] == .string(issuer), let subject = token.claims["sub"]?.stringValue
        else { return nil }
        self.subject = subject
        sessionID = token.claims["sid"]?.stringValue
        audience =
            token.claims["aud"]?.stringValue.map { [$0] }
            ?? (token.claims["aud"]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
