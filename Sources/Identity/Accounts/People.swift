import JSON
import OAuth

/// People as the rules of OAuth see them: a subject and everything that may be claimed of it
/// (OpenID Connect Core §5.1). Which claims are told is not decided here.
package struct People: SubjectDirectory {
    private let accounts: any AccountStore

    package init(accounts: any AccountStore) {
        self.accounts = accounts
    }

    package func subject(_ id: String) async throws -> Subject? {
        try await accounts.account(id: id).map(Self.subject)
    }

    package static func subject(_ account: Account) -> Subject {
        let roles = roleNames(account.roles)
        let profile = account.profile
        let texts = [
            ("name", profile.name), ("given_name", profile.givenName), ("family_name", profile.familyName),
            ("preferred_username", profile.preferredUsername), ("picture", profile.picture),
            ("locale", profile.locale), ("zoneinfo", profile.zoneInfo), ("birthdate", profile.birthdate),
        ]
        var claims = JSONObject()
        for (name, text) in texts {
            if let text, !text.isEmpty { claims[name] = .string(text) }
        }
        claims["updated_at"] = .integer(account.updatedAt.seconds)
        claims["email"] = .string(account.email.typed)
        claims["email_verified"] = .bool(account.isEmailVerified)
        claims["roles"] = .array(roles.map(JSONValue.string))
        return Subject(id: account.id, isActive: account.status == .active, roles: roles, claims: claims)
    }

    /// Each name once, in whatever context it is held, in the order given.
    private static func roleNames(_ roles: [Role]) -> [String] {
        var names: [String] = []
        for role in roles where !names.contains(role.name) { names.append(role.name) }
        return names
    }
}
