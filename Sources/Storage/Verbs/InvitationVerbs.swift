import Identity
import JSON
import OAuth

extension Store: InvitationStore {
    package func invite(_ invitation: Invitation, mailing letter: SealedLetter, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            let address = invitation.address
            guard try !connection.isTaken(address) else { return false }
            try connection.dropInvitation(to: address)
            try connection.insert(
                into: "one_time_artefacts",
                [
                    "kind": .text(OneTimeArtefact.Kind.invitation.rawValue),
                    "digest": .digest(invitation.digest),
                    "binding": .text(address.canonical),
                    "expires_at": .instant(invitation.expiresAt),
                ])
            try connection.insert(invitation)
            try connection.post(letter)
            return true
        }
    }

    package func invitation(_ digest: TokenDigest, at now: Instant) async throws -> Invitation? {
        try await database.read { connection in try connection.invitation(digest, at: now) }
    }

    package func invitations(
        after canonicalEmail: String?, limit: Int, at now: Instant
    ) async throws -> [Invitation] {
        try await database.read { connection in
            try connection.liveInvitations(
                "i.canonical_email > $5 ORDER BY i.canonical_email LIMIT $6",
                [.text(canonicalEmail ?? ""), .integer(Int64(max(0, limit)))], at: now)
        }
    }

    package func withdrawInvitation(to address: EmailAddress, at now: Instant) async throws -> Invitation? {
        try await database.write { connection in
            let live = try connection.liveInvitations("i.canonical_email = $5", [.text(address.canonical)], at: now)
            guard let invitation = live.first else { return nil }
            try connection.dropInvitation(to: address)
            return invitation
        }
    }

    /// What could refuse is asked before the invitation is spent: a refusal leaves nothing to undo.
    package func accept(_ entry: ProvenEntry, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            let address = entry.account.email
            guard let invitation = try connection.invitation(entry.link, at: now),
                invitation.address.canonical == address.canonical,
                try connection.consume(.invitation, entry.link, binding: address.canonical, at: now)
            else { return false }
            guard try connection.insert(entry.account) else {
                throw StorageError.corrupt("an address that was free is taken within one write")
            }
            try connection.execute(
                "DELETE FROM invitations WHERE canonical_email = $1", [.text(address.canonical)])
            try connection.enter(entry, at: now)
            return true
        }
    }
}

extension SQLConnection {
    fileprivate func invitation(_ digest: TokenDigest, at now: Instant) throws -> Invitation? {
        try liveInvitations("i.digest = $5", [.digest(digest)], at: now).first
    }

    /// Live: neither spent nor over, nobody has the address, and whose word it is still administers.
    /// - Parameter condition: its values begin with `$5`.
    fileprivate func liveInvitations(
        _ condition: String, _ values: [SQLValue], at now: Instant
    ) throws -> [Invitation] {
        let role = Role.administrator
        return try rows(
            """
            SELECT i.digest, i.email, i.name, i.roles, i.inviter, i.created_at, i.expires_at
            FROM invitations i JOIN one_time_artefacts o ON o.digest = i.digest AND o.binding = i.canonical_email
            WHERE o.kind = $1 AND o.spent_at IS NULL AND o.expires_at > $2 AND i.expires_at > $2
                AND NOT EXISTS (SELECT a.id FROM accounts a WHERE a.canonical_email = i.canonical_email)
                AND (i.inviter IS NULL OR EXISTS (
                    SELECT a.id FROM accounts a JOIN account_roles r ON r.account_id = a.id
                    WHERE a.id = i.inviter AND a.status = 'active' AND r.role = $3 AND r.context = $4))
                AND \(condition)
            """,
            [
                .text(OneTimeArtefact.Kind.invitation.rawValue), .instant(now), .text(role.name), .text(role.context),
            ] + values
        ).map(Invitation.init)
    }

    /// With the right to administer go the invitations made by it: getting it back brings none to life.
    func dropInvitations(by inviter: String) throws {
        try execute(
            """
            DELETE FROM one_time_artefacts WHERE kind = $1 AND spent_at IS NULL AND digest IN
                (SELECT i.digest FROM invitations i WHERE i.inviter = $2)
            """, [.text(OneTimeArtefact.Kind.invitation.rawValue), .text(inviter)])
        try execute("DELETE FROM invitations WHERE inviter = $1", [.text(inviter)])
    }

    fileprivate func dropInvitation(to address: EmailAddress) throws {
        try execute("DELETE FROM invitations WHERE canonical_email = $1", [.text(address.canonical)])
        try execute(
            "DELETE FROM one_time_artefacts WHERE kind = $1 AND binding = $2 AND spent_at IS NULL",
            [.text(OneTimeArtefact.Kind.invitation.rawValue), .text(address.canonical)])
    }

    fileprivate func insert(_ invitation: Invitation) throws {
        let roles = invitation.roles.map { [$0.name, $0.context] }
        try insert(
            into: "invitations",
            [
                "canonical_email": .text(invitation.address.canonical),
                "email": .text(invitation.address.typed),
                "digest": .digest(invitation.digest),
                "name": .text(invitation.name),
                "inviter": .text(invitation.inviter),
                "roles": .text(JSONValue.array(roles.map { .array($0.map(JSONValue.string)) }).text),
                "created_at": .instant(invitation.createdAt),
                "expires_at": .instant(invitation.expiresAt),
            ])
    }
}

extension Invitation {
    fileprivate init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let digest = try cursor.digest()
        guard let address = EmailAddress(try cursor.text()) else { throw StorageError.corrupt("invitation: e-mail") }
        let name = try cursor.optionalText()
        let roles = try JSONValue(parsing: try cursor.text()).arrayValue?.map { pair throws -> Role in
            guard let texts = pair.stringsValue, let role = texts.first, let context = texts.dropFirst().first else {
                throw StorageError.corrupt("invitation: roles")
            }
            return Role(role, context: context)
        }
        guard let roles else { throw StorageError.corrupt("invitation: roles") }
        self.init(
            digest: digest, address: address, name: name, roles: roles, inviter: try cursor.optionalText(),
            createdAt: try cursor.instant(), expiresAt: try cursor.instant())
    }
}
