import JSON
import OAuth

/// People as the rules of OAuth see them: a subject and everything that may be claimed of it
/// (OpenID Connect Core §5.1). Which claims are told is not decided here.
package struct People: SubjectDirectory {
    private let accounts: any AccountStore
    private let issuer: String
    private let attributes: [ProfileAttribute]

    /// - Parameters:
    ///   - issuer: stands before the address of a picture.
    ///   - attributes: what else this installation knows of people, each with its claim and scope.
    package init(accounts: any AccountStore, issuer: String = "", attributes: [ProfileAttribute] = []) {
        self.accounts = accounts
        self.issuer = issuer
        self.attributes = attributes
    }

    package func subject(_ id: String) async throws -> Subject? {
        try await accounts.account(id: id).map(subject)
    }

    package func subject(
        ofAccessToken id: String, grantID: String, issuedAt: Instant, at now: Instant
    ) async throws -> Subject? {
        try await accounts.account(ofAccessToken: id, grantID: grantID, issuedAt: issuedAt, at: now).map(subject)
    }

    package func subject(_ account: Account) -> Subject {
        Self.subject(account, issuer: issuer, attributes: attributes)
    }

    package static func subject(
        _ account: Account, issuer: String = "", attributes: [ProfileAttribute] = []
    ) -> Subject {
        let roles = roleNames(account.roles)
        let profile = account.profile
        let texts = [
            ("name", profile.name), ("given_name", profile.givenName), ("family_name", profile.familyName),
            ("preferred_username", profile.preferredUsername), ("picture", picture(profile, issuer)),
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
        return Subject(
            id: account.id, isActive: account.status == .active, roles: roles, claims: claims,
            ownClaims: attributes.compactMap { attribute in
                profile.attributes[attribute.name].map { (attribute.scope, attribute.claim, $0) }
            })
    }

    private static func picture(_ profile: Profile, _ issuer: String) -> String? {
        profile.picture.map { $0.hasPrefix(Picture.folder) ? issuer + $0 : $0 }
    }

    /// Each name once, in whatever context it is held, in the order given.
    private static func roleNames(_ roles: [Role]) -> [String] {
        var names: [String] = []
        for role in roles where !names.contains(role.name) { names.append(role.name) }
        return names
    }
}
