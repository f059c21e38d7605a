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
        // Of a name that stands in the table, the table's own claim stays.
        for claim in subject.ownClaims where scopes.contains(claim.scope) && !standard.contains(claim.name) {
            released[claim.name] = claim.value
        }
        return released
    }

    /// Names that no claim of an installation's own may have: those of the table, and those of the tokens themselves.
    package static let standard: Set<String> = Set(claimsByScope.flatMap(\.claims)).union(
        [
            "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "auth_time", "nonce", "acr", "amr", "azp", "at_hash",
            "c_hash",
            "sid", "scope", "client_id", "cnf", "act", "events", "active", "username", "token_type",
        ])
}
