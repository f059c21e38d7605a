import Identity
import JSON
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: coming in by the proof of a mailbox")
struct SignUpTests {
    private func proof(
        _ name: String, for purpose: MailProof.Purpose = .signUp, of account: String? = nil, address: String = "ann"
    ) throws -> MailProof {
        MailProof(
            link: digest("link \(name)"), code: digest("code \(name)"), purpose: purpose, accountID: account,
            address: try #require(EmailAddress("\(address)@Example.org")), browser: digest("browser \(name)"),
            detail: ["password_hash": "a hash"], createdAt: start, expiresAt: start + 600)
    }

    private func letter(_ id: String, _ kind: Letter.Kind = .welcome, about account: String? = nil) -> SealedLetter {
        SealedLetter(
            id: id, kind: kind, accountID: account, sealed: [1], createdAt: start, expiresAt: start + 600,
            isBlank: false)
    }

    private func begin(_ proof: MailProof, _ name: String, in store: Store) async throws {
        try await store.begin(proof, with: .init(letters: [letter("proof \(name)", .signUp)]), at: start)
    }

    /// Somebody who comes in by the link of this name.
    private func entry(
        _ link: String, id: String = "id-ann", username: String? = nil, hash: String = "chosen",
        letter name: String? = nil,
        for authorization: String? = nil, replacing old: TokenDigest? = nil, address: String = "ann"
    ) throws -> ProvenEntry {
        let account = Account(
            id: id, email: try #require(EmailAddress("\(address)@Example.org")), isEmailVerified: true,
            profile: Profile(name: "Ann", preferredUsername: username), passwordHash: hash, createdAt: start,
            updatedAt: start)
        let opening = SessionOpening(
            session("session \(link)", of: id), replacing: old, for: authorization.map { digest($0) })
        return ProvenEntry(
            link: digest("link \(link)"), account: account, opening: opening,
            letters: [letter(name ?? "welcome \(link)", about: id)])
    }

    /// Kinds of the letters that wait, and how many of each.
    private func letters(_ store: Store) async throws -> [String: Int] {
        let kinds = try await store.database.read { try $0.rows("SELECT kind FROM outbox", []).map { try $0.text(0) } }
        return Dictionary(kinds.map { ($0, 1) }, uniquingKeysWith: +)
    }

    private func unproven(
        _ name: String, status: Account.Status = .active, isVerified: Bool = false, in store: Store
    ) async throws {
        let account = Account(
            id: "id-\(name)", email: try #require(EmailAddress("\(name)@Example.org")), isEmailVerified: isVerified,
            profile: Profile(name: name), status: status, passwordHash: "squatted", createdAt: start, updatedAt: start)
        #expect(try await store.create(account))
    }

