import Cryptography
import OAuth

extension Sessions {
    /// The same session with one more proof in its ledger, whole, under a new secret (SE2). Stores nothing: a verb does
    /// that together with what it spends for it.
    func complete(_ session: Session, proving method: String, at now: Instant) throws -> OpenedSession {
        let secret = try OpaqueToken(.session, from: random)
        let completed = session.completed(
            secret: secret.digest, proving: Proof(method, at: now), levels: factors.levels, lifetimes: lifetimes,
            at: now)
        return OpenedSession(secret: secret, session: completed)
    }

    /// To whom a sign-in is told, if it is news to them.
    func notice(of session: Session, to account: Account) throws -> SignInNotice? {
        try postbox.map { try SignInNotice(of: session, to: account, by: $0, random) }
    }

    /// For the record, once a session is open: that somebody who has a second factor was not asked for it (B104). Storage
    /// decides that in the write that opens the session, and says so on it. Where nobody is asked there is nothing to
    /// record of anybody.
    func recordWaiver(of opening: SessionOpening, at now: Instant) async throws {
        let session = opening.session
        guard let waiver = opening.waiver, waiver != .off,
            try await store.session(session.secret, at: now)?.waiver != nil
        else { return }
        var details = ["reason": waiver.reason, "session": session.id]
        if case .exemptRole(let role) = waiver { details["role"] = role }
        audit.record(AuditEvent(.factorWaived, subject: session.subject, details: details))
    }

    /// Whether a session still is what it was when the request began: it has neither ended nor got another secret.
    func isLive(_ session: Session, at now: Instant) async throws -> Bool {
        try await store.session(session.secret, at: now)?.id == session.id
    }
}
