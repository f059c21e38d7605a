import Cryptography
import OAuth

/// Another address for an account (ML10). The one in force stays so until the new one is proven, and its mailbox is told
/// twice: when the change is asked for, and when it is made; either mail can take it back for seven days.
package struct AddressChange: Sendable {
    package enum Request: Sendable, Equatable {
        /// Also for an address that somebody else has: that person is told, and nobody else (PW10).
        case asked
        case notFresh
        /// It is the account's already.
        case same
    }

    package enum Outcome: Sendable {
        /// With the session that asked, under its new secret.
        case changed(to: EmailAddress, OpenedSession)
        /// Not live, of another person, or the address has changed since it was asked for.
        case dead
        /// Another account has it. Said only to somebody who has proven the mailbox.
        case taken
        case wrongCode(triesLeft: Int64)
        case locked
    }

    private let accounts: any AccountStore
    private let store: any AddressStore
    private let proofs: MailProofs
    private let postbox: Postbox
    private let random: any RandomSource
    private let audit: any AuditLog

    package init(
        accounts: any AccountStore, store: any AddressStore, proofs: MailProofs, postbox: Postbox,
        random: any RandomSource, audit: any AuditLog
    ) {
        self.accounts = accounts
        self.store = store
        self.proofs = proofs
        self.postbox = postbox
        self.random = random
        self.audit = audit
    }

    /// Three letters always: to the new address, to whoever has it, to the address in force. Those that have nobody to go
    /// to are blank.
    package func begin(
        to new: EmailAddress, for session: Session, from visitor: Visitor, network: ClientNetwork, at now: Instant
    ) async throws -> Request {
        guard session.isFresh(at: now), let account = try await accounts.account(id: session.subject) else {
            return .notFresh
        }
        guard new.canonical != account.email.canonical else { return .same }
        let holder = try await accounts.account(canonicalEmail: new.canonical)
        var request = MailProofs.Request(
            .addressChange, letter: .addressChange, to: new, of: account, isMailed: holder == nil)
        request.name = account.profile.name
        request.detail = ["from": .string(account.email.canonical)]
        request.facts = Letter.facts(about: visitor, at: now) + [(.emailAddress, account.email.typed)]
        let (link, undo) = try wayBack(of: account, at: now)
        let notice = Letter(
            .addressChangeRequested, to: account.email, about: account.id, name: account.profile.name,
            secondPath: AddressReturn.path(link), facts: tellingOf(new, visitor, at: now), expiresAt: undo.expiresAt)
        let hint = Letter(
            .addressTaken, to: holder?.email ?? new, about: holder?.id, name: holder?.profile.name,
            expiresAt: now + Letter.newsLifetime)
        let letters = [
            try postbox.seal(notice, at: now),
            holder?.status == .active ? try postbox.seal(hint, at: now) : try postbox.blank(hint, at: now),
        ]
        _ = try await proofs.begin(
            request, with: .init(letters: letters, undo: undo), browser: visitor.browser, network: network, at: now)
        return .asked
    }

    /// What this browser waits for, for this person.
    package func awaited(by session: Session, browser: TokenDigest, at now: Instant) async throws -> EmailAddress? {
        let proof = try await proofs.awaited(for: .addressChange, browser: browser, at: now)
        return proof?.accountID == session.subject ? proof?.address : nil
    }

    /// The address that a link would bring, for the person signed in and nobody else. Spends nothing.
    package func address(link presented: String, for session: Session, at now: Instant) async throws -> EmailAddress? {
        let proof = try await proofs.proof(link: presented, for: .addressChange, at: now)
        return try await live(proof, for: session)?.proof.address
    }

    package func confirm(
        link presented: String, for session: Session, endingOthers: Bool, from visitor: Visitor, at now: Instant
    ) async throws -> Outcome {
        let proof = try await proofs.proof(link: presented, for: .addressChange, at: now)
        return try await confirm(proof, for: session, endingOthers: endingOthers, from: visitor, at: now)
    }

    /// In the browser that asked.
    package func confirm(
        code: String, for session: Session, endingOthers: Bool, from visitor: Visitor, at now: Instant
    ) async throws -> Outcome {
        switch try await proofs.proof(code: code, for: .addressChange, browser: visitor.browser, at: now) {
        case .right(let proof):
            try await confirm(proof, for: session, endingOthers: endingOthers, from: visitor, at: now)
        case .wrong(let triesLeft): .wrongCode(triesLeft: triesLeft)
        case .locked: .locked
        case .nothing: .dead
        }
    }

    private func confirm(
        _ proof: MailProof?, for session: Session, endingOthers: Bool, from visitor: Visitor, at now: Instant
    ) async throws -> Outcome {
        guard let (proof, account) = try await live(proof, for: session) else { return .dead }
        let (link, undo) = try wayBack(of: account, at: now)
        let letter = Letter(
            .addressChanged, to: account.email, about: account.id, name: account.profile.name,
            path: AddressReturn.path(link), facts: tellingOf(proof.address, visitor, at: now),
            expiresAt: undo.expiresAt)
        let kept = try OpenedSession(keeping: session, random)
        let change = AddressSwitch(
            spending: proof.link, from: account.email, to: proof.address,
            keeping: KeptSession(session, as: kept.session.secret), endsOthers: endingOthers, undo: undo)
        switch try await store.changeAddress(change, mailing: postbox.seal(letter, at: now), at: now) {
        case .dead: return .dead
        case .taken: return .taken
        case .changed(let ended):
            audit.record(AuditEvent(.addressChanged, subject: account.id))
            if ended > 0 {
                let details = ["count": String(ended), "reason": "address_changed"]
                audit.record(AuditEvent(.sessionEnded, subject: account.id, details: details))
            }
            return .changed(to: proof.address, kept)
        }
    }

    /// Bound to the person and to the address it was asked from: after any other change it is worth nothing.
    private func live(
        _ proof: MailProof?, for session: Session
    ) async throws -> (proof: MailProof, account: Account)? {
        guard let proof, proof.accountID == session.subject,
            let account = try await accounts.account(id: session.subject), account.status == .active,
            proof.detail["from"]?.stringValue == account.email.canonical
        else { return nil }
        return (proof, account)
    }

    private func wayBack(of account: Account, at now: Instant) throws -> (link: OpaqueToken, undo: AddressUndo) {
        let link = try OpaqueToken(.addressUndo, from: random)
        let undo = AddressUndo(
            link: link.digest, accountID: account.id, address: account.email, createdAt: now,
            expiresAt: now + AddressUndo.lifetime)
        return (link, undo)
    }

    private func tellingOf(
        _ new: EmailAddress, _ visitor: Visitor, at now: Instant
    ) -> [(fact: Letter.Fact, value: String)] {
        [(.emailAddress, new.typed)] + Letter.facts(about: visitor, at: now)
            + [(.until, String((now + AddressUndo.lifetime).seconds))]
    }
}
