import JSON
import OAuth

/// Google: OpenID Connect.
///
/// - ID tokens name `https://accounts.google.com` or, as it once was, `accounts.google.com`.
/// - `email_verified` says that a mailbox was once proven there. For an address of Google's own, `@gmail.com` or a Workspace
///   (`hd`), that stays so. Any other may be somebody else's by now, and is no proof here: it is proven by a mail of ours.
/// - `hd` in the request only chooses what is shown; the claim decides who is let in.
struct GoogleManner: OpenIDManner {
    let provider: UpstreamProvider

    var place: String { base("https://accounts.google.com") }

    func makers(_ issuer: String, _ claims: JSONObject) -> [String] {
        let bare = issuer.firstRange(of: "://").map { String(issuer[$0.upperBound...]) }
        return [issuer] + (bare.map { [$0] } ?? [])
    }

    func parameters(hint: String?) -> [(name: String, value: String)] {
        let organisation = provider.organisation.map { [(name: "hd", value: $0)] } ?? []
        return organisation + (hint.map { [("login_hint", $0)] } ?? [])
    }

    func person(_ claims: OpenIDClaims) throws(UpstreamFault) -> UpstreamIdentity {
        let workspace = claims.token["hd"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        if let expected = provider.organisation {
            guard let workspace, expected == "*" || workspace.isExactly(expected) else {
                throw .identity(.sent("hd is \(workspace ?? "missing"), \(expected) was expected"))
            }
        }
        var identity = claims.identity(provider.id)
        let isGoogles = workspace != nil || identity.email?.canonical.hasSuffix("@gmail.com") ?? false
        identity.isEmailVerified = identity.isEmailVerified && isGoogles
        return identity
    }
}
