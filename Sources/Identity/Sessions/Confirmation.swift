import OAuth

/// Somebody who is signed in proves once more who they are (B093).
///
/// By password it is checked and counted like a sign-in: a browser left open must not become a way to guess. Other
/// ways prove it by themselves and end in `renew`.
package struct Confirmation: Sendable {
    package enum Outcome: Sendable {
        case confirmed(OpenedSession)
        case denied(PasswordRefusal)
    }

    private let accounts: any AccountStore
    private let check: PasswordCheck
    private let sessions: Sessions

    package init(accounts: any AccountStore, check: PasswordCheck, sessions: Sessions) {
        self.accounts = accounts
        self.check = check
        self.sessions = sessions
    }

    package func confirm(
        _ session: Session, password: String, network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        guard let account = try await accounts.account(id: session.subject) else {
            return .denied(Self.changedMeanwhile(session))
        }
        let attempt = PasswordAttempt(
            email: account.email.canonical, password: password, browser: session.browser, network: network)
        switch try await check.check(attempt, for: .confirmation, at: now) {
        case .refused(let refusal): return .denied(refusal)
        case .right(let proven):
            // An address can pass from one person to another between the two look-ups, and the password be set anew
            // between the check and the write.
            guard proven.id == session.subject, let hash = proven.passwordHash,
                let renewed = try await sessions.renew(
                    session, method: proven.passwordMethod, provenHash: hash, at: now)
            else { return .denied(Self.changedMeanwhile(session)) }
            return .confirmed(renewed)
        }
    }

    private static func changedMeanwhile(_ session: Session) -> PasswordRefusal {
        PasswordRefusal(.wrong, .changedMeanwhile, subject: session.subject)
    }
}
