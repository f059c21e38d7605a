import JSON

/// The operator's own decisions, under names that start with `martlet_`.
extension ClientRegistrationReader {
    mutating func readPolicy(into client: inout Client) {
        client.policy.skipsConsent = flag("martlet_skips_consent") ?? false
        client.policy.requiredRoles = names("martlet_required_roles")
        client.policy.signInMethods = names("martlet_sign_in_methods")
        client.policy.resources = indicators("martlet_resources")
        client.policy.audience = indicators("martlet_audience")
        client.policy.introspectsAll = flag("martlet_introspects_all") ?? false
        client.policy.accessTokenLifetime = integer("martlet_access_token_lifetime", in: 1...900)
        client.policy.rotatesRefreshTokens = flag("martlet_rotates_refresh_tokens") ?? false
        client.policy.refreshGrace = integer("martlet_refresh_grace", in: 1...10)
        client.policy.mayOmitPKCE = flag("martlet_may_omit_pkce") ?? false
        client.policy.claimsInIDToken = flag("martlet_claims_in_id_token") ?? false
        client.policy.defaultMaxAge = integer("default_max_age", in: 0...31_536_000)
        client.policy.defaultLevels = levels("default_acr_values")
        let formats = ClientPolicy.AccessTokenFormat.allCases
        if let format = choice("martlet_access_token_format", of: formats) {
            client.policy.accessTokenFormat = format
        }
    }

    /// An empty list would read like "nobody" and mean "everybody".
    private mutating func names(_ name: String) -> [String] {
        guard let texts = texts(name, maximum: 100) else { return [] }
        if object[name]?.arrayValue?.isEmpty ?? false {
            fault([.key(name)], "\(name) must not be empty; leave it out to allow all")
        }
        return texts.map(\.text)
    }

    /// Of the form that `acr_values` can hold; whether there is such a level is known when it is demanded.
    private mutating func levels(_ name: String) -> [String] {
        let levels = names(name)
        if levels.contains(where: { $0.contains(" ") }) {
            fault([.key(name)], "\(name) must hold levels without spaces, one text each")
        }
        return levels
    }

    /// RFC 8707 §2.
    private mutating func indicators(_ name: String) -> [String] {
        var indicators: [String] = []
        for (text, path) in texts(name) ?? [] {
            guard AudienceRule.isIndicator(text) else {
                fault(path, "\(name) must hold absolute URIs without a fragment, for example https://api.example.com")
                continue
            }
            indicators.append(text)
        }
        return indicators
    }
}
