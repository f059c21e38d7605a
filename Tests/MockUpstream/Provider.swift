/// The companies that are stood in for, each below a prefix of its own.
enum Provider: String, Sendable, CaseIterable {
    case github, google, discord, facebook, oidc, microsoft, apple, gitlab
}

/// What a call is about, by the names that control and log use.
enum Endpoint: String, Sendable, CaseIterable {
    case authorize, token, revoke, userinfo, emails, jwks, discovery
    case debugToken = "debug_token"
}
