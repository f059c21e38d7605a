import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: the first proof of a mailbox, by a link to sign in with (ML9)")
struct FirstProofByLinkTests {
    private typealias Story = MagicLinkStory

    private func letters(_ store: Store) async throws -> [String] {
        try await store.database.read { connection in
            try connection.rows("SELECT kind FROM outbox ORDER BY kind", []).map { try $0.text(0) }
        }
    }

    /// An account as whoever made it for somebody else's address left it.
    private func squat(_ store: Store) async throws -> Grant {
        #expect(try await store.create(Story.unproven()))
        try await store.open(session("squatter"), replacing: nil, for: nil, at: start)
        try await store.remember(browser: digest("squatter's"), of: "id-ann", at: start)
        let held = grant("g", from: session("squatter"), isOffline: true)
        try await store.issue(held)
        for decision in [Preferences.Decision.magicLinks(true), .signInNotices(.none)] {
            #expect(try await store.decide(decision, of: "id-ann", mailing: []))
        }
        try await store.remember(
            Consent(subject: "id-ann", clientID: "app", scopes: ["openid"], resources: [], grantedAt: start))
        for purpose in [MailProof.Purpose.verification, .recovery] {
            try await store.begin(Story.proof("\(purpose)", for: purpose, browser: "squatter's"))
        }
        return held
    }

    @Test(
        "ML9: what was set up before is gone, a password too; that links are on stays",
        arguments: StoreKind.allCases)
    func claimed(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let held = try await squat(store)
            try await store.begin(Story.proof("a"))
            let entry = try Story.entry("a", gate: .people(.optIn), welcome: news("welcome", of: .welcome))
            #expect(try await store.signIn(entry, at: start) == .opened)
            let ann = try #require(try await store.account(id: "id-ann"))
            #expect(ann.isEmailVerified && ann.passwordHash == nil)
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["by a"])
            #expect(try await store.preferences(of: "id-ann") == Preferences(magicLinks: true))
            #expect(try await store.signInMethods(of: "id-ann").map(\.method) == ["email"])
            #expect(try await store.consents(of: "id-ann").isEmpty)
            #expect(try await store.knownBrowsers(of: "id-ann").map(\.browser) == [digest("asking")])
            #expect(try await store.grant("g")?.ending == .accountRecovered)
            #expect(try await !store.isAlive(held))
            for purpose in [MailProof.Purpose.verification, .recovery] {
                let link = digest("link \(purpose)")
                #expect(try await store.mailProof(link: link, for: purpose, at: start) == nil, "\(purpose)")
            }
            #expect(try await letters(store) == ["welcome"])
        }
    }

    @Test("ML9: nothing of it at the second proof, and the welcome comes once", arguments: StoreKind.allCases)
    func secondTime(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(Story.unproven()))
            for name in ["a", "b"] {
                try await store.begin(Story.proof(name))
                let entry = try Story.entry(name, welcome: news("welcome \(name)", of: .welcome))
                #expect(try await store.signIn(entry, at: start) == .opened)
                guard name == "a" else { continue }
                #expect(try await store.replacePasswordHash(of: "id-ann", from: nil, to: "own", at: start))
                #expect(try await store.decide(.signInNotices(.all), of: "id-ann", mailing: []))
            }
            #expect(try await store.account(id: "id-ann")?.passwordHash == "own")
            #expect(try await store.preferences(of: "id-ann") == Preferences(signInNotices: .all))
            #expect(try await store.sessions(of: "id-ann", at: start).count == 2)
            #expect(try await letters(store) == ["welcome"])
        }
    }

    @Test("ML9: where links are not for the person nothing is proven or forgotten", arguments: StoreKind.allCases)
    func gate(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let held = try await squat(store)
            try await store.begin(Story.proof("a"))
            let before = try await store.traces()
            for gate in [MagicLinkPeople.roles(["Reporter"]), .roles([])] {
                let entry = try Story.entry("a", gate: .people(gate), welcome: news("welcome", of: .welcome))
                #expect(try await store.signIn(entry, at: start) == .gate)
            }
            let ann = try #require(try await store.account(id: "id-ann"))
            #expect(!ann.isEmailVerified && ann.passwordHash == "squatted")
            #expect(try await store.traces() == before)
            #expect(try await store.isAlive(held))
        }
    }

    @Test("B015: whoever brings a link of staff has proven no mailbox", arguments: StoreKind.allCases)
    func ofStaff(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(Story.unproven()))
            try await store.begin(Story.proof("a", for: .staffLink))
            let entry = try Story.entry("a", for: .staffLink, gate: .nobodyAdministering)
            #expect(!entry.provesMailbox)
            #expect(try await store.signIn(entry, at: start) == .opened)
            let ann = try #require(try await store.account(id: "id-ann"))
            #expect(!ann.isEmailVerified && ann.passwordHash == "squatted")
            #expect(try await letters(store).isEmpty)
        }
    }

    @Test(
        "OP1: where the welcome cannot be written nothing is, and the link still works", arguments: StoreKind.allCases)
    func together(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let held = try await squat(store)
            try await store.begin(Story.proof("a"), with: .init(letters: [news("same")]), at: start)
            let before = try await store.traces()
            let entry = try Story.entry("a", welcome: news("same", of: .welcome))
            await #expect(throws: StorageError.self) { _ = try await store.signIn(entry, at: start) }
            #expect(try await store.traces() == before)
            #expect(try await store.account(id: "id-ann")?.passwordHash == "squatted")
            #expect(try await store.isAlive(held))
            #expect(try await store.opens(Story.entry("a", welcome: news("other", of: .welcome))))
        }
    }
}
