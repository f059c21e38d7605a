import JSON
import OAuth

/// Discord: OAuth 2.0; its token endpoint takes forms only. The key is its id, a number too large for many readers and
/// therefore a string. An address is proven when `verified` is true.
struct DiscordDialect: UpstreamDialect {
    static let home = "https://discord.com"
    let provider: UpstreamProvider
    let line: UpstreamLine

    var scopes: [String] { provider.scopes ?? ["identify", "email"] }

    func endpoints(at now: Instant) throws(UpstreamFault) -> UpstreamEndpoints {
        let base = base(Self.home)
        return try .pinned(
            issuer: base, authorization: "\(base)/oauth2/authorize", token: "\(base)/api/oauth2/token")
    }

    func person(_ tokens: UpstreamTokens, _ visit: UpstreamVisit) async throws(UpstreamFault) -> UpstreamIdentity {
        let address = try UpstreamEndpoints.address("\(base(Self.home))/api/v10/users/@me", "users/@me")
        let profile = try await line.get("users/@me", address.text, bearer: tokens.access).object()
        guard let id = profile["id"]?.stringValue, (1...20).contains(id.utf8.count),
            id.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .identity("the account has no id of figures") }
        var identity = UpstreamIdentity(provider.id, subject: id)
        identity.name = ToldText.name(profile["global_name"])
        identity.label = ToldText.label(profile["username"])
        identity.email = ToldText.email(profile["email"])
        identity.isEmailVerified = identity.email != nil && profile["verified"]?.boolValue == true
        return identity
    }
}
