import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: a way to sign in that is given up")
struct IdentityRemovalTests {
    private typealias Story = UpstreamStory

    private func removal(
        _ subject: String = "1", at provider: String = "github", of accountID: String = "id-ann",
        session: Session = session("s1"), passwords: Bool = true, links: MagicLinkPeople? = nil,
        providers: [String] = ["github", "google"], letter: String = "told"
    ) -> IdentityRemoval {
        IdentityRemoval(
            key: UpstreamIdentity.Key(provider: provider, subject: subject), accountID: accountID,
            session: session.secret, takesPasswords: passwords, links: links, providers: providers, letter: news(letter)
        )
    }

    private func refuses(
        _ removal: IdentityRemoval, with outcome: IdentityRemoval.Outcome, in store: Store, at now: Instant = start,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await store.upstreamTraces()
        #expect(try await store.remove(removal, at: now) == outcome, sourceLocation: sourceLocation)
        #expect(try await store.upstreamTraces() == before, sourceLocation: sourceLocation)
    }

    @Test(
        "SO8, B094: with the identity everything goes that it had led to; those beside it stay",
        arguments: StoreKind.allCases)
    func removed(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let session = try await store.signIn("ann")
            for subject in ["1", "2"] { try await store.connect(Story.identity(subject), to: "id-ann") }
            try await store.open(Story.session("by github"), replacing: nil, for: nil, at: start)
            for browser in ["b1", "b2"] {
                try await store.keep(Story.pending(Story.identity(), browser: browser))
            }
            try await store.keep(Story.pending(Story.identity("2"), browser: "b3"))
            for provider in ["github", "google"] { try await store.expect(provider, "a@x.example", for: "id-ann") }
            #expect(try await store.remove(removal(), at: start) == .removed)
            #expect(try await store.identities(of: "id-ann").map(\.key.subject) == ["2"])
            for (browser, waits) in [("b1", false), ("b2", false), ("b3", true)] {
                #expect(try await (store.pendingIdentity(of: digest(browser), at: start) != nil) == waits)
            }
            #expect(try await store.expectedOwner(provider: "github", canonicalEmail: "a@x.example") == nil)
            #expect(try await store.expectedOwner(provider: "google", canonicalEmail: "a@x.example") == "id-ann")
            #expect(try await store.signInMethods(of: "id-ann").map(\.method).contains("github"))
            #expect(try await store.upstreamTraces()["outbox"] == 1)
            #expect(try await store.sessions(of: "id-ann", at: start).contains(session))
            #expect(try await store.remove(removal("2", letter: "told 2"), at: start) == .removed)
            #expect(try await !store.signInMethods(of: "id-ann").map(\.method).contains("github"))
            try await refuses(removal("2", letter: "told 3"), with: .absent, in: store)
        }
    }

    @Test("SE6, SO8: only one's own, and only in a session that lives", arguments: StoreKind.allCases)
    func absent(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let ann = try await store.signIn("ann")
            let bob = try await store.signIn("bob", session: "s2")
            for (subject, name) in [("1", "ann"), ("2", "bob")] {
                try await store.connect(Story.identity(subject), to: "id-\(name)")
            }
            try await refuses(removal("2"), with: .absent, in: store)
            try await refuses(removal("2", of: "id-bob"), with: .absent, in: store)
            try await refuses(removal("1", session: bob), with: .absent, in: store)
            try await refuses(removal("1", session: session("unknown")), with: .absent, in: store)
            try await refuses(removal("1", at: "google"), with: .absent, in: store)
            try await refuses(removal("1"), with: .absent, in: store, at: start + hour)
            #expect(try await store.end(sessionID: ann.id, of: "id-ann", at: start))
            try await refuses(removal("1"), with: .absent, in: store)
            _ = try await store.setStatus(.disabled, of: "id-bob", at: start)
            try await refuses(removal("2", of: "id-bob", session: bob), with: .absent, in: store)
        }
    }

    /// What somebody has beside the identity, and what is taken here. One case each.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        var hasPassword = false
        var passwords = true
        var other: String?
        var providers = ["github", "google"]
        var links: MagicLinkPeople?
        var hasLinks = false
        var isLast = true

        static let all = [
            Case(description: "nothing"),
            Case(description: "a password", hasPassword: true, isLast: false),
            Case(description: "a password that is not taken", hasPassword: true, passwords: false),
            Case(description: "another provider", other: "google", isLast: false),
            Case(description: "another at the same provider", other: "github", isLast: false),
            Case(description: "a provider that is off", other: "discord"),
            Case(description: "a provider, none of which is on", other: "google", providers: []),
            Case(description: "links for anybody", links: .anybody, isLast: false),
            Case(description: "links switched on", links: .optIn, hasLinks: true, isLast: false),
            Case(description: "links not switched on", links: .optIn),
            Case(description: "links switched on that nobody makes", hasLinks: true),
            Case(description: "links for a role held", links: .roles(["Reader", "Judge"]), isLast: false),
            Case(description: "links for a role not held", links: .roles(["Writer"]), hasLinks: true),
            Case(description: "links for no role", links: .roles([]), hasLinks: true),
        ]
    }

    @Test("B137: the last way in cannot be given up", arguments: StoreKind.allCases, Case.all)
    func last(kind: StoreKind, story: Case) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann", roles: [Role("Reader", context: "somewhere")])))
            let session = try await store.signIn("ann")
            if !story.hasPassword {
                _ = try await store.database.write { connection in
                    try connection.execute("UPDATE accounts SET password_hash = NULL", [])
                }
            }
            try await store.connect(Story.identity(), to: "id-ann")
            if let other = story.other { try await store.connect(Story.identity("2", at: other), to: "id-ann") }
            if story.hasLinks { #expect(try await store.decide(.magicLinks(true), of: "id-ann", mailing: [])) }
            // What an import expects is no way in until it has come.
            try await store.expect("google", "ann@example.org", for: "id-ann")
            let asked = removal(
                session: session, passwords: story.passwords, links: story.links, providers: story.providers)
            guard story.isLast else {
                #expect(try await store.remove(asked, at: start) == .removed)
                return
            }
            try await refuses(asked, with: .last, in: store)
        }
    }

    @Test("OP1: where the mail cannot be written the identity stays", arguments: StoreKind.allCases)
    func together(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await store.connect(Story.identity(), to: "id-ann")
            try await store.post([news("told")])
            await #expect(throws: StorageError.self) { _ = try await store.remove(removal(), at: start) }
            #expect(try await store.identities(of: "id-ann").count == 1)
            #expect(try await store.remove(removal(letter: "other"), at: start) == .removed)
        }
    }
}
