import JSON
import OAuth

/// What the demo was given for one person.
struct SignedInPerson: Sendable {
    let idToken: CheckedIDToken
    let accessToken: String
    let refreshToken: String?
    let scope: String
    let expiresAt: Instant
    let refreshes: Int

    /// Takes what a refresh answered; what it leaves out stays as it was (RFC 6749 §6, OpenID Connect Core §12.2).
    func refreshed(by answer: TokenAnswer, idToken: CheckedIDToken?, at now: Instant) -> Self {
        Self(
            idToken: idToken ?? self.idToken, accessToken: answer.accessToken,
            refreshToken: answer.refreshToken ?? refreshToken, scope: answer.scope ?? scope,
            expiresAt: now + answer.lifetime, refreshes: refreshes + 1)
    }
}

/// A token response, RFC 6749 §5.1.
struct TokenAnswer: Sendable {
    let accessToken: String
    let refreshToken: String?
    let idToken: String?
    let scope: String?
    let lifetime: Int64

    init(_ value: JSONValue) throws {
        guard let object = value.objectValue, let accessToken = object["access_token"]?.stringValue,
            !accessToken.isEmpty, object["token_type"]?.stringValue?.lowercased() == "bearer"
        else { throw DemoProblem.untrusted("The token answer has no bearer token.") }
        self.accessToken = accessToken
        refreshToken = object["refresh_token"]?.stringValue
        idToken = object["id_token"]?.stringValue
        scope = object["scope"]?.stringValue
        lifetime = max(0, object["expires_in"]?.integerValue ?? 0)
    }
}
