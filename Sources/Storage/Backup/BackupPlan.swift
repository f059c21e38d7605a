/// What becomes of each table in a backup. Every table is named here, and a test holds the list to the schema:
/// whoever adds a table decides at once.
enum BackupPlan {
    enum Part: Sendable {
        /// Goes into the backup and comes back with it.
        case carried
        /// Stays out: a restore ends what it holds (OP3), so that a row brought back could only do harm.
        case ended
        /// Belongs to the file itself.
        case structure
    }

    static let parts: [String: Part] = [
        "schema_migrations": .structure,
        "additive_steps": .structure,
        // People, and what they decided for good.
        "accounts": .carried,
        "account_roles": .carried,
        "account_preferences": .carried,
        "sign_in_methods": .carried,
        "imported_hash_costs": .carried,
        // Who came from where, and who is gone for good: an import after a restore must know both.
        "arrivals": .carried,
        "pictures": .carried,
        // How people sign in elsewhere. Tokens, where any are kept, are sealed.
        "upstream_identities": .carried,
        "expected_identities": .carried,
        // Second factors: without them a restore would let anybody in who has one of two.
        "factors": .carried,
        "backup_codes": .carried,
        "factor_standings": .carried,
        "consents": .carried,
        // Gives a person's own browser tries of its own; opens nothing.
        "known_browsers": .carried,
        // Sealed; the master key is not in the database.
        "signing_keys": .carried,
        "master_key_binding": .carried,
        "restore_epochs": .carried,
        // Registered apps; hashes of their secrets only. The counters are what their versions are drawn from.
        "clients": .carried,
        "change_counters": .carried,
        // What happened stays on record.
        "audit_events": .carried,
        // What people are still to be told.
        "account_notices": .carried,
        // Everything that was issued, and the memory of what was spent: the epoch refuses all of it.
        "sessions": .ended,
        "pending_authorizations": .ended,
        "grants": .ended,
        "authorization_codes": .ended,
        "refresh_tokens": .ended,
        "refresh_answers": .ended,
        "access_tokens": .ended,
        "revoked_access_tokens": .ended,
        "client_assertions": .ended,
        "one_time_artefacts": .ended,
        "mail_proofs": .ended,
        "invitations": .ended,
        "address_undos": .ended,
        "upstream_attempts": .ended,
        "pending_identities": .ended,
        "remembered_browsers": .ended,
        "factor_recoveries": .ended,
        "throttle_counters": .ended,
        "heartbeat": .ended,
        // Links that are dead after a restore, and news of what may not have happened.
        "outbox": .ended,
        // Of interest for days, and not worth the room.
        "explanations": .ended,
    ]

    /// Columns that the next one is counted from.
    static let counters = [
        ("restore_epochs", "number"), ("signing_keys", "generation"), ("clients", "version"),
        ("change_counters", "version"),
    ]
    static let highestCount = Int64.max / 2

    /// Those of a schema that are carried, in its order.
    static func carried(_ shapes: [TableShape]) throws -> [TableShape] {
        try shapes.filter { shape in
            guard let part = parts[shape.name] else {
                throw StorageError.corrupt("the table \(shape.name) is in no plan for backups")
            }
            return part == .carried
        }
    }
}
