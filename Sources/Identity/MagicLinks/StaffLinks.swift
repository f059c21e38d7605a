import Cryptography
import OAuth

/// Links to sign in with that staff make for somebody who is locked out: ten minutes, once, in any browser, for nobody
/// who administers (B015). The person is told by mail.
///
/// Whoever brings such a link has proven nothing, the mailbox least: it marks nothing as proven, is a method of its own,
/// and no fresh proof. Another address, a password, or leaving ask for the password or a code by mail first.
package struct StaffLinks: Sendable {
    /// As in `amr`.
    package static let method = FreshAuthentication.vouched
    /// Seconds.
    package static let lifetime: Int64 = 600

    /// A link just made, the only copy of it.
    package struct Made: Sendable {
        /// `/staff-link/…`
        package let path: String
        /// What the record calls it: the beginning of its digest, by which nobody finds the link.
        package let id: String
        package let expiresAt: Instant
    }

    package enum Answer: Sendable {
        case made(Made)
        case nobody
        case changedMeanwhile
        case administrator
        case notActive
        /// Nobody has ever proven to read the mail of the address: recovery proves it, a link of staff does not.
        case unproven
        /// No mail is sent here, so that the person would not hear of it.
        case untold
    }

    package enum Outcome: Sendable {
        case signedIn(OpenedSession)
        case again
        case dead(MagicLinkFault)
    }

    private let accounts: any AccountStore
    private let links: any MailProofStore
    private let store: any MagicLinkStore
    private let sessions: Sessions
    private let postbox: Postbox?
    private let random: any RandomSource
    private let audit: any AuditLog

    /// - Parameter postbox: `nil` where no mail is sent: then no link is made, by whichever way it is asked for.
    package init(
        accounts: any AccountStore, links: any MailProofStore, store: any MagicLinkStore, sessions: Sessions,
        postbox: Postbox?, random: any RandomSource, audit: any AuditLog
    ) {
        self.accounts = accounts
        self.links = links
        self.store = store
        self.sessions = sessions
        self.postbox = postbox
        self.random = random
        self.audit = audit
    }

    /// - Parameter network: where it is asked from; `nil` for the command line.
    package func make(
        for id: String, _ instruction: Instruction, from network: ClientNetwork?, at now: Instant
    ) async throws -> Answer {
        guard let account = try await accounts.account(id: id) else { return .nobody }
        guard instruction.isMeant(for: account) else { return .changedMeanwhile }
        guard !account.isAdministrator else { return .administrator }
        guard account.status == .active else { return .notActive }
        guard account.isEmailVerified else { return .unproven }
        guard let postbox else { return .untold }
        let link = try OpaqueToken(.mailLink, from: random)
        // No code, and no browser that waits for one. One account has one: a newer supersedes an older.
        let nobody = TokenDigest(bytes: try random.bytes(32))
        let proof = MailProof(
            link: link.digest, code: nobody, purpose: .staffLink, accountID: account.id, address: account.email,
            browser: nobody, createdAt: now, expiresAt: now + Self.lifetime)
        let letter = Letter(
            .staffLinkMade, to: account.email, about: account.id, name: account.profile.name, path: "/account",
            secondPath: "/recovery", facts: [(.time, String(now.seconds))], expiresAt: now + Letter.newsLifetime)
        try await links.begin(proof, with: .init(letters: [try postbox.seal(letter, at: now)]), at: now)
        let name = String(Hex.encode(link.digest.bytes).prefix(16))
        var details = ["link_id": name]
        if let network { details["network"] = network.prefix }
        audit.record(instruction.event(.staffLinkMade, of: id, details))
        let path = "/\(MailProof.Purpose.staffLink.pathSegment)/\(link.plaintext)"
        return .made(Made(path: path, id: name, expiresAt: proof.expiresAt))
    }

    /// The live proof; spends nothing (ML3).
    package func look(at presented: String, at now: Instant) async throws -> MailProof? {
        guard let link = OpaqueToken(.mailLink, presented: presented) else { return nil }
        return try await links.mailProof(link: link.digest, for: .staffLink, at: now)
    }

    package func enter(
        link presented: String, from arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        guard let proof = try await look(at: presented, at: now), let id = proof.accountID,
            let account = try await accounts.account(id: id)
        else { return try await lost(presented, arrival, network, at: now) }
        var (opened, opening) = try sessions.prepareOpening(
            for: account, method: Self.method, from: arrival, at: now)
        opening.provenHash = nil
        // The word of staff proves nothing of who came: then the browser does not stand for the second factor either.
        if case .remembered = opening.waiver { opening.waiver = nil }
        let entry = MagicLinkEntry(
            link: proof.link, purpose: .staffLink, account: account, gate: .nobodyAdministering, opening: opening,
            welcome: nil)
        switch try await store.signIn(entry, at: now) {
        case .dead: return try await lost(presented, arrival, network, at: now)
        case .gate: return dead(.gate, of: id, network)
        case .opened:
            let details = ["method": Self.method, "network": network.prefix]
            audit.record(AuditEvent(.signIn, subject: id, details: details))
            try await sessions.recordWaiver(of: opening, at: now)
            return .signedIn(opened)
        }
    }

    /// A double click is led to where the first one led: by the session, which the browser has by then.
    private func lost(
        _ presented: String, _ arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        guard let link = OpaqueToken(.mailLink, presented: presented),
            let fate = try await store.fate(ofLink: link.digest, for: .staffLink)
        else { return dead(.unknown, of: nil, network) }
        guard !fate.isReplay(by: arrival.visitor.browser, at: now) else { return .again }
        return dead(fate.fault, of: fate.accountID, network)
    }

    private func dead(_ fault: MagicLinkFault, of subject: String?, _ network: ClientNetwork) -> Outcome {
        let details = [
            "purpose": MailProof.Purpose.staffLink.rawValue, "reason": fault.rawValue, "network": network.prefix,
        ]
        audit.record(AuditEvent(.mailProofRefused, subject: subject, details: details))
        return .dead(fault)
    }
}
