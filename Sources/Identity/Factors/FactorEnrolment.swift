import Cryptography
import OAuth

/// Setting up, changing and removing what a person can be asked for. Each takes a proven address, and a fresh proof: of a
/// factor, where the person has one (MF8).
package struct FactorEnrolment: Sendable {
    /// Who changes, and where.
    package struct Request: Sendable {
        package let session: Session
        package let account: Account
        package let visitor: Visitor
        package let network: ClientNetwork

        package init(_ session: Session, of account: Account, from visitor: Visitor, _ network: ClientNetwork) {
            self.session = session
            self.account = account
            self.visitor = visitor
            self.network = network
        }
    }

    package enum Outcome: Sendable {
        /// The session under its new secret, and backup codes to be shown once, if there are new ones.
        case done(OpenedSession, codes: [String])
        /// A code or an answer that does not hold; told alike.
        case wrong
        case locked(retryAfter: Int64)
        /// Something must be proven again first.
        case notFresh
        /// The address was never proven, or this kind is not offered here.
        case notOffered
        /// That passkey is set up already.
        case taken
        case gone
    }

    /// An authenticator app that is being set up: nothing is kept of it before its first code is right.
    package struct TOTPDraft: Sendable, Equatable {
        /// For a hidden field: the seed, sealed for this session, for 15 minutes.
        package let sealed: String
        /// Base32 in groups of four.
        package let key: String
        /// `otpauth://totp/…`
        package let uri: String
    }

    let policy: FactorPolicy
    let serviceName: String
    let store: any FactorStore
    let passkeys: Passkeys
    let proofs: MailProofs
    let sessions: Sessions
    let postbox: Postbox
    let seeds: SeedSeal
    let codes: BackupCodes
    let random: any RandomSource
    private let takesPasswords: Bool
    private let audit: any AuditLog

    /// - Parameters:
    ///   - seal: of seeds, for which it is a key of its own; the same as `SecondFactor` has, like `codeKey`.
    ///   - takesPasswords: whether anybody signs in with a password here. Where nobody does, a code by mail is no second
    ///     factor to anything.
    package init(
        policy: FactorPolicy, serviceName: String, store: any FactorStore, passkeys: Passkeys, proofs: MailProofs,
        sessions: Sessions, postbox: Postbox, seal: SealingKey, codeKey: [UInt8], takesPasswords: Bool = true,
        random: any RandomSource, audit: any AuditLog
    ) {
        self.policy = policy
        self.serviceName = serviceName
        self.store = store
        self.passkeys = passkeys
        self.proofs = proofs
        self.sessions = sessions
        self.postbox = postbox
        self.takesPasswords = takesPasswords
        self.random = random
        self.audit = audit
        seeds = SeedSeal(key: seal, random: random)
        codes = BackupCodes(key: codeKey, random: random)
    }

    package func holdings(of subject: String) async throws -> FactorHoldings {
        try await store.holdings(of: subject)
    }

    /// Kinds that this person may set up: none before the address is proven (B114), for everything that is lost comes
    /// back by it.
    package func offered(to account: Account) -> [Factor.Kind] {
        guard policy.isOn, account.isEmailVerified, account.status == .active else { return [] }
        return policy.kinds(for: account, takesPasswords: takesPasswords)
    }

    /// Why a kind cannot be set up now; `nil` when it can.
    func obstacle(to kind: Factor.Kind, _ request: Request, at now: Instant) -> Outcome? {
        guard offered(to: request.account).contains(kind) else { return .notOffered }
        return obstacle(request, at: now)
    }

    /// Why nothing can be changed now. Where second factors are off everything stays as it was (B099): nobody has to
    /// prove one then, so nobody could be held to it.
    func obstacle(_ request: Request, at now: Instant) -> Outcome? {
        guard policy.isOn else { return .notOffered }
        guard request.session.subject == request.account.id, request.session.isFresh(at: now) else { return .notFresh }
        return nil
    }

    /// Sets up a factor: what it proved belongs to the session from then on, and the first one brings backup codes.
    func add(
        _ kind: FactorChange.Kind, proving method: String?, _ request: Request, at now: Instant
    ) async throws -> Outcome {
        guard let factor = kind.added?.kind else { return .gone }
        let renewed =
            try method.map { try sessions.complete(request.session, proving: $0, at: now) }
            ?? OpenedSession(keeping: request.session, random)
        var session = renewed.session
        (session.hasFactors, session.isCapped) = (true, false)
        let opened = OpenedSession(secret: renewed.secret, session: session)
        let set = try codes.make(for: request.account.id)
        var change = change(kind, request, as: opened, at: now)
        change.firstCodes = set.digests
        change.letters = [
            try postbox.seal(.factorAdded(factor, to: request.account, by: request.visitor, at: now), at: now)
        ]
        let (undo, end) = (try OpaqueToken(.factorUndo, from: random), now + FactorPolicy.undoLifetime)
        change.undo = OneTimeArtefact(
            kind: .factorUndo, digest: undo.digest, binding: request.account.id, expiresAt: end)
        let news = Letter.firstFactorAdded(
            factor, to: request.account, undo: undo, until: end, by: request.visitor, at: now)
        change.firstLetters = [try postbox.seal(news, at: now)]
        let outcome = try await store.change(change, at: now)
        guard outcome == .done || outcome == .doneWithCodes else { return Self.refusal(outcome, of: factor) }
        record(.factorAdded, ["factor": factor.rawValue], request)
        return .done(opened, codes: outcome == .doneWithCodes ? set.codes : [])
    }

    func change(
        _ kind: FactorChange.Kind, _ request: Request, as renewed: OpenedSession, at now: Instant
    ) -> FactorChange {
        FactorChange(
            kind, old: request.session.secret, renewed: renewed.session,
            freshSince: now + -FreshAuthentication.lifetime)
    }

    static func refusal(_ outcome: FactorChange.Outcome, of kind: Factor.Kind) -> Outcome {
        switch outcome {
        case .notFresh: .notFresh
        case .spent: kind == .passkey ? .taken : .wrong
        case .gone, .done, .doneWithCodes: .gone
        }
    }

    func record(_ kind: AuditEvent.Kind, _ details: [String: String], _ request: Request) {
        let network = ["network": request.network.prefix]
        audit.record(
            AuditEvent(kind, subject: request.account.id, details: details.merging(network) { first, _ in first }))
    }
}

extension FactorChange.Kind {
    var added: Factor? {
        switch self {
        case .addTOTP(let factor, _), .addMailCode(let factor, _), .addPasskey(let factor, _): factor
        case .rename, .remove, .renewCodes: nil
        }
    }
}
