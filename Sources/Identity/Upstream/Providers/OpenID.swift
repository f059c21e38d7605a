import OAuth

/// Anybody else who speaks OpenID Connect. The issuer is the one of the settings to the byte, and its word on addresses
/// is taken: who names a provider here trusts it with that.
struct GenericManner: OpenIDManner {
    let provider: UpstreamProvider

    var place: String { provider.issuer ?? provider.baseURL ?? "" }
    var scopes: [String] { ["openid", "profile", "email"] }
    var asksUserInfo: Bool { true }

    func settingFaults() -> [String] {
        place.isEmpty ? ["\(provider.name) needs an `issuer`."] : []
    }
}
