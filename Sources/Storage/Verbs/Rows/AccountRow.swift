import Identity
import JSON
import OAuth

/// An account joined with its roles: one row for each role, or one without.
enum AccountRow {
    static let columns = """
        a.id, a.email, a.email_verified, a.name, a.given_name, a.family_name, a.preferred_username, a.picture, \
        a.locale, a.zone_info, a.birthdate, a.biography, a.attributes, a.status, a.deleted_at, a.deleted_by, \
        a.password_hash, a.created_at, a.updated_at, a.password_is_mailed, r.role, r.context
        """

    /// An account with its roles.
    static func query(_ condition: String, from table: String = "accounts a") -> String {
        """
        SELECT \(columns) FROM \(table) LEFT JOIN account_roles r ON r.account_id = a.id
        WHERE \(condition) ORDER BY r.role, r.context
        """
    }

    /// Folds consecutive rows of one account into one.
    static func accounts(_ rows: [Row]) throws -> [Account] {
        var accounts: [Account] = []
        var roles: [Role] = []
        for (index, row) in rows.enumerated() {
            if let role = try role(row) { roles.append(role) }
            let isLast = try index + 1 == rows.count || rows[index + 1].text(0) != row.text(0)
            guard isLast else { continue }
            accounts.append(try account(row, roles: roles))
            roles = []
        }
        return accounts
    }

    private static func role(_ row: Row) throws -> Role? {
        guard let name = try row.optionalText(20) else { return nil }
        return Role(name, context: try row.text(21))
    }

    private static func account(_ row: Row, roles: [Role]) throws -> Account {
        var cursor = RowCursor(row)
        let id = try cursor.text()
        guard let email = EmailAddress(try cursor.text()) else { throw StorageError.corrupt("account \(id): e-mail") }
        let isEmailVerified = try cursor.flag()
        let profile = Profile(
            name: try cursor.optionalText(), givenName: try cursor.optionalText(),
            familyName: try cursor.optionalText(), preferredUsername: try cursor.optionalText(),
            picture: try cursor.optionalText(), locale: try cursor.optionalText(), zoneInfo: try cursor.optionalText(),
            birthdate: try cursor.optionalText(), biography: try cursor.optionalText(),
            attributes: try cursor.object())
        guard let status = Account.Status(rawValue: try cursor.text()) else {
            throw StorageError.corrupt("account \(id): status")
        }
        let deletion = try deletion(&cursor)
        return Account(
            id: id, email: email, isEmailVerified: isEmailVerified, profile: profile, roles: roles, status: status,
            deletion: deletion, passwordHash: try cursor.optionalText(), createdAt: try cursor.instant(),
            updatedAt: try cursor.instant(), isPasswordMailed: try cursor.flag())
    }

    private static func deletion(_ cursor: inout RowCursor) throws -> Deletion? {
        let time = try cursor.optionalInstant()
        let actor = try cursor.optionalText().flatMap(Deletion.Actor.init)
        guard let time else { return nil }
        // Without a name it was an operator's: what is not known to be the person's own cannot be undone by them.
        return Deletion(time: time, actor: actor ?? .operator)
    }
}

extension SQLConnection {
    /// `false`, and nothing written, when the address or the username is taken.
    func insert(_ account: Account) throws -> Bool {
        let inserted = try insert(
            into: "accounts",
            [
                "id": .text(account.id),
                "email": .text(account.email.typed),
                "canonical_email": .text(account.email.canonical),
                "email_verified": .flag(account.isEmailVerified),
                "name": .text(account.profile.name),
                "given_name": .text(account.profile.givenName),
                "family_name": .text(account.profile.familyName),
                "preferred_username": .text(account.profile.preferredUsername),
                "canonical_username": .text(account.profile.canonicalUsername),
                "picture": .text(account.profile.picture),
                "locale": .text(account.profile.locale),
                "zone_info": .text(account.profile.zoneInfo),
                "birthdate": .text(account.profile.birthdate),
                "biography": .text(account.profile.biography),
                "attributes": .text(JSONValue.object(account.profile.attributes).text),
                "status": .text(account.status.rawValue),
                "deleted_at": .instant(account.deletion?.time),
                "deleted_by": .text(account.deletion?.actor.rawValue),
                "password_hash": .text(account.passwordHash),
                "search_text": .text(SearchText.of(account.profile)),
                "created_at": .instant(account.createdAt),
                "updated_at": .instant(account.updatedAt),
                "password_is_mailed": .flag(account.isPasswordMailed),
            ], orElse: "ON CONFLICT DO NOTHING")
        guard inserted == 1 else { return false }
        try insert(account.roles, of: account.id)
        return true
    }

    func insert(_ roles: [Role], of id: String) throws {
        for role in roles {
            try insert(
                into: "account_roles",
                ["account_id": .text(id), "role": .text(role.name), "context": .text(role.context)],
                orElse: "ON CONFLICT (account_id, role, context) DO NOTHING")
        }
    }
}
