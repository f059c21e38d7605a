import Identity
import OAuth

extension Settings {
    /// Scopes with a meaning of their own, and those the administrator defines.
    var knownScopes: ScopeSet {
        ScopeSet(
            ["openid", "profile", "email", "roles", "offline_access"] + AdministrationScope.names
                + scopes.map(\.name))
    }
}
