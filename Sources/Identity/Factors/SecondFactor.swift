import Cryptography
import OAuth

/// Proving a second factor, in a session that still lacks it or in one that steps up. The one way in for every kind: tries
/// are counted here before anything is checked (MF4), and here the session is made whole.
package struct SecondFactor: Sendable {
    /// Who proves, and what for.
    package struct Attempt: Sendable {
        /// Half or whole.
        package let session: Session
        package let visitor: Visitor
        package let network: ClientNetwork
        /// The paused request that it is proven for.
        package var authorization: TokenDigest?
        /// Whether this browser is to be remembered, and the secret it was remembered by before.
        package var remembers = false
        package var formerToken: TokenDigest?

        package init(_ session: Session, from visitor: Visitor, _ network: ClientNetwork) {
            self.session = session
            self.visitor = visitor
            self.network = network
        }
    }

    package enum CodeKind: String, Sendable, CaseIterable {
        case totp
        case mailCode = "mail_code"
        case backupCode = "backup_code"
    }

    package enum Outcome: Sendable {
        /// The session under its new secret, and the browser's new one if it is remembered.
        case proven(OpenedSession, remembered: OpaqueToken?)
        /// Wrong, used, expired, somebody else's, of another transaction: told alike.
        case wrong
        case locked(retryAfter: Int64)
        /// The session has ended meanwhile.
        case ended
    }

    /// What can be asked for in a session.
    package struct Choices: Sendable, Equatable {
        package var hasPasskey = false
        package var hasTOTP = false
        /// Not where the mailbox is what the person came in by (B109).
        package var hasMailCode = false
        /// Whether that is why a code by mail is missing, and the person has a password that is not the mailbox again.
        package var wouldHaveMailCode = false
        package var codesLeft = 0
        package var lockedUntil: Instant?
        package var recovery: FactorRecovery?

        package init() {}

        package var isEmpty: Bool { !hasPasskey && !hasTOTP && !hasMailCode && codesLeft == 0 }
    }

    let policy: FactorPolicy
    let store: any FactorStore
    let accounts: any AccountStore
    let letters: any LetterStore
    let passkeys: Passkeys
    let proofs: MailProofs
    let sessions: Sessions
    let postbox: Postbox
    let seeds: SeedSeal
    let codes: BackupCodes
    let random: any RandomSource
    let audit: any AuditLog
    let recoveries: any FactorRecoveryStore

    /// - Parameters:
    ///   - letters: for the notice of a lock, which is decided after the try was counted.
    ///   - seal: of seeds, for which it is a key of its own.
    ///   - codeKey: derived from the master key for backup codes alone.
    package init(
        policy: FactorPolicy, store: any FactorStore, recoveries: any FactorRecoveryStore, accounts: any AccountStore,
        letters: any LetterStore, passkeys: Passkeys, proofs: MailProofs, sessions: Sessions, postbox: Postbox,
        seal: SealingKey, codeKey: [UInt8], random: any RandomSource, audit: any AuditLog
    ) {
        self.policy = policy
        self.store = store
        self.recoveries = recoveries
        self.accounts = accounts
        self.letters = letters
        self.passkeys = passkeys
        self.proofs = proofs
        self.sessions = sessions
        self.postbox = postbox
        self.random = random
        self.audit = audit
        seeds = SeedSeal(key: seal, random: random)
        codes = BackupCodes(key: codeKey, random: random)
    }

    package func choices(in session: Session, at now: Instant) async throws -> Choices {
        var choices = Choices()
        guard policy.isOn else { return choices }
        let holdings = try await store.holdings(of: session.subject)
        let account = try await accounts.account(id: session.subject)
        choices.hasPasskey = isAsked(.passkey, of: holdings)
        choices.hasTOTP = isAsked(.totp, of: holdings)
        choices.hasMailCode = takesMailCode(in: session, of: account, having: holdings)
        choices.wouldHaveMailCode =
            !choices.hasMailCode && isAsked(.mailCode, of: holdings) && account?.isEmailVerified == true
            && account?.passwordHash != nil && account?.isPasswordMailed == false
        choices.codesLeft = holdings.isEnrolled ? holdings.codesLeft : 0
        choices.lockedUntil = try await store.factorLock(of: session.subject, at: now)
        choices.recovery = try await recoveries.factorRecovery(of: session.subject, at: now)
        return choices
    }

    /// Mails a code to the address of the account. `false` when none goes: too many were asked for, or the mailbox is no
    /// second factor here; the page is the same (B112).
    package func sendCode(_ attempt: Attempt, at now: Instant) async throws -> Bool {
        let session = attempt.session
        let holdings = try await store.holdings(of: session.subject)
        guard let account = try await accounts.account(id: session.subject), account.status == .active,
            takesMailCode(in: session, of: account, having: holdings),
            try await store.factorLock(of: session.subject, at: now) == nil
        else { return false }
        var request = MailProofs.Request(secondFactorOf: account, from: attempt.visitor, at: now)
        request.detail = ["session": .string(session.id)]
        request.lifetime = policy.mailCodeLifetime
        return try await proofs.begin(request, browser: attempt.visitor.browser, network: attempt.network, at: now)
    }

    /// Whether a kind is offered here, and its person has it.
    func isAsked(_ kind: Factor.Kind, of holdings: FactorHoldings) -> Bool {
        policy.isOn && policy.kinds.contains(kind) && !holdings.factors(of: kind).isEmpty
    }

    /// Never where the mailbox is proven already: one mailbox is one factor, however often it is proven (D1, B109).
    func takesMailCode(in session: Session, of account: Account?, having holdings: FactorHoldings) -> Bool {
        isAsked(.mailCode, of: holdings) && !session.proofs.classes.contains(.mailbox)
            && account?.isEmailVerified == true
    }
}

extension MailProofs.Request {
    /// Six digits, by mail, without a link: they are to be typed where they were asked for.
    init(secondFactorOf account: Account, from visitor: Visitor, at now: Instant) {
        self.init(.secondFactor, letter: .secondFactorCode, to: account.email, of: account, isMailed: true)
        name = account.profile.name
        facts = Letter.facts(about: visitor, at: now)
        hasLink = false
        isOfDigits = true
    }
}
