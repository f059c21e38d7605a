import JSON
import OAuth
import Testing

@Suite("Which claims a scope allows to be told: OpenID Connect Core §5.4 (JW7)")
struct ClaimReleaseTests {
    private let ann = Subject(
        id: "ann", isActive: true, roles: ["staff"],
        claims: [
            "name": "Ann", "email": "ann@example.org", "email_verified": true, "roles": ["staff"], "address": "secret",
            "password_hash": "secret", "sub": "ben", "client_secret": "secret", "iss": "evil",
        ])

    @Test(
        "JW7: each scope tells its own claims, and nothing outside the table leaves",
        arguments: [
            ([], []), (["openid"], []), (["profile"], ["name"]), (["email"], ["email", "email_verified"]),
            (["roles"], ["roles"]), (["address", "phone", "offline_access", "Profile"], []),
            (["roles", "email", "profile"], ["name", "email", "email_verified", "roles"]),
        ] as [([String], [String])])
    func release(_ scopes: [String], _ names: [String]) {
        #expect(ClaimRelease.claims(of: ann, for: ScopeSet(scopes)).keys == names)
    }

    @Test("No scope tells a claim that belongs to the token itself")
    func protocolClaims() {
        let own: Set = [
            "iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "azp", "acr", "amr", "sid", "at_hash",
            "auth_time",
        ]
        for (_, names) in ClaimRelease.claimsByScope { #expect(own.isDisjoint(with: names)) }
    }
}
