import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: whoever comes back from a provider to an account that is there")
struct UpstreamEntryTests {
    private typealias Story = UpstreamStory

    @Test(
        "SO1, B043: a known identity opens a session, whatever its provider says of addresses today",
        arguments: StoreKind.allCases)
    func known(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            #expect(try await store.create(account("bob")))
            try await store.connect(Story.identity(), to: "id-ann", tokens: [1])
            try await store.begin(MagicLinkStory.proof("waits"))
            try await store.keep(Story.pending(try Story.identity("2")))
            var renamed = try Story.identity(email: "bob@example.org")
            renamed.label = "renamed"
            let entry = try Story.entry(renamed, account("ann"), by: .known, at: start + 5)
            #expect(try await store.enter(entry, at: start + 5) == .done)
            let identities = try await store.identities(of: "id-ann")
            #expect(
                identities == [
                    LinkedIdentity(
                        key: renamed.key, accountID: "id-ann", label: "renamed", linkedAt: start, lastUsedAt: start + 5)
                ])
            #expect(try await store.sessions(of: "id-ann", at: start + 5).map(\.methods) == [["github"]])
            #expect(try await store.signInMethods(of: "id-ann").map(\.method) == ["github"])
            #expect(try await store.isKnown(browser: digest("asking"), of: "id-ann"))
            #expect(try await store.mailProof(link: digest("link waits"), for: .magicLink, at: start) == nil, "ML4")
            #expect(try await store.pendingIdentity(of: digest("asking"), at: start) == nil)
            #expect(try await store.account(id: "id-ann")?.email.canonical == "ann@example.org")
            #expect(try await store.identities(of: "id-bob").isEmpty)
            let tokens = try await store.database.read {
                try $0.rows("SELECT tokens FROM upstream_identities WHERE tokens IS NOT NULL", [])
            }
            #expect(tokens.isEmpty, "SO11: what is kept no longer goes")
        }
    }

    @Test("SO1, SO10: nobody is let in who is not the one, not active, or not proven", arguments: StoreKind.allCases)
    func unknown(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
            #expect(try await store.create(account("off", status: .disabled)))
            #expect(try await store.create(MagicLinkStory.unproven("new")))
            try await store.connect(Story.identity("1"), to: "id-ann")
            for (number, name) in ["off", "new"].enumerated() {
                try await store.connect(Story.identity("\(10 + number)"), to: "id-\(name)")
            }
            let (ann, bob) = (try account("ann"), try account("bob"))
            // Of the same address, and of the same subject elsewhere or written otherwise: all somebody else.
            for stranger in [
                try Story.identity("2"), try Story.identity("1", at: "google"), try Story.identity("01"),
                try Story.identity("1 "), try Story.identity("１"),
            ] {
                try await store.refuses(Story.entry(stranger, ann, by: .known), "\(stranger.key.subject)")
            }
            try await store.refuses(Story.entry(Story.identity("1"), bob, by: .known), with: .ownedElsewhere)
            try await store.refuses(Story.entry(Story.identity("10"), account("off"), by: .known))
            try await store.refuses(Story.entry(Story.identity("11"), account("new"), by: .known))
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            try await store.refuses(Story.entry(Story.identity("1"), ann, by: .known))
        }
    }

    @Test("SO1: subjects are compared byte by byte, however they look", arguments: StoreKind.allCases)
    func bytes(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            let subjects = ["Case", "case", "\u{E9}", "e\u{301}", "K", "\u{212A}"]
            for subject in subjects { try await store.connect(Story.identity(subject), to: "id-ann") }
            #expect(try await store.identities(of: "id-ann").count == subjects.count)
            let found = try #require(try await store.identity(Story.identity("e\u{301}").key))
            #expect(Array(found.key.subject.utf8) == Array("e\u{301}".utf8))
            #expect(try await store.identity(Story.identity("CASE").key) == nil)
        }
    }

    @Test(
        "SO1, B045: an address that an import left is bound to its subject once, and counts no more",
        arguments: StoreKind.allCases)
    func expected(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            try await store.expect("google", "work@example.com", for: "id-ann")
            let person = try Story.identity("sub-1", at: "google", email: "Work@Example.com")
            let ann = try account("ann")
            #expect(try await store.expectedOwner(provider: "google", canonicalEmail: "work@example.com") == ann.id)
            #expect(try await store.enter(Story.entry(person, ann, by: .expected), at: start) == .done)
            #expect(try await store.expectedOwner(provider: "google", canonicalEmail: "work@example.com") == nil)
            #expect(try await store.identity(person.key)?.accountID == ann.id)
            #expect(try await store.sessions(of: ann.id, at: start).count == 1)
            let other = try Story.identity("sub-2", at: "google", email: "work@example.com")
            try await store.refuses(Story.entry(other, ann, by: .expected, session: "second"))
            try await store.refuses(Story.entry(person, ann, by: .expected, session: "second"))
        }
    }

    @Test("SO1, SO3: an expected address that nobody has proven binds nothing", arguments: StoreKind.allCases)
    func unexpected(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
            #expect(try await store.create(account("off", status: .disabled)))
            #expect(try await store.create(MagicLinkStory.unproven("new")))
            for name in ["ann", "off", "new"] {
                try await store.expect("google", "\(name)@x.example", for: "id-\(name)")
            }
            func refuses(
                _ name: String, _ address: String?, isProven: Bool = true, at provider: String = "google"
            ) async throws {
                let person = try Story.identity("9", at: provider, email: address, isProven: isProven)
                try await store.refuses(Story.entry(person, account(name), by: .expected), "\(name)")
            }
            try await refuses("ann", "ann@x.example", isProven: false)
            try await refuses("ann", nil)
            try await refuses("ann", "ann@example.org")
            try await refuses("ann", "ann@x.example", at: "github")
            try await refuses("bob", "ann@x.example")
            try await refuses("off", "off@x.example")
            try await refuses("new", "new@x.example")
        }
    }

    @Test(
        "SO2, B094: the address that both sides have proven connects, where that is so in this moment",
        arguments: StoreKind.allCases)
    func byAddress(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            try await store.expect("github", "ann@example.org", for: "id-ann")
            try await store.keep(Story.pending(try Story.identity()))
            let entry = try Story.entry(
                Story.identity(email: "Ann@EXAMPLE.org"), account("ann"), by: .linkedByAddress, tokens: [9, 9],
                letters: [news("told")])
            #expect(try await store.enter(entry, at: start) == .done)
            #expect(try await store.identity(entry.identity.key)?.lastUsedAt == start)
            #expect(try await store.account(id: "id-ann")?.passwordHash == "hash-ann")
            let traces = try await store.upstreamTraces()
            #expect(traces["outbox"] == 1 && traces["sessions"] == 1 && traces["pending_identities"] == 0)
            #expect(traces["expected_identities"] == 0, "the next subject of that address is somebody else")
            let tokens = try await store.database.read {
                try $0.rows("SELECT tokens FROM upstream_identities", []).map { try $0.bytes(0) }
            }
            #expect(tokens == [[9, 9]])
        }
    }

    @Test("SO2, SO10: no address connects that only one side has proven", arguments: StoreKind.allCases)
    func notByAddress(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
            #expect(try await store.create(account("off", status: .disabled)))
            #expect(try await store.create(MagicLinkStory.unproven("new")))
            try await store.connect(Story.identity("of bob"), to: "id-bob")
            func entry(
                _ name: String, _ address: String?, isProven: Bool = true, _ subject: String = "9"
            ) throws -> UpstreamEntry {
                try Story.entry(
                    Story.identity(subject, email: address, isProven: isProven), account(name), by: .linkedByAddress,
                    letters: [news("told \(name)")])
            }
            try await store.refuses(entry("ann", "ann@example.org", isProven: false))
            try await store.refuses(entry("ann", nil))
            try await store.refuses(entry("ann", "bob@example.org"))
            try await store.refuses(entry("off", "off@example.org"))
            try await store.refuses(entry("new", "new@example.org"))
            try await store.refuses(entry("gone", "gone@example.org"))
            try await store.refuses(entry("ann", "ann@example.org", "of bob"), with: .ownedElsewhere)
            _ = try await store.database.write { connection in
                try connection.execute(
                    "UPDATE accounts SET canonical_email = 'moved@example.org' WHERE id = 'id-ann'", [])
            }
            try await store.refuses(entry("ann", "ann@example.org"), "its address is another by now")
        }
    }
}
