import OAuth

/// Proving again who one is by a code from one's mailbox, for somebody who has no password to ask for (B093).
package struct MailedConfirmation: Sendable {
    /// `amr` of a mailbox: one factor, whatever else it is called (D1).
    package static let method = Proof.email

    package enum Outcome: Sendable {
        case confirmed(OpenedSession)
        /// Or there is nothing it could be right for.
        case wrong
        case locked
    }

    private let accounts: any AccountStore
    private let proofs: MailProofs
    private let sessions: Sessions
    private let replacesPasswords: Bool

    /// - Parameter replacesPasswords: whether it is for people with a password, too: where passwords are off (B134).
    package init(
        accounts: any AccountStore, proofs: MailProofs, sessions: Sessions, replacesPasswords: Bool = false
    ) {
        self.accounts = accounts
        self.proofs = proofs
        self.sessions = sessions
        self.replacesPasswords = replacesPasswords
    }

    /// `false` for somebody with a password: that is asked for instead.
    package func begin(
        _ session: Session, from visitor: Visitor, network: ClientNetwork, at now: Instant
    ) async throws -> Bool {
        guard let account = try await accounts.account(id: session.subject), isFor(account),
            account.status == .active
        else { return false }
        var request = MailProofs.Request(
            .freshness, letter: .confirmation, to: account.email, of: account, isMailed: true)
        request.name = account.profile.name
        request.facts = Letter.facts(about: visitor, at: now)
        request.hasLink = false
        _ = try await proofs.begin(request, browser: visitor.browser, network: network, at: now)
        return true
    }

    /// The code is spent in the write that renews the session.
    package func confirm(
        _ session: Session, code: String, browser: TokenDigest, at now: Instant
    ) async throws -> Outcome {
        switch try await proofs.proof(code: code, for: .freshness, browser: browser, at: now) {
        case .right(let proof):
            guard proof.accountID == session.subject, try await isStillMailbox(proof, of: session),
                let renewed = try await sessions.renew(
                    session, method: Self.method, provenHash: nil, spending: proof.link, at: now)
            else { return .wrong }
            return .confirmed(renewed)
        case .wrong, .nothing: return .wrong
        case .locked: return .locked
        }
    }

    private func isStillMailbox(_ proof: MailProof, of session: Session) async throws -> Bool {
        guard let account = try await accounts.account(id: session.subject) else { return false }
        return account.email.canonical == proof.address.canonical && isFor(account)
    }

    private func isFor(_ account: Account) -> Bool { replacesPasswords || account.passwordHash == nil }
}
