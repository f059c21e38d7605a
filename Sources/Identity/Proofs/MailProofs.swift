import Cryptography
import JSON
import OAuth

/// Asking for a proof of a mailbox, and reading what comes back: for sign-up, verification, recovery, a change of
/// address. Spending it is part of what it is for.
///
/// Whether an address is known makes no difference to what is done here, or to how long it takes (PW10): a request for
/// nobody leaves a row and a blank letter as well.
package struct MailProofs: Sendable {
    /// How long a link and its code are good, in seconds (ML1).
    package static let lifetime: Int64 = 600

    /// What is asked for.
    package struct Request: Sendable {
        package let purpose: MailProof.Purpose
        package var letter: Letter.Kind
        package let address: EmailAddress
        /// `nil`: nobody's address.
        package let account: Account?
        /// Whether the mail really goes, to somebody without an account too (a sign-up).
        package let isMailed: Bool
        package var name: String?
        package var detail = JSONObject()
        package var facts: [(fact: Letter.Fact, value: String)] = []
        /// What follows the link's token in its address: `?request=…` or `?next=…`, already encoded; or nothing.
        package var query = ""
        /// Seconds.
        package var lifetime = MailProofs.lifetime
        /// The app that it is asked for.
        package var client: String?
        /// A code alone is of use where its browser must be the same.
        package var hasLink = true
        /// Whether the code is six digits, which takes that its tries are counted elsewhere, too.
        package var isOfDigits = false
        /// Where the letter leads instead of to the proof, for a request that comes to nothing; it then has no code
        /// either. What is asked for is kept and counted as ever.
        package var instead: (path: String, secondPath: String?)?

        package init(
            _ purpose: MailProof.Purpose, letter: Letter.Kind, to address: EmailAddress, of account: Account?,
            isMailed: Bool
        ) {
            self.purpose = purpose
            self.letter = letter
            self.address = address
            self.account = account
            self.isMailed = isMailed
        }
    }

    private let store: any MailProofStore
    private let browsers: any KnownBrowserStore
    private let postbox: Postbox
    private let lanes: MailLanes
    private let key: [UInt8]
    private let random: any RandomSource
    private let audit: any AuditLog

    /// `key`: derived from the master key for codes alone.
    package init(
        store: any MailProofStore, browsers: any KnownBrowserStore, postbox: Postbox, lanes: MailLanes, key: [UInt8],
        random: any RandomSource, audit: any AuditLog
    ) {
        self.store = store
        self.browsers = browsers
        self.postbox = postbox
        self.lanes = lanes
        self.key = key
        self.random = random
        self.audit = audit
    }

    /// Asks for the proof. Says whether a mail may come of it, for the record alone: the person is told the same.
    ///
    /// `enclosures`: what else is written in the same step, such as mail to other people that tells of it.
    package func begin(
        _ request: Request, with enclosures: MailProof.Enclosures = .init(), browser: TokenDigest,
        network: ClientNetwork, at now: Instant
    ) async throws -> Bool {
        let isKnown = try await browsers.isKnown(browser: browser, of: request.account?.id ?? "")
        let visitor = (browser: browser, network: network, isKnown: isKnown)
        if case .refused(let lane, _) = try await lanes.admit(request, from: visitor, at: now) {
            record(request, result: lane)
            return false
        }
        let link = try OpaqueToken(.mailLink, from: random)
        let code = try request.isOfDigits ? MailCode(digitsFrom: random) : MailCode(from: random)
        let expiresAt = now + request.lifetime
        let path = "/\(request.purpose.pathSegment)/\(link.plaintext)\(request.query)"
        let letter = Letter(
            request.letter, to: request.address, about: request.account?.id, name: request.name,
            path: request.instead?.path ?? (request.hasLink ? path : nil), secondPath: request.instead?.secondPath,
            code: request.instead == nil ? code.grouped : nil, facts: request.facts, expiresAt: expiresAt)
        let proof = MailProof(
            link: link.digest, code: code.digest(for: request.purpose, browser: browser, key: key),
            purpose: request.purpose, accountID: request.account?.id, address: request.address, browser: browser,
            detail: request.detail, createdAt: now, expiresAt: expiresAt)
        let sealed = request.isMailed ? try postbox.seal(letter, at: now) : try postbox.blank(letter, at: now)
        var enclosures = enclosures
        enclosures.letters.insert(sealed, at: 0)
        try await store.begin(proof, with: enclosures, at: now)
        record(request, result: request.isMailed ? "mailed" : "not_mailed")
        return request.isMailed
    }

    /// The live proof of a link that was opened; spends nothing.
    package func proof(
        link presented: String, for purpose: MailProof.Purpose, at now: Instant
    ) async throws -> MailProof? {
        guard let link = OpaqueToken(.mailLink, presented: presented) else { return nil }
        return try await store.mailProof(link: link.digest, for: purpose, at: now)
    }

    /// What this browser waits for, if it does.
    package func awaited(
        for purpose: MailProof.Purpose, browser: TokenDigest, at now: Instant
    ) async throws -> MailProof? {
        try await store.mailProof(awaitedBy: browser, for: purpose, at: now)
    }

    /// The proof whose code was typed in the browser that asked. Beside the tries of each code there is a limit for each
    /// address, so that asking anew does not buy more; the link goes on working (ML8, PW9).
    package func proof(
        code typed: String, for purpose: MailProof.Purpose, browser: TokenDigest, at now: Instant
    ) async throws -> CodeTry {
        let awaited = try await store.mailProof(awaitedBy: browser, for: purpose, at: now)
        let outcome = try await compare(typed, with: awaited, at: now)
        switch outcome {
        case .right: break
        case .wrong: refused(purpose, because: "wrong_code", subject: awaited?.accountID)
        case .locked: refused(purpose, because: "locked", subject: awaited?.accountID)
        case .nothing: refused(purpose, because: "nothing", subject: awaited?.accountID)
        }
        return outcome
    }

    /// As `proof(code:)`, for a caller that records by itself what came of it: with the account that was waited for.
    package func compare(
        _ typed: String, for purpose: MailProof.Purpose, browser: TokenDigest, at now: Instant
    ) async throws -> (outcome: CodeTry, subject: String?) {
        let awaited = try await store.mailProof(awaitedBy: browser, for: purpose, at: now)
        return (try await compare(typed, with: awaited, at: now), awaited?.accountID)
    }

    /// What became of a link that is not live any more; `nil` for one that never was.
    package func fate(
        link presented: String, for purpose: MailProof.Purpose, in store: any MagicLinkStore
    ) async throws -> MailProofFate? {
        guard let link = OpaqueToken(.mailLink, presented: presented) else { return nil }
        return try await store.fate(ofLink: link.digest, for: purpose)
    }

    /// For the record: a link or a code proved nothing, or came to nothing.
    package func refused(
        _ purpose: MailProof.Purpose, because reason: String, subject: String?, from network: ClientNetwork? = nil
    ) {
        var details = ["purpose": purpose.rawValue, "reason": reason]
        if let network { details["network"] = network.prefix }
        audit.record(AuditEvent(.mailProofRefused, subject: subject, details: details))
    }

    private func compare(_ typed: String, with awaited: MailProof?, at now: Instant) async throws -> CodeTry {
        guard let awaited else { return .nothing }
        let (purpose, browser) = (awaited.purpose, awaited.browser)
        let isKnown = try await browsers.isKnown(browser: browser, of: awaited.accountID ?? "")
        guard case .admitted = try await lanes.admit(codeFor: awaited, isKnown: isKnown, at: now) else {
            return .locked
        }
        // What cannot be a code is compared all the same, with a digest that none has: it costs a try like any other.
        let code = MailCode(typed: typed)?.digest(for: purpose, browser: browser, key: key)
        let digest = try code ?? TokenDigest(bytes: random.bytes(32))
        return try await store.tryCode(digest, for: purpose, browser: browser, at: now)
    }

    /// A link of its own for a right code, so that what follows has one shape however the mailbox was proven. The link
    /// in the mail is dead from here on. `nil` when the proof was spent meanwhile.
    package func link(for proof: MailProof, at now: Instant) async throws -> OpaqueToken? {
        let link = try OpaqueToken(.mailLink, from: random)
        return try await store.replaceLink(proof.link, by: link.digest, at: now) ? link : nil
    }

    private func record(_ request: Request, result: String) {
        let details = ["purpose": request.purpose.rawValue, "result": result]
        audit.record(AuditEvent(.mailProofAsked, subject: request.account?.id, details: details))
    }
}

extension MailProof.Purpose {
    /// The first segment of the link's address; the token is the second.
    package var pathSegment: String {
        switch self {
        case .signUp: "sign-up"
        case .verification: "verification"
        case .recovery: "recovery"
        case .addressChange: "address-change"
        case .freshness: "confirmation"
        case .magicLink: "magic-link"
        case .staffLink: "staff-link"
        case .upstream: "upstream-proof"
        case .secondFactor: "second-factor-proof"
        case .factorRecovery: "factor-recovery-proof"
        }
    }
}
