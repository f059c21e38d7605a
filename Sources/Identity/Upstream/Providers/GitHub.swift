import JSON
import OAuth

/// GitHub, and GitHub Enterprise Server: OAuth 2.0 with an interface of its own, no ID token.
///
/// - The key is the number of the account: logins are given up and taken by others.
/// - An address counts that is primary and verified in `/user/emails`; the one of the profile is what somebody typed. An app
///   without the permission gets 404 or 403 there, which is no address, no fault.
/// - The token endpoint refuses with status 200, and answers in JSON only when asked to.
struct GitHubDialect: UpstreamDialect {
    static let home = "https://github.com"
    let provider: UpstreamProvider
    let line: UpstreamLine

    var scopes: [String] { provider.scopes ?? ["read:user", "user:email"] }

    func endpoints(at now: Instant) throws(UpstreamFault) -> UpstreamEndpoints {
        let oauth = "\(base(Self.home))/login/oauth"
        return try .pinned(issuer: oauth, authorization: "\(oauth)/authorize", token: "\(oauth)/access_token")
    }

    private var api: String {
        base(Self.home).isExactly(Self.home) ? "https://api.github.com" : "\(base(Self.home))/api/v3"
    }

    func person(_ tokens: UpstreamTokens, _ visit: UpstreamVisit) async throws(UpstreamFault) -> UpstreamIdentity {
        let profile = try await ask("user", tokens).object()
        guard let id = profile["id"]?.integerValue, id > 0 else {
            throw .identity("the account has no number for an id")
        }
        var identity = UpstreamIdentity(provider.id, subject: String(id))
        identity.name = ToldText.name(profile["name"])
        identity.label = ToldText.label(profile["login"])
        (identity.email, identity.isEmailVerified) = try await mailbox(tokens)
        return identity
    }

    private func mailbox(_ tokens: UpstreamTokens) async throws(UpstreamFault) -> (EmailAddress?, Bool) {
        guard mayReadAddresses(tokens) else { return (nil, false) }
        let reply = try await ask("user/emails", tokens)
        guard reply.response.status != 404, reply.response.status != 403 else { return (nil, false) }
        guard let entries = try reply.value().arrayValue else { throw .answer("user/emails: not a list") }
        guard let primary = entries.compactMap(\.objectValue).first(where: { $0["primary"]?.boolValue == true }),
            let email = ToldText.email(primary["email"])
        else { return (nil, false) }
        return (email, primary["verified"]?.boolValue == true)
    }

    /// Less may be granted than was asked for. A GitHub App's tokens name no scope at all: there only the answer tells.
    private func mayReadAddresses(_ tokens: UpstreamTokens) -> Bool {
        let granted = tokens.granted
        return granted.isEmpty || granted.contains("user:email") || granted.contains("user")
    }

    private func ask(_ path: String, _ tokens: UpstreamTokens) async throws(UpstreamFault) -> UpstreamReply {
        let address = try UpstreamEndpoints.address("\(api)/\(path)", path)
        return try await line.get(
            path, address.text, bearer: tokens.access,
            headers: [("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28")])
    }
}
