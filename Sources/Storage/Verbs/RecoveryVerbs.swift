import Identity
import OAuth

extension Store: RecoveryStore {
    /// Seconds: the notice of one that was connected leads to recovery, and an old address can undo a change for as long.
    private static let suspectIdentities: Int64 = 7 * 86_400

    package func resetPassword(
        _ reset: PasswordReset, mailing letter: SealedLetter, at now: Instant
    ) async throws -> Recovered? {
        let id = reset.accountID
        return try await database.write { connection -> Recovered? in
            guard let wasProven = try connection.isProven(reset),
                try connection.spend(reset.link, for: .recovery, at: now)
            else { return nil }
            try connection.execute(
                """
                UPDATE accounts SET password_hash = $2, password_is_mailed = 1, email_verified = 1, updated_at = $3
                WHERE id = $1
                """,
                [.text(id), .text(reset.newHash), .instant(now)])
            let ended =
                wasProven
                ? try connection.endAccess(of: id, at: now) : try connection.forgetBeforeProof(of: id, at: now)
            try connection.forgetIdentities(of: id, since: now + -Self.suspectIdentities)
            // Whoever can read the mail is let in from here, however much others guess (PW9).
            try connection.remember(reset.browser, of: id, at: now)
            try connection.post(letter)
            return Recovered(sessionsEnded: ended, isFirstProof: !wasProven)
        }
    }
}

extension SQLConnection {
    /// Whether the address was proven before; `nil` when the proof is not of this account as it is now.
    fileprivate func isProven(_ reset: PasswordReset) throws -> Bool? {
        try rows(
            """
            SELECT a.email_verified FROM accounts a JOIN mail_proofs p ON p.account_id = a.id
            WHERE a.id = $1 AND a.canonical_email = $2 AND p.canonical_email = $2 AND p.link = $3
                AND p.purpose = $4 AND (a.status = 'active' OR a.deleted_by = 'person')
            """,
            [
                .text(reset.accountID), .text(reset.address.canonical), .digest(reset.link),
                .text(MailProof.Purpose.recovery.rawValue),
            ]
        ).first.map { try $0.integer(0) != 0 }
    }
}
