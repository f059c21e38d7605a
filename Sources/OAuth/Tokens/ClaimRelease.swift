import JSON

/// Which claims a scope allows to be told, OpenID Connect Core §5.4 (JW7). Nothing outside this table
/// ever leaves.
package enum ClaimRelease {
    package static let claimsByScope: [(scope: String, claims: [String])] = [
        (
            "profile",
            [
                "name", "given_name", "family_name", "preferred_username", "picture", "birthdate", "zoneinfo",
                "locale", "updated_at",
            ]
        ),
        ("email", ["email", "email_verified"]),
        ("roles", ["roles"]),
    ]

    package static func claims(of subject: Subject, for scopes: ScopeSet) -> JSONObject {
        var released = JSONObject()
        for (scope, names) in claimsByScope where scopes.contains(scope) {
            for name in names {
                if let value = subject.claims[name] { released[name] = value }
            }
        }
        return released
    }
}
