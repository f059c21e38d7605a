import Identity
import OAuth

extension Store: AdministrationStore {
    package func change(
        _ change: AdministrativeChange, of seen: Account, mailing letters: [SealedLetter], at now: Instant
    ) async throws -> ChangeOutcome {
        try await database.write { connection in
            guard let current = try connection.account(seen.id) else { return .nobody }
            guard current.version == seen.version, current.email == seen.email else { return .changedMeanwhile }
            if current.isAdministrator, !change.leavesAdministrator, try !connection.hasAdministrator(beside: seen.id) {
                return .lastAdministrator
            }
            try connection.make(change, of: seen.id, at: now)
            for letter in letters { try connection.post(letter) }
            guard change != .purge else { return .changed(current) }
            guard let changed = try connection.account(seen.id) else {
                throw StorageError.corrupt("an account is gone within one write")
            }
            return .changed(changed)
        }
    }

    package func endAccess(
        of id: String, applications: Bool, sparingAdministrators: Bool, at now: Instant
    ) async throws -> AccessEnding {
        try await database.write { connection in
            guard let account = try connection.account(id) else { return .nobody }
            guard !(sparingAdministrators && account.roles.contains(.administrator)) else { return .mayNotAppoint }
            let grants =
                applications
                ? try connection.endGrants("subject = $3", [.text(id)], because: .endedByOperator, at: now) : 0
            let sessions = try connection.endSessions(of: id, except: nil, at: now)
            try connection.dropEntrances(of: id, at: now)
            try connection.forgetRemembered(of: id)
            return .ended(EndedAccess(sessions: sessions, applications: grants))
        }
    }
}

extension AdministrativeChange {
    fileprivate var leavesAdministrator: Bool {
        switch self {
        case .enable: true
        case .disable, .delete, .purge: false
        case .setRoles(let roles): roles.contains(.administrator)
        }
    }
}

extension SQLConnection {
    func account(_ id: String) throws -> Account? {
        try account(where: "a.id = $1", .text(id))
    }

    /// Whether somebody else could administer, without anybody's help: an active person with the role, a password and a
    /// proven address. To be asked in the write that takes it from one, where no other write comes between.
    func hasAdministrator(beside id: String) throws -> Bool {
        let role = Role.administrator
        return try !rows(
            """
            SELECT r.account_id FROM account_roles r JOIN accounts a ON a.id = r.account_id
            WHERE r.role = $1 AND r.context = $2 AND a.status = 'active' AND a.id <> $3
                AND a.password_hash IS NOT NULL AND a.email_verified = 1
            LIMIT 1
            """,
            [.text(role.name), .text(role.context), .text(id)]
        ).isEmpty
    }

    fileprivate func make(_ change: AdministrativeChange, of id: String, at now: Instant) throws {
        switch change {
        case .disable:
            try execute(
                """
                UPDATE accounts SET status = 'disabled', updated_at = $2,
                    deleted_by = CASE WHEN deleted_at IS NULL THEN NULL ELSE 'operator' END
                WHERE id = $1
                """, [.text(id), .instant(now)])
            try endEverything(of: id, at: now)
        case .enable:
            try execute(
                """
                UPDATE accounts SET status = 'active', deleted_at = NULL, deleted_by = NULL, updated_at = $2
                WHERE id = $1
                """, [.text(id), .instant(now)])
        case .delete:
            try execute(
                """
                UPDATE accounts SET status = 'disabled', deleted_at = COALESCE(deleted_at, $2),
                    deleted_by = 'operator', updated_at = $2
                WHERE id = $1
                """, [.text(id), .instant(now)])
            try endEverything(of: id, at: now)
        case .purge:
            try endEverything(of: id, at: now)
            try remove(id)
        case .setRoles(let roles):
            try execute("UPDATE accounts SET updated_at = $2 WHERE id = $1", [.text(id), .instant(now)])
            try execute("DELETE FROM account_roles WHERE account_id = $1", [.text(id)])
            try insert(roles, of: id)
            try endExemption(of: id, at: now)
            if roles.contains(.administrator) {
                try endVouchedSessions(of: id, at: now)
            } else {
                try dropInvitations(by: id)
            }
        }
    }

    /// Whoever was let in for a role of theirs is asked for the second factor, for the role may be gone.
    private func endExemption(of id: String, at now: Instant) throws {
        try execute(
            """
            UPDATE sessions SET is_half = 1, waiver = NULL,
                idle_until = CASE WHEN idle_until > $2 THEN $2 ELSE idle_until END,
                expires_at = CASE WHEN expires_at > $2 THEN $2 ELSE expires_at END
            WHERE subject = $1 AND waiver LIKE $3
                AND EXISTS (SELECT f.id FROM factors f WHERE f.account_id = sessions.subject)
            """,
            [
                .text(id), .instant(now + FactorPolicy.halfLifetime), .text(FactorWaiver.exemptRoleWord + "%"),
            ])
    }
}
