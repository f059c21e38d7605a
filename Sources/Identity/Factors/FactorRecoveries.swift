import Cryptography
import OAuth

/// Getting back in without any factor (MF9): mailbox and first factor, a wait in which every address can stop it, and
/// mailbox and first factor once more; or an administrator's reset. Afterwards the level stays at the lowest until a
/// factor is set up.
package struct FactorRecoveries: Sendable {
    package enum Outcome: Sendable {
        /// The wait has begun, or had before.
        case asked(FactorRecovery)
        /// The wait was over, and this ends it.
        case finished(OpenedSession)
        /// It was stopped, or the time to make use of it ran out, since the code was mailed.
        case notNow
        case wrong
        case locked
        case ended
    }

    private let policy: FactorPolicy
    private let store: any FactorRecoveryStore
    private let accounts: any AccountStore
    private let addresses: any AddressStore
    private let proofs: MailProofs
    private let sessions: Sessions
    private let postbox: Postbox
    private let random: any RandomSource
    private let audit: any AuditLog

    package init(
        policy: FactorPolicy, store: any FactorRecoveryStore, accounts: any AccountStore, addresses: any AddressStore,
        proofs: MailProofs, sessions: Sessions, postbox: Postbox, random: any RandomSource, audit: any AuditLog
    ) {
        self.policy = policy
        self.store = store
        self.accounts = accounts
        self.addresses = addresses
        self.proofs = proofs
        self.sessions = sessions
        self.postbox = postbox
        self.random = random
        self.audit = audit
    }

    /// Whether a session is one that somebody without their factors gets back in by: its second factor is missing, or was
    /// waived and never proven, and its first is a proof of the person. Whom staff let in has proven nothing yet.
    package static func isFor(_ session: Session) -> Bool {
        let isWaived = session.waiver != nil && session.hasFactors && session.proofs.factorTime == nil
        return (session.isHalf || isWaived) && FreshAuthentication.isProof(session.methods)
    }

    /// Mails a code to the address of the account; for a session whose second factor is missing. It begins the wait, or
    /// ends one that is over; while one is under way there is nothing to prove.
    package func sendCode(_ attempt: SecondFactor.Attempt, at now: Instant) async throws -> Bool {
        guard let account = try await person(of: attempt) else { return false }
        let recovery = try await underWay(for: account.id, at: now)
        guard recovery?.isReady(at: now) ?? true else { return false }
        var request = MailProofs.Request(
            .factorRecovery, letter: .factorRecovery, to: account.email, of: account, isMailed: true)
        request.name = account.profile.name
        request.detail = ["session": .string(attempt.session.id), "finishes": .bool(recovery != nil)]
        request.facts = Letter.facts(about: attempt.visitor, at: now)
        request.hasLink = false
        return try await proofs.begin(
            request, browser: attempt.visitor.browser, network: attempt.network, at: now)
    }

    /// Begins the wait, or ends one that is over: whoever knows the first factor alone gets no further at either end. A
    /// wait that has begun goes on as it is, so that asking again neither shortens nor prolongs it.
    package func take(code: String, _ attempt: SecondFactor.Attempt, at now: Instant) async throws -> Outcome {
        guard let account = try await person(of: attempt) else { return .ended }
        let browser = attempt.visitor.browser
        switch try await proofs.proof(code: code, for: .factorRecovery, browser: browser, at: now) {
        case .wrong, .nothing: return .wrong
        case .locked: return .locked
        case .right(let proof):
            guard isMeant(proof, for: account, in: attempt.session) else {
                proofs.refused(.factorRecovery, because: "elsewhere", subject: account.id)
                return .wrong
            }
            // What the person was told that the code is for, whatever became of the wait since.
            return proof.detail["finishes"]?.boolValue == true
                ? try await finish(for: account, by: proof, attempt, at: now)
                : try await begin(for: account, by: proof, attempt, at: now)
        }
    }

    package func underWay(for subject: String, at now: Instant) async throws -> FactorRecovery? {
        try await store.factorRecovery(of: subject, at: now)
    }

    /// What a link in a notice would stop; spends nothing.
    package func look(at link: String, at now: Instant) async throws -> FactorRecovery? {
        guard let link = OpaqueToken(.recoveryStop, presented: link) else { return nil }
        return try await store.recoveryToCancel(link.digest, at: now)
    }

    /// `false` for a dead link.
    package func stop(_ link: String, at now: Instant) async throws -> Bool {
        guard let link = OpaqueToken(.recoveryStop, presented: link),
            let subject = try await store.cancelRecovery(link.digest, letters: [], at: now)
        else {
            proofs.refused(.factorRecovery, because: "dead_stop_link", subject: nil)
            return false
        }
        // Whoever reads the mail of one of the addresses; not necessarily the person.
        audit.record(
            AuditEvent(.factorRecoveryCancelled, by: .visitor, subject: subject, details: ["method": Proof.email]))
        return true
    }

    /// By the person, who is signed in. `false` when there is nothing to stop.
    package func stop(of subject: String, at now: Instant) async throws -> Bool {
        guard try await store.cancelRecovery(of: subject, at: now) else { return false }
        audit.record(AuditEvent(.factorRecoveryCancelled, subject: subject, details: ["how": "account"]))
        return true
    }

    /// Whether a link in the mail about somebody's first factor still takes it back; spends nothing.
    package func canUndo(_ link: String, at now: Instant) async throws -> Bool {
        guard let link = OpaqueToken(.factorUndo, presented: link) else { return false }
        return try await store.factorsToUndo(link.digest, at: now) != nil
    }

    /// `false` for a dead link.
    package func undo(_ link: String, at now: Instant) async throws -> Bool {
        guard let link = OpaqueToken(.factorUndo, presented: link),
            let subject = try await store.undoFactors(link.digest, at: now)
        else {
            proofs.refused(.factorRecovery, because: "dead_undo_link", subject: nil)
            return false
        }
        audit.record(AuditEvent(.factorsReset, by: .visitor, subject: subject, details: ["why": "undone_by_mail"]))
        return true
    }
}

