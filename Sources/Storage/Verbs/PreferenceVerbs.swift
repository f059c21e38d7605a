import Identity
import OAuth

extension Store: PreferenceStore {
    package func preferences(of accountID: String) async throws -> Preferences {
        try await database.read { connection in
            let rows = try connection.rows(
                "SELECT magic_links, sign_in_notices FROM account_preferences WHERE account_id = $1",
                [.text(accountID)])
            guard let row = rows.first else { return Preferences() }
            var cursor = RowCursor(row)
            let magicLinks = try cursor.flag()
            guard let notices = Preferences.SignInNotices(rawValue: try cursor.text()) else {
                throw StorageError.corrupt("account \(accountID): sign-in notices")
            }
            return Preferences(magicLinks: magicLinks, signInNotices: notices)
        }
    }

    package func setPreferences(
        _ preferences: Preferences, of accountID: String, mailing letters: [SealedLetter]
    ) async throws {
        try await database.write { connection in
            try connection.keep(preferences, of: accountID)
            for letter in letters { try connection.post(letter) }
        }
    }
}

extension SQLConnection {
    func keep(_ preferences: Preferences, of accountID: String) throws {
        try insert(
            into: "account_preferences",
            [
                "account_id": .text(accountID),
                "magic_links": .flag(preferences.magicLinks),
                "sign_in_notices": .text(preferences.signInNotices.rawValue),
            ],
            orElse: """
                ON CONFLICT (account_id) DO UPDATE SET magic_links = excluded.magic_links,
                    sign_in_notices = excluded.sign_in_notices
                """)
    }
}
