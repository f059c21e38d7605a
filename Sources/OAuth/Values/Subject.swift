import JSON

/// A person as the rules see one: whether tokens may be issued, and what may be said.
package struct Subject: Sendable, Equatable {
    package let id: String
    package let isActive: Bool
    package let roles: [String]
    /// Every claim known of the person by its registered name (OpenID Connect Core §5.1); which of them
    /// are told is decided by `ClaimRelease`.
    package let claims: JSONObject
    /// Claims of this installation's own, each with the scope that allows it to be told.
    package let ownClaims: [OwnClaim]

    package typealias OwnClaim = (scope: String, name: String, value: JSONValue)

    package init(
        id: String, isActive: Bool, roles: [String], claims: JSONObject, ownClaims: [OwnClaim] = []
    ) {
        self.id = id
        self.isActive = isActive
        self.roles = roles
        self.claims = claims
        self.ownClaims = ownClaims
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.id == right.id && left.isActive == right.isActive && left.roles == right.roles
            && left.claims == right.claims && left.ownClaims.elementsEqual(right.ownClaims, by: ==)
    }
}