extension FactorRecoveries {
    /// Whether the wait is over is asked in the write.
    private func finish(
        for account: Account, by proof: MailProof, _ attempt: SecondFactor.Attempt, at now: Instant
    ) async throws -> Outcome {
        let secret = try OpaqueToken(.session, from: random)
        let renewed = attempt.session.recovered(
            secret: secret.digest, levels: policy.levels, lifetimes: sessions.lifetimes, at: now)
        let facts = Letter.facts(about: attempt.visitor, at: now)
        let letters = try await everyAddress(of: account, at: now).map { address in
            let letter = Letter(
                .factorRecovered, to: address, about: account.id, name: account.profile.name,
                path: "/account/security", secondPath: "/recovery", facts: facts, expiresAt: now + Letter.newsLifetime)
            return try postbox.seal(letter, at: now)
        }
        guard
            try await store.finishRecovery(
                in: renewed, old: attempt.session.secret, spending: proof.link, authorization: attempt.authorization,
                letters: letters, at: now)
        else { return .notNow }
        audit.record(
            AuditEvent(.factorRecoveryFinished, subject: account.id, details: ["session": attempt.session.id]))
        return .finished(OpenedSession(secret: secret, session: renewed))
    }

    /// `nil` where there is nobody who could be let in this way.
    private func person(of attempt: SecondFactor.Attempt) async throws -> Account? {
        guard policy.isOn, Self.isFor(attempt.session),
            let account = try await accounts.account(id: attempt.session.subject), account.status == .active
        else { return nil }
        return account
    }

    /// Bound to the session that asked, and to the address as it still is.
    private func isMeant(_ proof: MailProof, for account: Account, in session: Session) -> Bool {
        proof.accountID == account.id && proof.detail["session"]?.stringValue == session.id
            && proof.address.canonical == account.email.canonical
    }

    private func begin(
        for account: Account, by proof: MailProof, _ attempt: SecondFactor.Attempt, at now: Instant
    ) async throws -> Outcome {
        let readyAt = now + policy.recoveryWait
        let recovery = FactorRecovery(
            accountID: account.id, askedAt: now, readyAt: readyAt, expiresAt: readyAt + FactorPolicy.recoveryOpen)
        let facts = Letter.facts(about: attempt.visitor, at: now) + [(.until, String(readyAt.seconds))]
        var links: [TokenDigest] = []
        var letters: [SealedLetter] = []
        for address in try await everyAddress(of: account, at: now) {
            let link = try OpaqueToken(.recoveryStop, from: random)
            links.append(link.digest)
            let letter = Letter(
                .factorRecoveryAsked, to: address, about: account.id, name: account.profile.name,
                secondPath: "/factor-recovery/stop/\(link.plaintext)", facts: facts, expiresAt: recovery.expiresAt)
            letters.append(try postbox.seal(letter, at: now))
        }
        guard
            try await store.beginRecovery(
                recovery, spending: proof.link, cancelling: links, letters: letters, at: now)
        else {
            // The code was used a moment ago, or a wait has begun; that one counts.
            return try await underWay(for: account.id, at: now).map(Outcome.asked) ?? .wrong
        }
        audit.record(
            AuditEvent(.factorRecoveryAsked, subject: account.id, details: ["session": attempt.session.id]))
        return .asked(recovery)
    }

    /// The account's, and those that a change can still be taken back to: whoever took an account over, and gave it an
    /// address of their own, is not the only one who hears of it.
    private func everyAddress(of account: Account, at now: Instant) async throws -> [EmailAddress] {
        var all = [account.email]
        for address in try await addresses.addressesToReturnTo(of: account.id, at: now)
        where !all.contains(where: { $0.canonical == address.canonical }) {
            all.append(address)
        }
        return all
    }
}

extension FactorRecovery {
    /// Whether the wait is over, and the time to make use of it is not.
    package func isReady(at now: Instant) -> Bool { now >= readyAt && now < expiresAt }
}
