import OAuth

/// GitLab, gitlab.com or one of one's own: OpenID Connect, discovered at its base address. Address and proof are the
/// claims; the address of the profile is never asked for.
struct GitLabManner: OpenIDManner {
    let provider: UpstreamProvider

    var place: String { base("https://gitlab.com") }
    var scopes: [String] { ["openid", "profile", "email"] }
    var asksUserInfo: Bool { true }

    func parameters(hint: String?) -> [(name: String, value: String)] { [] }
}
