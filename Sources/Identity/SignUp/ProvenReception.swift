import OAuth

/// Receives people who have proven their mailbox: writes what follows from it, signs them in, welcomes them.
package struct ProvenReception: Sendable {
    enum Way {
        /// A new account.
        case new
        /// An account whose password was given in this browser.
        case known
        /// An account that is taken over by whoever reads its mail.
        case claimed
    }

    let hasher: PasswordHasher
    private let store: any SignUpStore
    private let sessions: Sessions
    private let postbox: Postbox
    private let rule: PasswordRule
    private let audit: any AuditLog

    package init(
        store: any SignUpStore, sessions: Sessions, postbox: Postbox, hasher: PasswordHasher, rule: PasswordRule,
        audit: any AuditLog
    ) {
        self.store = store
        self.sessions = sessions
        self.postbox = postbox
        self.hasher = hasher
        self.rule = rule
        self.audit = audit
    }

    func problems(with draft: AccountDraft) -> [AccountProblem] {
        guard !draft.password.isEmpty else { return [AccountProblem(.password, .missing)] }
        let personal = [draft.email, draft.name, draft.username]
        return rule.problem(with: draft.password, personal: personal).map { [AccountProblem(.password, .password($0))] }
            ?? []
    }

    /// `nil` when the proof was spent, or the account is another by now.
    func receive(
        _ account: Account, by proof: MailProof, from arrival: Arrival, as way: Way, at now: Instant
    ) async throws -> OpenedSession? {
        let opened = try sessions.prepare(
            for: account, method: PasswordSignIn.method, from: arrival.visitor,
            at: now)
        let entry = ProvenEntry(
            link: proof.link, account: account, opening: arrival.opening(opened.session),
            letters: [try postbox.seal(.welcome(to: account, at: now), at: now)])
        let isReceived =
            switch way {
            case .new: try await store.signUp(entry, at: now)
            case .known: try await store.verify(entry, at: now)
            case .claimed: try await store.claim(entry, at: now)
            }
        guard isReceived else { return nil }
        record(account, way)
        return opened
    }

    private func record(_ account: Account, _ way: Way) {
        if way == .new {
            audit.record(AuditEvent(.accountCreated, subject: account.id, details: ["method": "sign_up"]))
        }
        let purpose = way == .new ? MailProof.Purpose.signUp : .verification
        var details = ["purpose": purpose.rawValue]
        if way == .claimed { details["password"] = "replaced" }
        audit.record(AuditEvent(.addressVerified, subject: account.id, details: details))
        audit.record(AuditEvent(.signIn, subject: account.id, details: ["method": purpose.rawValue]))
    }
}
