import JSON
import OAuth

/// Signing in by a mail: a link and a code, either of which is good once, for the browser that asked (B001-B013).
///
/// Whether anything comes of a request is told to nobody but the mailbox: for an address that nobody has, and for people
/// whom links are not for, the same is done in the same time (PW10). The rule is asked again when somebody comes in.
package struct MagicLinkSignIn: Sendable {
    /// `amr` of a mailbox: one factor, whatever else it is called (D1, ML11).
    package static let method = MailedConfirmation.method

    package enum Outcome: Sendable {
        case signedIn(OpenedSession)
        /// The account is deleted and its person can come back: nobody is signed in yet (B088).
        case leaving(Account)
        /// This browser has just come in by the same link or code.
        case again
        /// Not the browser that asked. The link was not spent.
        case elsewhere(MailProof)
        case wrongCode(triesLeft: Int64)
        /// Only the link is left (PW9).
        case codeLocked
        case dead(MagicLinkFault)
    }

    /// What a link leads to.
    package enum Look: Sendable {
        case here(MailProof)
        /// In a browser that did not ask.
        case elsewhere(MailProof)
        /// This browser has just come in by it.
        case again
        case dead(MagicLinkFault)
    }

    package let policy: MagicLinkPolicy
    private let accounts: any AccountStore
    private let store: any MagicLinkStore
    private let proofs: MailProofs
    private let sessions: Sessions
    private let audit: any AuditLog
    private let preferences: any PreferenceStore
    private let methods: any SignInMethodStore
    private let upstream: any UpstreamStore
    private let postbox: Postbox
    private let grace: Int64

    /// - Parameter grace: seconds for which somebody who deleted their account may come back.
    package init(
        policy: MagicLinkPolicy, accounts: any AccountStore, preferences: any PreferenceStore,
        methods: any SignInMethodStore, upstream: any UpstreamStore, store: any MagicLinkStore, proofs: MailProofs,
        sessions: Sessions,
        postbox: Postbox, audit: any AuditLog, grace: Int64
    ) {
        self.policy = policy
        self.accounts = accounts
        self.preferences = preferences
        self.methods = methods
        self.upstream = upstream
        self.store = store
        self.proofs = proofs
        self.sessions = sessions
        self.postbox = postbox
        self.audit = audit
        self.grace = grace
    }

    /// Asks for the mail.
    ///
    /// - Parameter client: the id of the app that the person is signing in for.
    package func begin(
        for address: EmailAddress, client: String?, from visitor: Visitor, _ errand: MailErrand, at now: Instant
    ) async throws {
        let account = try await accounts.account(canonicalEmail: address.canonical)
        let answer = policy.answer(
            for: try await subject(account), isHere: account.map { isHere($0, at: now) } ?? false)
        var request = MailProofs.Request(
            .magicLink, letter: .magicLink, to: account?.email ?? address, of: account, isMailed: answer != .nothing)
        request.name = account?.profile.name
        request.facts = Letter.facts(about: visitor, at: now)
        request.query = errand.query
        request.lifetime = policy.lifetime
        request.client = client
        request.detail["network"] = .string(errand.network.bound)
        request.detail["device"] = .string(visitor.device)
        if let client { request.detail["client"] = .string(client) }
        if case .hint(let ways) = answer {
            request.letter = .magicLinkNotForYou
            request.facts += ways.map { (.method, $0) }
            request.instead = (path: "/sign-in" + errand.query, secondPath: "/recovery" + errand.query)
        } else {
            request.facts.append((.until, String((now + policy.lifetime).seconds)))
        }
        _ = try await proofs.begin(request, browser: visitor.browser, network: errand.network, at: now)
    }

    /// What this browser waits for, if it does.
    package func awaited(by browser: TokenDigest, at now: Instant) async throws -> MailProof? {
        try await proofs.awaited(for: .magicLink, browser: browser, at: now)
    }

    /// Asks once more for what this browser waits for, if it does.
    package func askAgain(from visitor: Visitor, _ errand: MailErrand, at now: Instant) async throws {
        guard let proof = try await awaited(by: visitor.browser, at: now) else { return }
        try await begin(
            for: proof.address, client: proof.detail["client"]?.stringValue, from: visitor, errand, at: now)
    }

    /// What a link that is opened leads to; spends nothing, whoever or whatever looks (ML3). What became of a link that was
    /// good once is recorded, for its page has no button that anybody would press.
    package func look(
        at link: String, from browser: TokenDigest, _ network: ClientNetwork, at now: Instant
    ) async throws -> Look {
        guard let proof = try await proofs.proof(link: link, for: .magicLink, at: now) else {
            guard let fate = try await proofs.fate(link: link, for: .magicLink, in: store) else {
                return .dead(.unknown)
            }
            if fate.isReplay(by: browser, at: now) { return .again }
            _ = dead(fate.fault, of: fate.accountID, network)
            return .dead(fate.fault)
        }
        guard proof.browser != browser else { return .here(proof) }
        if policy.crossDevice == .goBack { _ = dead(.noBrowser, of: proof.accountID, network) }
        return .elsewhere(proof)
    }

    /// By the link, after its button.
    package func enter(
        link: String, from arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        switch try await look(at: link, from: arrival.visitor.browser, network, at: now) {
        case .again: return try await repeated(link, at: now)
        case .dead(.unknown): return dead(.unknown, of: nil, network)
        case .dead(let fault): return .dead(fault)
        case .elsewhere(let proof) where policy.crossDevice == .goBack: return .elsewhere(proof)
        case .here(let proof), .elsewhere(let proof):
            return try await enter(proof, from: arrival, network, at: now)
        }
    }

    /// By the code, in the browser that asked.
    package func enter(
        code typed: String, from arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        let browser = arrival.visitor.browser
        let (outcome, subject) = try await proofs.compare(typed, for: .magicLink, browser: browser, at: now)
        switch outcome {
        case .right(let proof):
            return try await enter(proof, from: arrival, network, at: now)
        case .wrong(let left):
            _ = dead(.wrongCode, of: subject, network)
            return .wrongCode(triesLeft: left)
        case .locked:
            _ = dead(.locked, of: subject, network)
            return .codeLocked
        case .nothing:
            let fate = try await store.fate(spentBy: browser, for: .magicLink)
            if let fate, fate.isReplay(by: browser, at: now) { return .again }
            return dead(.unknown, of: nil, network)
        }
    }

    private func enter(
        _ proof: MailProof, from arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        guard let id = proof.accountID, let account = try await accounts.account(id: id),
            account.email.canonical == proof.address.canonical, isHere(account, at: now),
            let subject = try await subject(account)
        else { return dead(.superseded, of: proof.accountID, network) }
        guard !policy.verifiesAddress || proof.detail["network"]?.stringValue == network.bound else {
            return dead(.noBrowser, of: id, network)
        }
        guard case .link = policy.answer(for: subject, isHere: true) else { return dead(.gate, of: id, network) }
        guard account.deletion == nil else {
            let isSpent = try await store.spend(link: proof.link, for: .magicLink, at: now)
            return isSpent ? .leaving(account) : try await lost(proof, to: arrival, network, at: now)
        }
        return try await open(account, by: proof, from: arrival, network, at: now)
    }

    private func open(
        _ account: Account, by proof: MailProof, from arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        var (opened, opening) = try sessions.prepareOpening(
            for: account, method: Self.method, from: arrival, at: now)
        // No password was proven, and whoever sets a new one ends the link with it.
        opening.provenHash = nil
        let entry = MagicLinkEntry(
            link: proof.link, purpose: .magicLink, account: account, gate: .people(policy.people), opening: opening,
            welcome: try account.isEmailVerified ? nil : postbox.seal(.welcome(to: account, at: now), at: now))
        switch try await store.signIn(entry, at: now) {
        case .dead: return try await lost(proof, to: arrival, network, at: now)
        case .gate: return dead(.gate, of: account.id, network)
        case .opened:
            if !account.isEmailVerified {
                let details = ["purpose": MailProof.Purpose.magicLink.rawValue]
                audit.record(AuditEvent(.addressVerified, subject: account.id, details: details))
            }
            let details = ["method": Self.method, "network": network.prefix]
            audit.record(AuditEvent(.signIn, subject: account.id, details: details))
            try await sessions.recordWaiver(of: opening, at: now)
            return .signedIn(opened)
        }
    }

    /// A second click of whoever is asked whether to come back is asked so again: the browser keeps the last answer.
    private func repeated(_ link: String, at now: Instant) async throws -> Outcome {
        guard let fate = try await proofs.fate(link: link, for: .magicLink, in: store), let id = fate.accountID,
            let account = try await accounts.account(id: id), account.canReturn(within: grace, at: now)
        else { return .again }
        return .leaving(account)
    }

    /// Somebody was faster: the same browser by a double click, or whatever ended the link meanwhile.
    private func lost(
        _ proof: MailProof, to arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        let fate = try await store.fate(ofLink: proof.link, for: .magicLink)
        if let fate, fate.isReplay(by: arrival.visitor.browser, at: now) { return .again }
        return dead(fate?.fault ?? .superseded, of: proof.accountID, network)
    }

    private func dead(_ fault: MagicLinkFault, of subject: String?, _ network: ClientNetwork) -> Outcome {
        proofs.refused(.magicLink, because: fault.rawValue, subject: subject, from: network)
        return .dead(fault)
    }

    private func isHere(_ account: Account, at now: Instant) -> Bool {
        account.status == .active || account.canReturn(within: grace, at: now)
    }

    /// Asked for nobody as well, by the same look-ups (PW10).
    private func subject(_ account: Account?) async throws -> MagicLinkPolicy.Candidate? {
        let id = account?.id ?? ""
        let preferences = try await preferences.preferences(of: id)
        let used = try await methods.signInMethods(of: id).map(\.method)
        // Whoever was imported may not have used theirs yet; one that is off is no way in.
        let unused = try await upstream.providers(of: id).filter { policy.providers.contains($0) && !used.contains($0) }
        return account.map { MagicLinkPolicy.Candidate(account: $0, preferences: preferences, methods: used + unused) }
    }
}
