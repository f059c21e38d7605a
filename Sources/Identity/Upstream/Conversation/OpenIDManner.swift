import JSON
import OAuth

/// What is peculiar to one provider among those that speak OpenID Connect.
protocol OpenIDManner: Sendable {
    var provider: UpstreamProvider { get }
    /// Below which the discovery document stands.
    var place: String { get }
    var scopes: [String] { get }
    /// Whether the userinfo endpoint is asked too, where there is one.
    var asksUserInfo: Bool { get }

    /// Whether the document's issuer is the one that was asked.
    func isIssuer(_ issuer: String) -> Bool

    /// Who may have made an ID token, if the document is of this issuer.
    func makers(_ issuer: String, _ claims: JSONObject) -> [String]

    func parameters(hint: String?) -> [(name: String, value: String)]

    func secret(issuer: String, at now: Instant) throws(UpstreamFault) -> String

    func person(_ claims: OpenIDClaims) throws(UpstreamFault) -> UpstreamIdentity

    func settingFaults() -> [String]
}

extension OpenIDManner {
    var scopes: [String] { ["openid", "email", "profile"] }
    var asksUserInfo: Bool { false }

    func isIssuer(_ issuer: String) -> Bool { issuer.isExactly(place) }

    func makers(_ issuer: String, _ claims: JSONObject) -> [String] { [issuer] }

    func parameters(hint: String?) -> [(name: String, value: String)] { hint.map { [("login_hint", $0)] } ?? [] }

    func secret(issuer: String, at now: Instant) throws(UpstreamFault) -> String { provider.clientSecret }

    func person(_ claims: OpenIDClaims) throws(UpstreamFault) -> UpstreamIdentity { claims.identity(provider.id) }

    func settingFaults() -> [String] { [] }

    /// Its base address of the settings, or its own; without a slash at the end.
    func base(_ own: String) -> String {
        let base = provider.baseURL ?? own
        return base.hasSuffix("/") ? String(base.dropLast()) : base
    }
}

/// What a provider says of a person, checked: the ID token's claims, and those of the userinfo endpoint.
struct OpenIDClaims: Sendable {
    let subject: String
    let token: JSONObject
    let userInfo: JSONObject?
    /// What the browser brought along, unsigned.
    let user: String?

    subscript(_ name: String) -> JSONValue? { token[name] ?? userInfo?[name] }

    /// Address and proof are of one document: the proof in one says nothing of the address in another.
    var mailbox: (email: EmailAddress?, isVerified: Bool) {
        let source = token["email"] == nil ? userInfo : token
        guard let email = ToldText.email(source?["email"]) else { return (nil, false) }
        return (email, ToldText.isTrue(source?["email_verified"]))
    }

    /// The standard claims, OpenID Connect Core §5.1.
    func identity(_ provider: String) -> UpstreamIdentity {
        var identity = UpstreamIdentity(provider, subject: subject)
        (identity.email, identity.isEmailVerified) = mailbox
        identity.name = ToldText.name(self["name"])
        identity.givenName = ToldText.name(self["given_name"])
        identity.familyName = ToldText.name(self["family_name"])
        identity.label = ToldText.label(self["preferred_username"]) ?? identity.email?.typed
        return identity
    }
}
