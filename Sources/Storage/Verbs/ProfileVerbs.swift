import Identity
import JSON
import OAuth

extension Store: ProfileStore {
    package func replaceProfile(
        of accountID: String, from old: Profile, to new: Profile, at now: Instant
    ) async throws -> ProfileReplacement {
        try await database.write { connection in
            guard let account = try connection.account(accountID), account.status == .active,
                account.profile.saysTheSame(as: old)
            else { return .changedMeanwhile }
            if let username = new.canonicalUsername, try connection.isTaken(username: username, but: accountID) {
                return .usernameTaken
            }
            try connection.write(new, of: accountID, at: now)
            return .replaced
        }
    }
}

extension SQLConnection {
    fileprivate func isTaken(username: String, but accountID: String) throws -> Bool {
        try !rows(
            "SELECT id FROM accounts WHERE canonical_username = $1 AND id <> $2", [.text(username), .text(accountID)]
        ).isEmpty
    }

    /// All but the picture, which has verbs of its own.
    fileprivate func write(_ profile: Profile, of accountID: String, at now: Instant) throws {
        try execute(
            """
            UPDATE accounts SET name = $2, given_name = $3, family_name = $4, preferred_username = $5,
                canonical_username = $6, locale = $7, zone_info = $8, birthdate = $9, biography = $10,
                attributes = $11, updated_at = $12, search_text = NULL
            WHERE id = $1
            """,
            [
                .text(accountID), .text(profile.name), .text(profile.givenName), .text(profile.familyName),
                .text(profile.preferredUsername), .text(profile.canonicalUsername), .text(profile.locale),
                .text(profile.zoneInfo), .text(profile.birthdate), .text(profile.biography),
                .text(JSONValue.object(profile.attributes).text), .instant(now),
            ])
    }
}