    @Test(
        "OP1, ML9, SE2: an account, its session, its browser and its mail come to be in one step, by the proof alone",
        arguments: StoreKind.allCases)
    func created(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.keep(pending("p"))
            try await begin(proof("a"), "a", in: store)
            #expect(try await store.account(canonicalEmail: "ann@example.org") == nil)
            #expect(try await store.signUp(entry("a", username: "Swift", for: "p"), at: start))
            let ann = try #require(try await store.account(canonicalEmail: "ann@example.org"))
            #expect(ann.isEmailVerified && ann.passwordHash == "chosen" && ann.roles.isEmpty)
            #expect(ann.profile.preferredUsername == "Swift" && ann.email.typed == "ann@Example.org")
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["session a"])
            #expect(try await store.isKnown(browser: digest("browser"), of: "id-ann"))
            #expect(try await store.signInMethods(of: "id-ann").map(\.method).contains("pwd"))
            #expect(try await store.pending(digest("p"), at: start)?.facts.signedInSession == "session a")
            #expect(try await letters(store) == ["sign_up": 1, "welcome": 1])
            #expect(try await store.mailProof(link: digest("link a"), for: .signUp, at: start) == nil)
            let details = try await store.database.read {
                try $0.rows("SELECT detail FROM mail_proofs", []).map { try $0.text(0) }
            }
            #expect(details == ["{}"], "a hash of a password stays behind")
        }
    }

    @Test(
        "IN3, B073: of 200 simultaneous confirmations one makes an account and is welcomed",
        arguments: StoreKind.allCases)
    func raceForOneProof(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await begin(proof("a"), "a", in: first)
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second)
                    .signUp(entry("a", id: "id-\(number)", letter: "welcome \(number)"), at: start)
            }
            #expect(count == 1)
            #expect(try await first.accounts(after: nil, limit: 300).count == 1)
            #expect(try await letters(first) == ["sign_up": 1, "welcome": 1])
        }
    }

    @Test(
        "IN3, ML4: of 50 people who prove one address at once one gets it, and every other link dies",
        arguments: StoreKind.allCases)
    func raceForOneAddress(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            for number in 0..<50 { try await begin(proof("\(number)"), "\(number)", in: first) }
            let count = try await winners(of: 50) { number in
                try await (number % 2 == 0 ? first : second).signUp(entry("\(number)", id: "id-\(number)"), at: start)
            }
            #expect(count == 1)
            #expect(try await first.accounts(after: nil, limit: 100).count == 1)
            for number in 0..<50 {
                #expect(try await first.mailProof(link: digest("link \(number)"), for: .signUp, at: start) == nil)
            }
        }
    }

    @Test("ML9: an address that was taken meanwhile is nobody else's", arguments: StoreKind.allCases)
    func addressTaken(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await begin(proof("a"), "a", in: store)
            try await unproven("ann", in: store)
            #expect(try await !store.signUp(entry("a", id: "id-other"), at: start))
            #expect(try await store.account(id: "id-ann")?.passwordHash == "squatted")
            #expect(try await store.sessions(of: "id-ann", at: start).isEmpty)
            #expect(try await letters(store) == ["sign_up": 1])
        }
    }

    @Test("A username that was taken meanwhile is left out, and the account is made", arguments: StoreKind.allCases)
    func usernameTaken(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await begin(proof("a"), "a", in: store)
            try await begin(proof("b", address: "bob"), "b", in: store)
            #expect(try await store.signUp(entry("a", username: "Swift"), at: start))
            #expect(try await store.hasUsername("swift"))
            #expect(
                try await store.signUp(entry("b", id: "id-bob", username: "sWIFT", address: "bob"), at: start))
            #expect(try await store.account(id: "id-bob")?.profile.preferredUsername == nil)
        }
    }

    @Test("B072, JW4: only the proof of a purpose serves it, and only until it ends", arguments: StoreKind.allCases)
    func purposes(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await unproven("bob", in: store)
            for purpose in MailProof.Purpose.allCases {
                let name = purpose.rawValue
                try await begin(proof(name, for: purpose, of: "id-bob", address: "bob"), name, in: store)
                let bob = try entry(name, id: "id-bob", address: "bob")
                if purpose != .verification {
                    #expect(try await !store.verify(bob, at: start), "\(name) verifies")
                    #expect(try await !store.claim(bob, at: start), "\(name) claims")
                }
                if purpose != .signUp { #expect(try await !store.signUp(entry(name), at: start), "\(name) signs up") }
            }
            let bob = try entry(MailProof.Purpose.verification.rawValue, id: "id-bob", address: "bob")
            #expect(try await !store.verify(bob, at: start + 600))
            #expect(try await !store.claim(bob, at: start + 600))
            #expect(try await store.account(id: "id-bob")?.isEmailVerified == false)
            #expect(try await store.sessions(of: "id-bob", at: start).isEmpty)
        }
    }

    @Test(
        "B023, ML4: a proven address opens the session, ends what waited, and is proven once",
        arguments: StoreKind.allCases)
    func verified(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await unproven("ann", in: store)
            for name in ["a", "b"] { try await begin(proof(name, for: .verification, of: "id-ann"), name, in: store) }
            #expect(try await store.verify(entry("a", hash: "of no account"), at: start))
            let ann = try #require(try await store.account(id: "id-ann"))
            #expect(ann.isEmailVerified && ann.passwordHash == "squatted")
            #expect(try await store.sessions(of: "id-ann", at: start).count == 1)
            #expect(try await letters(store)["welcome"] == 1)
            #expect(try await !store.verify(entry("a", letter: "second"), at: start))
            #expect(try await !store.verify(entry("b"), at: start))
            #expect(try await !store.claim(entry("b"), at: start))
            #expect(try await letters(store)["welcome"] == 1)
        }
    }

    @Test(
        "ML9: whoever reads the mail gets the account, and what others set up before is gone",
        arguments: StoreKind.allCases)
    func claimed(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await unproven("ann", in: store)
            // As an account made by other means might have it.
            try await store.open(session("squatter"), replacing: nil, for: nil, at: start)
            try await store.remember(browser: digest("squatter"), of: "id-ann", at: start)
            let held = grant("g", from: session("squatter"), isOffline: true)
            try await store.issue(held)
            for decision in [Preferences.Decision.magicLinks(true), .signInNotices(.none)] {
                #expect(try await store.decide(decision, of: "id-ann", mailing: []))
            }
            let consent = Consent(
                subject: "id-ann", clientID: "app", scopes: ["openid"], resources: [], grantedAt: start)
            try await store.remember(consent)
            for purpose in [MailProof.Purpose.verification, .recovery, .freshness] {
                try await begin(proof(purpose.rawValue, for: purpose, of: "id-ann"), purpose.rawValue, in: store)
            }
            #expect(try await store.claim(entry("verification", hash: "chosen"), at: start))
            let ann = try #require(try await store.account(id: "id-ann"))
            #expect(ann.isEmailVerified && ann.passwordHash == "chosen")
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["session verification"])
            #expect(try await !store.isKnown(browser: digest("squatter"), of: "id-ann"))
            #expect(try await store.preferences(of: "id-ann") == Preferences())
            #expect(try await store.consent(of: "id-ann", to: "app") == nil)
            #expect(try await store.grant("g")?.ending == .accountRecovered)
            #expect(try await !store.isAlive(held))
            #expect(try await store.mailProof(link: digest("link recovery"), for: .recovery, at: start) == nil)
            #expect(try await store.mailProof(link: digest("link freshness"), for: .freshness, at: start) == nil)
        }
    }

    @Test(
        "SE6, ML4: no proof helps a disabled account, a proven one, a changed address, or somebody else's account",
        arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await unproven("off", status: .disabled, in: store)
            try await unproven("done", isVerified: true, in: store)
            try await unproven("moved", in: store)
            try await unproven("bob", in: store)
            for name in ["off", "done"] {
                try await begin(proof(name, for: .verification, of: "id-\(name)", address: name), name, in: store)
            }
            try await begin(proof("moved", for: .verification, of: "id-moved", address: "old"), "moved", in: store)
            let entries = [
                try entry("off", id: "id-off", address: "off"), try entry("done", id: "id-done", address: "done"),
                try entry("moved", id: "id-moved", address: "old"),
                // The link of another account.
                try entry("moved", id: "id-bob", address: "bob"), try entry("off", id: "id-bob", address: "bob"),
            ]
            for entry in entries {
                #expect(try await !store.verify(entry, at: start), "\(entry.account.id)")
                #expect(try await !store.claim(entry, at: start), "\(entry.account.id)")
            }
            for name in ["off", "done", "moved", "bob"] {
                #expect(try await store.account(id: "id-\(name)")?.passwordHash == "squatted")
                #expect(try await store.sessions(of: "id-\(name)", at: start).isEmpty)
            }
            #expect(try await store.account(id: "id-bob")?.isEmailVerified == false)
        }
    }

    @Test("OP1: where the mail cannot be written nothing is", arguments: StoreKind.allCases)
    func together(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await begin(proof("a"), "a", in: store)
            await #expect(throws: StorageError.self) {
                try await store.signUp(entry("a", letter: "proof a"), at: start)
            }
            #expect(try await store.account(canonicalEmail: "ann@example.org") == nil)
            #expect(try await store.mailProof(link: digest("link a"), for: .signUp, at: start) != nil)
            #expect(try await store.signUp(entry("a"), at: start))
        }
    }

    @Test("ML9: a draft that nobody proved is swept away when it ends", arguments: StoreKind.allCases)
    func swept(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await begin(proof("a"), "a", in: store)
            _ = try await store.sweep(at: start + 599, limit: 100)
            #expect(try await store.mailProof(link: digest("link a"), for: .signUp, at: start) != nil)
            _ = try await store.sweep(at: start + 600, limit: 100)
            #expect(try await store.mailProof(link: digest("link a"), for: .signUp, at: start) == nil)
        }
    }
}
