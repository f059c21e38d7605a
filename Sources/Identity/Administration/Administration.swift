import OAuth

/// What operators do with people: one set of rules behind the commands, the administration API and the pages under
/// `/admin`. Every change is recorded with who, whom and why (CF2); nobody here picks or sees a password (PW13).
package struct Administration: Sendable {
    package enum Outcome: Sendable, Equatable {
        case done(Account)
        /// It was so already; nothing was written or recorded.
        case unchanged(Account)
        case nobody
        case changedMeanwhile
        case lastAdministrator
        /// It is not for an account in this state.
        case notPossible
        /// It concerns an administrator, or makes one, which is not for whoever instructs to do.
        case mayNotAppoint
    }

    /// How often a change is tried anew when somebody else changes the same account at the same time.
    private static let tries = 5

    private let accounts: any AccountStore
    private let store: any AdministrationStore
    private let people: Surroundings
    /// `nil` where no mail can be sealed: then nothing is mailed.
    private let postbox: Postbox?
    /// `nil` there too.
    private let recovery: RecoveryOnBehalf?
    private let factors: any FactorStore & FactorRecoveryStore
    private let audit: any AuditLog

    package init(
        accounts: any AccountStore, store: any AdministrationStore, surroundings: Surroundings, postbox: Postbox?,
        recovery: RecoveryOnBehalf?, factors: any FactorStore & FactorRecoveryStore, audit: any AuditLog
    ) {
        self.accounts = accounts
        self.store = store
        people = surroundings
        self.postbox = postbox
        self.recovery = recovery
        self.factors = factors
        self.audit = audit
    }

    package func people(_ query: PersonQuery) async throws -> [Account] { try await store.people(query) }

    package func account(_ id: String) async throws -> Account? { try await accounts.account(id: id) }

    package func account(_ email: EmailAddress) async throws -> Account? {
        try await accounts.account(canonicalEmail: email.canonical)
    }

    package func record(_ id: String, at now: Instant) async throws -> PersonRecord? {
        guard let account = try await accounts.account(id: id) else { return nil }
        return try await people.record(of: account, at: now)
    }

    package func events(of id: String, before event: String?, limit: Int) async throws -> [RecordedEvent] {
        try await store.events(of: id, before: event, limit: limit)
    }

    /// Whom its person has deleted is disabled as well: the way back is closed, and the time of grace runs on.
    package func disable(_ id: String, _ instruction: Instruction, at now: Instant) async throws -> Outcome {
        try await change(id, instruction, at: now) { account in
            guard account.isWithinReach else { return nil }
            return Step(.disable, .accountDisabled, mail: .accountDisabled)
        }
    }

    /// Takes back a deletion too. What ended with it stays ended: the person signs in anew.
    package func enable(_ id: String, _ instruction: Instruction, at now: Instant) async throws -> Outcome {
        try await change(id, instruction, at: now) { account in
            account.state == .active ? nil : Step(.enable, .accountEnabled)
        }
    }

    package func delete(_ id: String, _ instruction: Instruction, at now: Instant) async throws -> Outcome {
        try await change(id, instruction, at: now) { account in
            guard account.deletion?.actor != .operator else { return nil }
            // Somebody who was disabled has heard of that.
            return Step(.delete, .accountDeleted, mail: account.isWithinReach ? .accountDisabled : nil)
        }
    }

    /// Removes an account for good, at once: deleted before or not, nothing takes it back (B124).
    ///
    /// - Returns: the account as it was.
    package func purge(_ id: String, _ instruction: Instruction, at now: Instant) async throws -> Outcome {
        try await change(id, instruction, at: now) { account in
            Step(.purge, .accountPurged, mail: account.state == .active ? .accountDisabled : nil)
        }
    }

    package func setRoles(
        of id: String, _ instruction: Instruction, at now: Instant,
        _ choice: @escaping @Sendable ([Role]) -> [Role]
    ) async throws -> Outcome {
        try await change(id, instruction, at: now) { account in
            let roles = choice(account.roles)
            guard Set(roles) != Set(account.roles) else { return nil }
            let names = Set(roles.map(\.name)).sorted().joined(separator: " ")
            return Step(.setRoles(roles), .rolesChanged, details: ["roles": names])
        }
    }

    /// Whoever may not deal with administrators does not sign them out either: done again and again it shuts them out.
    package func endAccess(
        of id: String, applications: Bool, _ instruction: Instruction, at now: Instant
    ) async throws -> AccessEnding {
        let ending = try await store.endAccess(
            of: id, applications: applications, sparingAdministrators: !instruction.mayAppoint, at: now)
        if case .ended(let ended) = ending {
            var details = ["count": String(ended.sessions)]
            if applications { details["grants"] = String(ended.applications) }
            audit.record(instruction.event(.sessionEnded, of: id, details))
        }
        return ending
    }

    /// Sends the person the mail by which they choose another password. The one they have works until then.
    package func startRecovery(of id: String, _ instruction: Instruction, at now: Instant) async throws -> Outcome {
        guard let seen = try await accounts.account(id: id) else { return .nobody }
        guard instruction.isMeant(for: seen) else { return .changedMeanwhile }
        // The link goes to the address that was seen: whoever becomes administrator this moment loses nothing by it.
        guard instruction.mayConcern(seen.roles) else { return .mayNotAppoint }
        guard let recovery, try await recovery.begin(for: seen, at: now) else { return .notPossible }
        audit.record(instruction.event(.recoveryStarted, of: id))
        return .done(seen)
    }

    /// For somebody who lost every second factor, once whoever instructs has made sure who asks (MF9). All of them go, with
    /// backup codes, remembered browsers, sessions and what apps hold; the level stays at the lowest until one is set up
    /// again. The person always hears of it. What came from the person's own hand, the first factor, stays.
    package func resetFactors(of id: String, _ instruction: Instruction, at now: Instant) async throws -> Outcome {
        guard let seen = try await accounts.account(id: id) else { return .nobody }
        guard instruction.isMeant(for: seen) else { return .changedMeanwhile }
        // Who becomes administrator this moment is as if that had come a moment later.
        guard instruction.mayConcern(seen.roles) else { return .mayNotAppoint }
        guard let postbox else { return .notPossible }
        guard try await factors.holdings(of: id).isEnrolled else { return .unchanged(seen) }
        let letter = Letter(
            .factorsReset, to: seen.email, about: id, name: seen.profile.name, path: "/account/security",
            secondPath: "/recovery", facts: [(.time, String(now.seconds))], expiresAt: now + Letter.newsLifetime)
        guard let count = try await factors.resetFactors(of: id, letters: [postbox.seal(letter, at: now)], at: now)
        else { return .nobody }
        audit.record(instruction.event(.factorsReset, of: id, ["count": String(count)]))
        return .done(seen)
    }

    private struct Step {
        let change: AdministrativeChange
        let kind: AuditEvent.Kind
        let mail: Letter.Kind?
        let details: [String: String]

        init(
            _ change: AdministrativeChange, _ kind: AuditEvent.Kind, mail: Letter.Kind? = nil,
            details: [String: String] = [:]
        ) {
            self.change = change
            self.kind = kind
            self.mail = mail
            self.details = details
        }
    }

    /// Decides on what was seen, and writes only if it still is so: the decision, whether it may be made, and the mail's
    /// address are of the account that is changed.
    private func change(
        _ id: String, _ instruction: Instruction, at now: Instant, _ decide: @Sendable (Account) -> Step?
    ) async throws -> Outcome {
        for _ in 0..<Self.tries {
            guard let seen = try await accounts.account(id: id) else { return .nobody }
            guard instruction.isMeant(for: seen) else { return .changedMeanwhile }
            guard instruction.mayConcern(seen.roles) else { return .mayNotAppoint }
            guard let step = decide(seen) else { return .unchanged(seen) }
            if case .setRoles(let roles) = step.change, !instruction.mayConcern(roles) { return .mayNotAppoint }
            let letters = try letters(step, to: seen, instruction, at: now)
            switch try await store.change(step.change, of: seen, mailing: letters, at: now) {
            case .changed(let account):
                audit.record(instruction.event(step.kind, of: id, step.details))
                return .done(account)
            case .nobody: return .nobody
            case .lastAdministrator: return .lastAdministrator
            case .changedMeanwhile: continue
            }
        }
        return .changedMeanwhile
    }

    /// The reason is the operator's own and not for the person's eyes.
    private func letters(
        _ step: Step, to account: Account, _ instruction: Instruction, at now: Instant
    ) throws -> [SealedLetter] {
        guard let kind = step.mail, let postbox, !instruction.isQuiet else { return [] }
        // Mail about an account goes when the account goes; this one is of that.
        let letter = Letter(
            kind, to: account.email, about: step.change == .purge ? nil : account.id, name: account.profile.name,
            facts: [(.time, String(now.seconds))], expiresAt: now + Letter.newsLifetime)
        return [try postbox.seal(letter, at: now)]
    }
}
