import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: signing in by a mailed link")
struct MagicLinkTests {
    private typealias Story = MagicLinkStory

    @Test(
        "ML1, B006, B007, SE2: the link is spent, a new session takes the old one's place, and the method is noted once",
        arguments: StoreKind.allCases)
    func opened(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let old = try await store.signIn("ann")
            try await store.keep(pending("p"))
            for (number, name) in ["a", "b"].enumerated() {
                let now = start + Int64(number) * hour / 2
                try await store.begin(Story.proof(name, at: now))
                let entry = try Story.entry(
                    name, replacing: number == 0 ? old : Story.session(by: "by a"), signingInFor: "p", at: now)
                #expect(try await store.signIn(entry, at: now) == .opened)
                #expect(try await store.sessions(of: "id-ann", at: now).map(\.id) == ["by \(name)"])
                #expect(try await store.mailProof(link: digest("link \(name)"), for: .magicLink, at: now) == nil)
                #expect(try await store.signIn(entry, at: now) == .dead)
            }
            #expect(try await store.session(old.secret, at: start) == nil)
            #expect(try await store.pending(digest("p"), at: start)?.facts.signedInSession == "by b")
            let uses = try await store.signInMethods(of: "id-ann").filter { $0.method == "email" }
            #expect(
                uses == [SignInMethodUse(method: "email", firstUsedAt: start, lastUsedAt: start + hour / 2)])
            #expect(try await store.isKnown(browser: digest("asking"), of: "id-ann"))
            #expect(try await store.account(id: "id-ann")?.passwordHash == "hash-ann")
        }
    }

    @Test(
        "B010, B047, ML1: good until the second before its end, and at its end no more",
        arguments: StoreKind.allCases, [-1, 0, 1] as [Int64])
    func lifetime(kind: StoreKind, after end: Int64) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            try await store.begin(Story.proof("a"))
            let (now, isGood) = (start + (600 + end), end < 0)
            #expect(try await store.opens(Story.entry("a", at: now), at: now) == isGood)
            let fate = try #require(try await store.fate(ofLink: digest("link a"), for: .magicLink))
            #expect(fate.isSpent == isGood && fate.endedAt == (isGood ? now : nil))
        }
    }

    @Test(
        "ML2, B141, SE6: a link is of its account, its address and nobody else, and what is refused spends nothing",
        arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
            #expect(try await store.create(account("off", status: .disabled)))
            try await store.begin(Story.proof("a"))
            try await store.begin(Story.proof("nobody", of: nil, browser: "1"))
            try await store.begin(Story.proof("moved", address: "before@example.org", browser: "2"))
            try await store.begin(
                Story.proof("off", of: "id-off", address: "off@example.org", browser: "3"))
            let bob = try account("bob")
            let before = try await store.traces()
            for entry in [
                try Story.entry("unknown"), try Story.entry("nobody"), try Story.entry("moved"),
                try Story.entry("a", as: bob), try Story.entry("off", as: account("off")), try Story.entry("off"),
                try Story.entry("a", as: elsewhere("id-ann")), try Story.entry("moved", as: elsewhere("id-ann")),
                try Story.entry("a", as: elsewhere("id-nobody")),
            ] {
                #expect(try await store.signIn(entry, at: start) == .dead, "\(entry.account.id)")
            }
            #expect(try await store.traces() == before)
            for name in ["a", "nobody", "moved", "off"] {
                #expect(try await store.mailProof(link: digest("link \(name)"), for: .magicLink, at: start) != nil)
            }
            #expect(try await store.opens(Story.entry("a")))
        }
    }

    /// An account as it was read before its address became another.
    private func elsewhere(_ id: String) throws -> Account {
        Account(
            id: id, email: try #require(EmailAddress("before@example.org")), isEmailVerified: true, profile: Profile(),
            passwordHash: nil, createdAt: start, updatedAt: start)
    }

    @Test("B004: of a link that is dead it is known what became of it, and of no other", arguments: StoreKind.allCases)
    func fates(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            #expect(try await store.fate(spentBy: digest("asking"), for: .magicLink) == nil)
            for (number, name) in ["a", "b", "c", "d"].enumerated() {
                let now = start + Int64(number)
                try await store.begin(Story.proof(name, at: now))
                if name == "b" || name == "c" {
                    #expect(try await store.opens(Story.entry(name, at: now), at: now))
                }
            }
            func fate(_ name: String, _ purpose: MailProof.Purpose = .magicLink) async throws -> MailProofFate? {
                try await store.fate(ofLink: digest("link \(name)"), for: purpose)
            }
            func ended(_ time: Instant?, spent: Bool) -> MailProofFate {
                MailProofFate(browser: digest("asking"), accountID: "id-ann", endedAt: time, isSpent: spent)
            }
            #expect(try await fate("a") == ended(start + 1, spent: false), "superseded")
            #expect(try await fate("b") == ended(start + 1, spent: true))
            #expect(try await fate("d") == ended(nil, spent: false))
            #expect(try await fate("unknown") == nil)
            for purpose in MailProof.Purpose.allCases where purpose != .magicLink {
                #expect(try await fate("b", purpose) == nil, "\(purpose)")
            }
            let latest = try await store.fate(spentBy: digest("asking"), for: .magicLink)
            #expect(latest == ended(start + 2, spent: true))
            #expect(try await store.fate(spentBy: digest("other"), for: .magicLink) == nil)
        }
    }

    @Test("B088, B009: for somebody who left, a link is spent without a session, once", arguments: StoreKind.allCases)
    func spent(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            for name in ["a", "late"] { try await store.begin(Story.proof(name, browser: name)) }
            #expect(try await store.signIn(Story.entry("a"), at: start) == .dead, "a deleted account opens nothing")
            #expect(try await !store.spend(link: digest("link late"), for: .magicLink, at: start + 600))
            #expect(try await !store.spend(link: digest("link a"), for: .staffLink, at: start))
            #expect(try await store.spend(link: digest("link a"), for: .magicLink, at: start + 599))
            #expect(try await !store.spend(link: digest("link a"), for: .magicLink, at: start + 599))
            #expect(try await store.account(id: "id-ann")?.deletion != nil)
            #expect(try await store.sessions(of: "id-ann", at: start + 599).isEmpty)
        }
    }

    @Test("B091: a link is remembered for a day after its end, and then gone", arguments: StoreKind.allCases)
    func swept(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            for name in ["spent", "expired"] { try await store.begin(Story.proof(name, browser: name)) }
            try await store.begin(Story.proof("nobody", of: nil, browser: "nobody"))
            #expect(try await store.spend(link: digest("link spent"), for: .magicLink, at: start))
            for (time, isThere) in [(start + 600, true), (start + (599 + day), true), (start + (600 + day), false)] {
                _ = try await store.sweep(at: time, limit: 100)
                for name in ["spent", "expired", "nobody"] {
                    let fate = try await store.fate(ofLink: digest("link \(name)"), for: .magicLink)
                    #expect((fate != nil) == isThere, "\(name)")
                }
            }
            #expect(try await store.signIn(Story.entry("expired"), at: start) == .dead, "the clock was set back")
        }
    }
}
