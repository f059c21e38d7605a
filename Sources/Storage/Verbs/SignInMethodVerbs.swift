import Identity
import OAuth

extension Store: SignInMethodStore {
    package func signInMethods(of accountID: String) async throws -> [SignInMethodUse] {
        try await database.lookUp(
            """
            SELECT method, first_used_at, last_used_at FROM sign_in_methods WHERE account_id = $1
            ORDER BY first_used_at, method
            """,
            [.text(accountID)]
        ).map { row in
            var cursor = RowCursor(row)
            return SignInMethodUse(
                method: try cursor.text(), firstUsedAt: try cursor.instant(), lastUsedAt: try cursor.instant())
        }
    }
}

extension SQLConnection {
    /// Notes the use of a way to sign in, in the write that opens the session. People know fewer ways than there are
    /// proofs: a password is one however it was set, and a passkey is one whatever it knew of its person.
    func noteSignIn(by method: String, of accountID: String, at now: Instant) throws {
        let way =
            switch method {
            case Proof.mailedPassword: Proof.password
            case Proof.verifiedPasskey: Proof.passkey
            default: method
            }
        try insert(
            into: "sign_in_methods",
            [
                "account_id": .text(accountID),
                "method": .text(way),
                "first_used_at": .instant(now),
                "last_used_at": .instant(now),
            ], orElse: "ON CONFLICT (account_id, method) DO UPDATE SET last_used_at = excluded.last_used_at")
    }
}
