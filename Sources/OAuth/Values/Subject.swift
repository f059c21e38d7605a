import JSON

/// A person as the rules see one: whether tokens may be issued, and what may be said.
package struct Subject: Sendable, Equatable {
    package let id: String
    package let isActive: Bool
    package let roles: [String]
    /// Every claim known of the person by its registered name (OpenID Connect Core §5.1); which of them
    /// are told is decided by `ClaimRelease`.
    package let claims: JSONObject

    package init(id: String, isActive: Bool, roles: [String], claims: JSONObject) {
        self.id = id
        self.isActive = isActive
        self.roles = roles
        self.claims = claims
    }
}
