import Identity
import OAuth
import Storage
import TestSupport
import Testing

/// A verb that spends the proof of a mailbox. For each everything is set up so that it would succeed: whether it does is
/// up to what the proof is for.
private enum SpendingVerb: String, CaseIterable {
    case signIn, signInByStaff, leave, leaveByStaff, reset, verify, claim, signUp, changeAddress, confirm
    case newByProvider, claimByProvider

    /// Whether the person has an account before.
    private var isNew: Bool { self == .signUp || self == .newByProvider }
    private var isFirstProof: Bool { self == .verify || self == .claim || self == .claimByProvider }

    var purpose: MailProof.Purpose {
        switch self {
        case .signIn, .leave: .magicLink
        case .signInByStaff, .leaveByStaff: .staffLink
        case .reset: .recovery
        case .verify, .claim: .verification
        case .signUp: .signUp
        case .changeAddress: .addressChange
        case .confirm: .freshness
        case .newByProvider, .claimByProvider: .upstream
        }
    }

    /// - Parameter name: of the link, the person and the session.
    func spends(_ name: String, keptFor kept: MailProof.Purpose, in store: Store) async throws -> Bool {
        let person = try isFirstProof ? MagicLinkStory.unproven(name) : account(name)
        if !isNew { #expect(try await store.create(person)) }
        let opened = MagicLinkStory.session(by: name, of: person.id)
        if self == .changeAddress || self == .confirm {
            try await store.open(opened, replacing: nil, for: nil, at: start)
        }
        let address = self == .changeAddress ? "new.\(person.email.typed)" : person.email.typed
        let proof = try MagicLinkStory.proof(
            name, for: kept, of: isNew ? nil : person.id, address: address, browser: name)
        try await store.begin(proof)
        switch self {
        case .signIn, .signInByStaff:
            let gate = self == .signIn ? MagicLinkEntry.Gate.people(.anybody) : .nobodyAdministering
            return try await store.opens(MagicLinkStory.entry(name, as: person, for: purpose, gate: gate))
        case .leave, .leaveByStaff: return try await store.spend(link: proof.link, for: purpose, at: start)
        case .reset:
            let reset = PasswordReset(
                link: proof.link, accountID: person.id, address: person.email, newHash: "new",
                browser: proof.browser)
            return try await store.resetPassword(reset, mailing: news("reset \(name)"), at: start) != nil
        case .verify, .claim, .signUp:
            let entry = ProvenEntry(
                link: proof.link, account: person, opening: SessionOpening(opened, replacing: nil, for: nil),
                letters: [])
            if self == .signUp { return try await store.signUp(entry, at: start) }
            return try await self == .verify ? store.verify(entry, at: start) : store.claim(entry, at: start)
        case .changeAddress:
            let undo = AddressUndo(
                link: digest("undo \(name)"), accountID: person.id, address: person.email, createdAt: start,
                expiresAt: start + day)
            let change = AddressSwitch(
                spending: proof.link, from: person.email, to: proof.address,
                keeping: KeptSession(opened, as: opened.secret), endsOthers: false, undo: undo)
            let outcome = try await store.changeAddress(change, mailing: news("moved \(name)"), at: start)
            return outcome == .changed(sessionsEnded: 0)
        case .confirm:
            return try await store.renew(
                opened.secret, as: opened.under(digest("renewed \(name)")), provenHash: nil, spending: proof.link,
                at: start)
        case .newByProvider, .claimByProvider:
            let way: UpstreamEntry.Way = isNew ? .newByMail(link: proof.link) : .claimedByMail(link: proof.link)
            var entry = UpstreamEntry(try UpstreamStory.identity(name), person, by: way, in: proof.browser)
            entry.opening = SessionOpening(opened, replacing: nil, for: nil)
            return try await store.enter(entry, at: start) == .done
        }
    }
}

@Suite("StoreContract: what a proof of a mailbox was sent for is all that it does")
struct ProofMatrixTests {
    @Test(
        "JW4, B072: each purpose at each verb that spends, and only the diagonal passes", arguments: StoreKind.allCases)
    func matrix(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for verb in SpendingVerb.allCases {
                for (number, purpose) in MailProof.Purpose.allCases.enumerated() {
                    let name = "\(verb.rawValue)\(number)".lowercased()
                    let isDone = try await verb.spends(name, keptFor: purpose, in: store)
                    #expect(isDone == (verb.purpose == purpose), "\(purpose) at \(verb)")
                    let isLive = try await store.mailProof(link: digest("link \(name)"), for: purpose, at: start) != nil
                    #expect(isLive != isDone, "\(purpose) at \(verb)")
                }
            }
        }
    }

    @Test("ML8, JW4: a code is good for what it was sent for, in the browser that asked", arguments: StoreKind.allCases)
    func codes(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            for kept in MailProof.Purpose.allCases {
                let proof = try MagicLinkStory.proof("\(kept)", for: kept, browser: "\(kept)")
                try await store.begin(proof)
                for purpose in MailProof.Purpose.allCases {
                    let tried = try await store.tryCode(proof.code, for: purpose, browser: proof.browser, at: start)
                    #expect(tried == (purpose == kept ? .right(proof) : .nothing), "\(kept) at \(purpose)")
                    let other = try await store.tryCode(proof.code, for: purpose, browser: digest("x"), at: start)
                    #expect(other == .nothing)
                }
            }
        }
    }
}
