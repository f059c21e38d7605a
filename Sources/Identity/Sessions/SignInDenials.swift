import Cryptography
import OAuth

/// "This was not me": the link in the notice of a sign-in ends what that browser has opened, without signing in (B094).
package struct SignInDenials: Sendable {
    private let store: any SignInDenialStore
    private let audit: any AuditLog

    package init(store: any SignInDenialStore, audit: any AuditLog) {
        self.store = store
        self.audit = audit
    }

    /// What would be ended; `nil` for a link that is unknown, used or expired. Spends nothing: mail programs open links
    /// (ML3).
    package func find(_ presented: String, at now: Instant) async throws -> DeniableSignIn? {
        guard let token = OpaqueToken(.denial, presented: presented) else { return nil }
        return try await store.deniableSignIn(token.digest, at: now)
    }

    /// `false` when the link is dead.
    package func deny(_ presented: String, at now: Instant) async throws -> Bool {
        guard let token = OpaqueToken(.denial, presented: presented),
            let denied = try await store.deny(token.digest, at: now)
        else { return false }
        audit.record(
            AuditEvent(
                .signInDenied, subject: denied.subject,
                details: ["session": denied.sessionID, "count": String(denied.sessions.count)]))
        return true
    }
}
