import OAuth

/// A way in by the proof of a mailbox: to a new account, or to one whose address was never proven.
///
/// The code is for the browser that asked, and so is the link there. Opened anywhere else, the link proves who reads
/// the mail and nothing about who filled in the form: what that browser said is not used, and it gets no session
/// (ML2, ML9).
package protocol MailEntrance: Sendable {
    var purpose: MailProof.Purpose { get }
    var proofs: MailProofs { get }

    /// In the browser that asked.
    func enter(_ proof: MailProof, from arrival: Arrival, at now: Instant) async throws -> EntryOutcome

    /// In another browser, with a password chosen there.
    func enter(
        _ proof: MailProof, choosing draft: AccountDraft, from arrival: Arrival, at now: Instant
    ) async throws -> EntryOutcome

    /// Asks for the same proof once more. Nobody is told whether a mail goes.
    func askAgain(_ proof: MailProof, from arrival: Arrival, _ errand: MailErrand, at now: Instant) async throws
}

/// What a mail that is asked for depends on beside its purpose: where its request came from, and what follows the
/// token in its link.
package struct MailErrand: Sendable {
    package let network: ClientNetwork
    /// `?request=…` or `?next=…`, encoded; or nothing.
    package let query: String

    package init(network: ClientNetwork, query: String) {
        self.network = network
        self.query = query
    }
}

/// How a try to come in by the proof of a mailbox ended.
package enum EntryOutcome: Sendable {
    case signedIn(OpenedSession)
    case wrongCode(triesLeft: Int64)
    /// Too many wrong codes; the link still works.
    case codeLocked
    /// Unknown, spent, expired, superseded, of another purpose, or overtaken: one answer for all of them.
    case dead
    /// What was chosen cannot be used; the proof was not spent.
    case refused([AccountProblem])
    /// Passwords cannot be hashed now; seconds.
    case busy(retryAfter: Int64)
}

extension MailEntrance {
    package func enter(code typed: String, from arrival: Arrival, at now: Instant) async throws -> EntryOutcome {
        switch try await proofs.proof(code: typed, for: purpose, browser: arrival.visitor.browser, at: now) {
        case .right(let proof): return try await told(enter(proof, from: arrival, at: now), of: proof)
        case .wrong(let left): return .wrongCode(triesLeft: left)
        case .locked: return .codeLocked
        case .nothing: return .dead
        }
    }

    /// The live proof of a link and whether this is the browser that asked for it; spends nothing (ML3).
    package func look(
        at link: String, from browser: TokenDigest, at now: Instant
    ) async throws -> (proof: MailProof, isHere: Bool)? {
        guard let proof = try await proofs.proof(link: link, for: purpose, at: now) else { return nil }
        return (proof, proof.browser == browser)
    }

    /// `draft`: what was chosen on the page, which counts in another browser alone.
    package func enter(
        link: String, choosing draft: AccountDraft, from arrival: Arrival, at now: Instant
    ) async throws -> EntryOutcome {
        guard let (proof, isHere) = try await look(at: link, from: arrival.visitor.browser, at: now) else {
            proofs.refused(purpose, because: "dead_link", subject: nil)
            return .dead
        }
        guard !isHere else { return try await told(enter(proof, from: arrival, at: now), of: proof) }
        return try await told(enter(proof, choosing: draft, from: arrival, at: now), of: proof)
    }

    /// Sends the mail again, if this browser waits for one.
    package func askAgain(from arrival: Arrival, _ errand: MailErrand, at now: Instant) async throws {
        guard let proof = try await proofs.awaited(for: purpose, browser: arrival.visitor.browser, at: now) else {
            return
        }
        try await askAgain(proof, from: arrival, errand, at: now)
    }

    private func told(_ outcome: EntryOutcome, of proof: MailProof) -> EntryOutcome {
        if case .dead = outcome { proofs.refused(purpose, because: "overtaken", subject: proof.accountID) }
        return outcome
    }
}
