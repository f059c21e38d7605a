import Identity
import OAuth

/// The part of `AccountStore` that makes the first administrator.
extension Store {
    package func hasAdministrator() async throws -> Bool {
        try await database.read { connection in try connection.hasAdministrator() }
    }

    /// What could refuse is asked before the link is spent: a refusal leaves nothing to undo, and the link
    /// works for the next try.
    package func createFirstAdministrator(
        _ account: Account, spending link: TokenDigest, at now: Instant
    ) async throws -> Bool {
        try await database.write { connection in
            guard try !connection.hasAdministrator(),
                try !connection.isTaken(account.email),
                try connection.consume(.setupLink, link, binding: "", at: now)
            else { return false }
            guard try connection.insert(account) else {
                throw StorageError.corrupt("an address that was free is taken within one write")
            }
            return true
        }
    }
}

extension SQLConnection {
    /// Disabled ones count: a setup link must not be a way around whoever disabled them.
    fileprivate func hasAdministrator() throws -> Bool {
        let role = Role.administrator
        return try !rows(
            "SELECT account_id FROM account_roles WHERE role = $1 AND context = $2 LIMIT 1",
            [.text(role.name), .text(role.context)]
        ).isEmpty
    }

    func isTaken(_ email: EmailAddress) throws -> Bool {
        try !rows("SELECT id FROM accounts WHERE canonical_email = $1", [.text(email.canonical)]).isEmpty
    }
}
