import Identity
import OAuth

extension Store: SignUpStore {
    package func signUp(_ entry: ProvenEntry, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            guard try !connection.isTaken(entry.account.email),
                try connection.isLive(entry.link, for: .signUp, at: now)
            else { return false }
            // The address first: people who prove the same one wait for each other here, and not in a circle.
            let isNameTaken = try entry.account.profile.canonicalUsername.map(connection.hasUsername) ?? false
            guard try connection.insert(isNameTaken ? entry.account.withoutUsername : entry.account),
                try connection.spend(entry.link, for: .signUp, at: now)
            else { throw StorageError.corrupt("what was free is taken within one write") }
            try connection.dropMailProofs(at: entry.account.email, for: .signUp, at: now)
            try connection.enter(entry, at: now)
            return true
        }
    }

    package func verify(_ entry: ProvenEntry, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            guard try connection.prove(entry, at: now) else { return false }
            try connection.dropMailProofs(of: entry.account.id, at: now)
            _ = try connection.endSessions(of: entry.account.id, except: nil, at: now)
            try connection.enter(entry, at: now)
            return true
        }
    }

    package func claim(_ entry: ProvenEntry, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            guard try connection.prove(entry, at: now) else { return false }
            _ = try connection.forgetBeforeProof(of: entry.account.id, at: now)
            try connection.execute(
                "UPDATE accounts SET password_hash = $2 WHERE id = $1",
                [.text(entry.account.id), .text(entry.account.passwordHash)])
            try connection.enter(entry, at: now)
            return true
        }
    }
}

extension SQLConnection {
    /// Marks an address as proven, if it is still this active account's. `true` when it was not before: the welcome goes
    /// once.
    func proveAddress(_ address: EmailAddress, of accountID: String, at now: Instant) throws -> Bool {
        try execute(
            """
            UPDATE accounts SET email_verified = 1, updated_at = $3
            WHERE id = $1 AND canonical_email = $2 AND email_verified = 0 AND status = 'active'
            """,
            [.text(accountID), .text(address.canonical), .instant(now)]) == 1
    }

    fileprivate func isLive(_ link: TokenDigest, for purpose: MailProof.Purpose, at now: Instant) throws -> Bool {
        try !rows(
            """
            SELECT link FROM mail_proofs
            WHERE link = $1 AND purpose = $2 AND spent_at IS NULL AND expires_at > $3
            """,
            [.digest(link), .text(purpose.rawValue), .instant(now)]
        ).isEmpty
    }

    /// Spends the proof for the account. What could refuse is asked before: a refusal leaves nothing to undo.
    fileprivate func prove(_ entry: ProvenEntry, at now: Instant) throws -> Bool {
        let account = entry.account
        let awaits = try rows(
            """
            SELECT a.id FROM accounts a JOIN mail_proofs p ON p.account_id = a.id AND p.link = $3
            WHERE a.id = $1 AND a.canonical_email = $2 AND a.email_verified = 0 AND a.status = 'active'
            """,
            [.text(account.id), .text(account.email.canonical), .digest(entry.link)])
        guard !awaits.isEmpty, try spend(entry.link, for: .verification, at: now) else { return false }
        return try proveAddress(account.email, of: account.id, at: now)
    }

    /// The person is signed in on a browser that is theirs from now on, and gets their mail.
    func enter(_ entry: ProvenEntry, at now: Instant) throws {
        guard try open(entry.opening, at: now) else {
            throw StorageError.corrupt("a person who may enter is refused within one write")
        }
        try remember(entry.opening.session.browser, of: entry.account.id, at: now)
        for letter in entry.letters { try post(letter) }
    }
}
