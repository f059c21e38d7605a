import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: new accounts of people who come from a provider")
struct UpstreamNewTests {
    private typealias Story = UpstreamStory

    private func person(_ name: String, address: String? = nil, username: String? = nil) throws -> Account {
        Account(
            id: "id-\(name)", email: try #require(EmailAddress(address ?? "\(name)@example.org")),
            isEmailVerified: true,
            profile: Profile(name: name, preferredUsername: username), passwordHash: nil, createdAt: start,
            updatedAt: start)
    }

    private static let link = UpstreamEntry.Way.newByMail(link: digest("link a"))

    @Test(
        "B019, SE2: the account, its identity, its session and its mail come to be in one step",
        arguments: StoreKind.allCases, [false, true])
    func created(kind: StoreKind, byMail: Bool) async throws {
        try await kind.withStore { store async throws in
            if byMail { try await store.begin(Story.proof("a")) }
            try await store.begin(Story.proof("by sign-up", for: .signUp, browser: "other"))
            try await store.begin(Story.proof("of others", browser: "other"))
            let identity = try Story.identity(email: byMail ? nil : "Ann@example.org")
            try await store.keep(Story.pending(identity, need: .address))
            let entry = try Story.entry(
                identity, person("ann", username: "Swift"), by: byMail ? Self.link : .new,
                letters: [news("welcome", of: .welcome)])
            #expect(try await store.enter(entry, at: start) == .done)
            let ann = try #require(try await store.account(canonicalEmail: "ann@example.org"))
            #expect(ann.isEmailVerified && ann.passwordHash == nil && ann.profile.preferredUsername == "Swift")
            #expect(try await store.identities(of: "id-ann").map(\.key) == [identity.key])
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["by github"])
            #expect(try await store.knownBrowsers(of: "id-ann").map(\.browser) == [digest("asking")])
            #expect(try await store.signInMethods(of: "id-ann").map(\.method) == ["github"])
            let traces = try await store.upstreamTraces()
            #expect(traces["outbox"] == 1 && traces["pending_identities"] == 0)
            #expect(try await store.mailProof(link: digest("link of others"), for: .upstream, at: start) == nil)
            #expect(try await store.mailProof(link: digest("link by sign-up"), for: .signUp, at: start) == nil)
            if byMail {
                #expect(try await store.mailProof(link: digest("link a"), for: .upstream, at: start) == nil)
                try await store.refuses(Story.entry(Story.identity("2"), person("two"), by: Self.link), "it is spent")
            }
        }
    }

    @Test("A username that was taken meanwhile is left out, and the account is made", arguments: StoreKind.allCases)
    func usernameTaken(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for (name, username) in [("ann", "Swift"), ("bob", "sWIFT")] {
                let entry = try Story.entry(
                    Story.identity(name, email: "\(name)@example.org"), person(name, username: username), by: .new,
                    session: "by \(name)")
                #expect(try await store.enter(entry, at: start) == .done)
            }
            #expect(try await store.account(id: "id-bob")?.profile.preferredUsername == nil)
        }
    }

    @Test(
        "SO1, SO2, SO3: none comes to be for an address that is taken or unproven, or an identity that is somebody's",
        arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("bob")))
            #expect(try await store.create(account("off", status: .disabled)))
            #expect(try await store.create(MagicLinkStory.unproven("new")))
            try await store.connect(Story.identity("of bob"), to: "id-bob")
            func refuses(
                _ name: String, _ subject: String = "1", email: String?, isProven: Bool = true,
                with outcome: UpstreamEntry.Outcome = .overtaken
            ) async throws {
                let identity = try Story.identity(subject, email: email, isProven: isProven)
                let entry = try Story.entry(
                    identity, person("fresh", address: "\(name)@example.org"), by: .new, letters: [news("w")])
                try await store.refuses(entry, "\(name)", with: outcome)
            }
            for name in ["bob", "off", "new"] { try await refuses(name, email: "\(name)@example.org") }
            try await refuses("ann", email: "ann@example.org", isProven: false)
            try await refuses("ann", email: nil)
            try await refuses("ann", email: "bob@example.org")
            try await refuses("ann", "of bob", email: "ann@example.org", with: .ownedElsewhere)
        }
    }

    @Test(
        "SO8, JW4, B072: only a live letter for this, of this address and this browser, proves a mailbox",
        arguments: StoreKind.allCases)
    func proofs(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("bob")))
            for purpose in MailProof.Purpose.allCases where purpose != .upstream {
                try await store.begin(Story.proof(purpose.rawValue, for: purpose))
            }
            try await store.begin(Story.proof("elsewhere", browser: "other"))
            try await store.begin(Story.proof("for bob", of: "id-bob", browser: "bob's"))
            let identity = try Story.identity(email: nil)
            func refuses(_ link: String, _ name: String = "ann", at now: Instant = start) async throws {
                let way = UpstreamEntry.Way.newByMail(link: digest("link \(link)"))
                try await store.refuses(Story.entry(identity, person(name), by: way, at: now), "\(link)", at: now)
            }
            for purpose in MailProof.Purpose.allCases { try await refuses(purpose.rawValue) }
            for link in ["unknown", "elsewhere", "for bob"] { try await refuses(link) }
            try await store.begin(Story.proof("a"))
            try await refuses("a", "another")
            try await refuses("a", at: start + 600)
            #expect(try await store.mailProof(link: digest("link a"), for: .upstream, at: start) != nil)
            let entry = try Story.entry(identity, person("ann"), by: Self.link)
            #expect(try await store.enter(entry, at: start + 599) == .done)
        }
    }

    @Test("A second letter in one browser takes the first one's place", arguments: StoreKind.allCases)
    func superseded(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.begin(Story.proof("a", address: "typo@example.org"))
            try await store.begin(Story.proof("b", at: start + 1))
            #expect(try await store.mailProof(link: digest("link a"), for: .upstream, at: start) == nil)
            #expect(try await store.mailProof(link: digest("link b"), for: .upstream, at: start) != nil)
        }
    }

    @Test("OP1: where the mail cannot be written nothing is", arguments: StoreKind.allCases, [false, true])
    func together(kind: StoreKind, byMail: Bool) async throws {
        try await kind.withStore { store async throws in
            try await store.begin(Story.proof("a"), with: .init(letters: [news("same", about: nil)]), at: start)
            var entry = try Story.entry(
                Story.identity(), person("ann"), by: byMail ? Self.link : .new, letters: [news("same")])
            let before = try await store.upstreamTraces()
            await #expect(throws: StorageError.self) { _ = try await store.enter(entry, at: start) }
            #expect(try await store.upstreamTraces() == before)
            #expect(try await store.mailProof(link: digest("link a"), for: .upstream, at: start) != nil)
            entry.letters = []
            #expect(try await store.enter(entry, at: start) == .done)
        }
    }
}
