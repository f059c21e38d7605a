import Cryptography
import OAuth

/// Making an account for oneself. An account comes to be when its mailbox is proven, not before.
///
/// Whether an address has an account is neither said nor to be measured (PW10): everybody is told to check their
/// mail, the same work is done, and the mail says the rest to whom it concerns.
package struct SignUp: MailEntrance {
    /// What may be asked for. Only `read` makes one. Prints without the password.
    package struct Wish: Sendable, CustomStringConvertible {
        fileprivate let name: PersonName
        fileprivate let username: Username?
        fileprivate let address: EmailAddress
        fileprivate let password: String

        package var description: String { "wish for an account" }
    }

    package enum Reading: Sendable {
        case readable(Wish)
        /// Every problem at once; nothing was asked of the address.
        case refused([AccountProblem])
    }

    package enum Beginning: Sendable, Equatable {
        /// Check your mail.
        case asked
        /// Somebody has the username.
        case refused([AccountProblem])
        /// Too many from one network; seconds.
        case throttled(by: String, retryAfter: Int64)
        /// Passwords cannot be hashed now; seconds.
        case busy(retryAfter: Int64)
    }

    /// How often one network may send the form in a quarter of an hour: each time costs a hash (IN9). Mail has limits
    /// of its own.
    static let forms = ThrottleLimit("sign-up-network", attempts: 60, window: 900)

    package let purpose = MailProof.Purpose.signUp
    package let proofs: MailProofs
    package let policy: SignUpPolicy
    private let accounts: any AccountStore
    private let reception: ProvenReception
    private let throttle: Throttle
    private let random: any RandomSource

    package init(
        policy: SignUpPolicy, proofs: MailProofs, accounts: any AccountStore, reception: ProvenReception,
        throttle: Throttle, random: any RandomSource
    ) {
        self.policy = policy
        self.proofs = proofs
        self.accounts = accounts
        self.reception = reception
        self.throttle = throttle
        self.random = random
    }

    /// What was typed, read as far as it can be without asking anything of anybody: every problem at once.
    package func read(_ draft: AccountDraft) -> Reading {
        var problems: [AccountProblem] = []
        let name = AccountCreation.name(draft.name, &problems)
        let username = username(draft.username, &problems)
        let address = address(draft.email, &problems)
        problems += reception.problems(with: draft)
        guard problems.isEmpty, let name, let address else { return .refused(problems) }
        return .readable(Wish(name: name, username: username, address: address, password: draft.password))
    }

    package func begin(
        _ wish: Wish, from arrival: Arrival, _ errand: MailErrand, at now: Instant
    ) async throws -> Beginning {
        let lane = throttle.lane(Self.forms, Array(errand.network.prefix.utf8))
        if case .refused(let limit, let seconds) = try await throttle.admit([lane], at: now) {
            return .throttled(by: limit, retryAfter: seconds)
        }
        if let username = wish.username {
            let decision = try await throttle.wishForUsername(by: nil, from: errand.network, at: now)
            if case .refused(let limit, let seconds) = decision {
                return .throttled(by: limit, retryAfter: seconds)
            }
            if try await accounts.hasUsername(username.canonical) {
                return .refused([AccountProblem(.username, .taken)])
            }
        }
        do {
            let hash = try await reception.hasher.hash(wish.password)
            let sketch = SignUpSketch(name: wish.name.text, username: wish.username?.typed, passwordHash: hash)
            try await ask(for: wish.address, sketch, from: arrival, errand, at: now)
            return .asked
        } catch let refusal as PasswordHasher.Busy {
            return .busy(retryAfter: refusal.retryAfter)
        }
    }

    package func askAgain(
        _ proof: MailProof, from arrival: Arrival, _ errand: MailErrand, at now: Instant
    ) async throws {
        guard let sketch = SignUpSketch(proof.detail), policy.admits(proof.address) else { return }
        try await ask(for: proof.address, sketch, from: arrival, errand, at: now)
    }

    package func enter(_ proof: MailProof, from arrival: Arrival, at now: Instant) async throws -> EntryOutcome {
        guard let sketch = sketch(proof) else { return .dead }
        return try await create(sketch, proof, from: arrival, at: now)
    }

    package func enter(
        _ proof: MailProof, choosing draft: AccountDraft, from arrival: Arrival, at now: Instant
    ) async throws -> EntryOutcome {
        guard sketch(proof) != nil else { return .dead }
        let own = AccountDraft(name: draft.name, email: proof.address.canonical, password: draft.password)
        var problems: [AccountProblem] = []
        let name = AccountCreation.name(own.name, &problems)
        problems += reception.problems(with: own)
        guard problems.isEmpty, let name else { return .refused(problems) }
        do {
            let hash = try await reception.hasher.hash(own.password)
            let chosen = SignUpSketch(name: name.text, username: nil, passwordHash: hash)
            return try await create(chosen, proof, from: arrival, at: now)
        } catch let refusal as PasswordHasher.Busy {
            return .busy(retryAfter: refusal.retryAfter)
        }
    }

    /// `nil` for a proof that nothing comes of: its address had an account already, or may not sign up any more.
    private func sketch(_ proof: MailProof) -> SignUpSketch? {
        guard proof.accountID == nil, policy.admits(proof.address) else { return nil }
        return SignUpSketch(proof.detail)
    }

    private func create(
        _ sketch: SignUpSketch, _ proof: MailProof, from arrival: Arrival, at now: Instant
    ) async throws -> EntryOutcome {
        let account = Account(
            id: try Identifier.make(from: random), email: proof.address, isEmailVerified: true,
            profile: Profile(name: sketch.name, preferredUsername: sketch.username),
            passwordHash: sketch.passwordHash, createdAt: now, updatedAt: now)
        guard let opened = try await reception.receive(account, by: proof, from: arrival, as: .new, at: now) else {
            return .dead
        }
        return .signedIn(opened)
    }

    private func ask(
        for address: EmailAddress, _ sketch: SignUpSketch, from arrival: Arrival, _ errand: MailErrand, at now: Instant
    ) async throws {
        let account = try await accounts.account(canonicalEmail: address.canonical)
        var request = MailProofs.Request(
            .signUp, letter: account == nil ? .signUp : .alreadyRegistered, to: address, of: account, isMailed: true)
        request.name = account?.profile.name
        request.detail = sketch.detail
        request.facts = Letter.facts(about: arrival.visitor, at: now)
        request.query = errand.query
        if account != nil { request.instead = ("/sign-in\(errand.query)", "/recovery\(errand.query)") }
        _ = try await proofs.begin(request, browser: arrival.visitor.browser, network: errand.network, at: now)
    }

    private func username(_ typed: String, _ problems: inout [AccountProblem]) -> Username? {
        guard policy.usernames == .optional, !typed.allSatisfy(\.isWhitespace) else { return nil }
        if let username = Username(typed) { return username }
        let isLong = typed.unicodeScalars.count > Username.longest
        problems.append(AccountProblem(.username, isLong ? .tooLong : .malformed))
        return nil
    }

    private func address(_ typed: String, _ problems: inout [AccountProblem]) -> EmailAddress? {
        guard let address = EmailAddress(typed) else {
            let isMissing = typed.allSatisfy(\.isWhitespace)
            problems.append(AccountProblem(.email, isMissing ? .missing : .malformed))
            return nil
        }
        if !policy.admits(address) { problems.append(AccountProblem(.email, .domainNotAdmitted)) }
        return address
    }
}
