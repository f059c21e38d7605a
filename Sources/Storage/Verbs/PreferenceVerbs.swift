import Identity
import OAuth

extension Store: PreferenceStore {
    package func preferences(of accountID: String) async throws -> Preferences {
        try await database.read { connection in try connection.preferences(of: accountID) }
    }

    package func decide(
        _ decision: Preferences.Decision, of accountID: String, mailing letters: [SealedLetter]
    ) async throws -> Bool {
        try await database.write { connection in
            let before = try connection.preferences(of: accountID)
            var after = before
            after.decide(decision)
            guard after != before else { return false }
            try connection.keep(after, of: accountID, writing: [decision.column])
            for letter in letters { try connection.post(letter) }
            return true
        }
    }
}

extension Preferences.Decision {
    fileprivate var column: String {
        switch self {
        case .magicLinks: "magic_links"
        case .signInNotices: "sign_in_notices"
        }
    }
}

extension SQLConnection {
    func preferences(of accountID: String) throws -> Preferences {
        let rows = try rows(
            "SELECT magic_links, sign_in_notices FROM account_preferences WHERE account_id = $1", [.text(accountID)])
        guard let row = rows.first else { return Preferences() }
        var cursor = RowCursor(row)
        let magicLinks = try cursor.flag()
        guard let notices = Preferences.SignInNotices(rawValue: try cursor.text()) else {
            throw StorageError.corrupt("account \(accountID): sign-in notices")
        }
        return Preferences(magicLinks: magicLinks, signInNotices: notices)
    }

    /// - Parameter columns: of a row that is there, those that are written.
    func keep(
        _ preferences: Preferences, of accountID: String,
        writing columns: [String] = ["magic_links", "sign_in_notices"]
    ) throws {
        let changes = columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try insert(
            into: "account_preferences",
            [
                "account_id": .text(accountID),
                "magic_links": .flag(preferences.magicLinks),
                "sign_in_notices": .text(preferences.signInNotices.rawValue),
            ],
            orElse: "ON CONFLICT (account_id) DO UPDATE SET \(changes)")
    }
}
