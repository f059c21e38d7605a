import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: connecting an identity to one's account")
struct UpstreamLinkTests {
    private typealias Story = UpstreamStory

    private func entry(
        _ identity: UpstreamIdentity, _ name: String = "ann", in session: Session, letter: String? = "told"
    ) throws -> UpstreamEntry {
        try Story.entry(
            identity, account(name), by: .linked(session: session.secret), letters: letter.map { [news($0)] } ?? [])
    }

    @Test(
        "SO8, B027: connected in a session that was proven just now, which stays as it is; a second time changes nothing",
        arguments: StoreKind.allCases)
    func linked(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let session = try await store.signIn("ann")
            try await store.keep(Story.pending(Story.identity()))
            // Its address is nobody's business: it is somebody else's, or not proven.
            let identity = try Story.identity(email: "else@example.com", isProven: false)
            #expect(try await store.enter(entry(identity, in: session), at: start + 300) == .done)
            let linked = LinkedIdentity(
                key: identity.key, accountID: "id-ann", label: "label of 1", linkedAt: start + 300, lastUsedAt: nil)
            #expect(try await store.identities(of: "id-ann") == [linked])
            #expect(try await store.sessions(of: "id-ann", at: start) == [session])
            #expect(try await store.signInMethods(of: "id-ann").map(\.method) == ["otp", "pwd"])
            #expect(try await store.account(id: "id-ann")?.email.typed == "ann@Example.org")
            #expect(try await store.pendingIdentity(of: digest("asking"), at: start) == nil)
            #expect(try await store.upstreamTraces()["outbox"] == 1)
            let again = try entry(identity, in: session, letter: "told twice")
            #expect(try await store.enter(again, at: start + 300) == .done)
            #expect(try await store.identities(of: "id-ann") == [linked])
            #expect(try await store.upstreamTraces()["outbox"] == 1)
        }
    }

    @Test("Two of one provider may be connected, in the order of connection", arguments: StoreKind.allCases)
    func several(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let session = try await store.signIn("ann")
            for (number, subject) in ["z", "a", "m"].enumerated() {
                let identity = try Story.identity(subject)
                let linking = try entry(identity, in: session, letter: nil)
                #expect(try await store.enter(linking, at: start + Int64(number)) == .done)
            }
            #expect(try await store.identities(of: "id-ann").map(\.key.subject) == ["z", "a", "m"])
        }
    }

    @Test(
        "SO8, SE6: not in a session that has ended, is another's, was proven long ago, or only vouched for by staff",
        arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let (ann, bob) = (try await store.signIn("ann"), try await store.signIn("bob", session: "s2"))
            let vouched = Story.session("vouched", methods: [FreshAuthentication.vouched])
            try await store.open(vouched, replacing: nil, for: nil, at: start)
            let identity = try Story.identity()
            try await store.refuses(entry(identity, in: bob), "another's session")
            try await store.refuses(entry(identity, "bob", in: ann), "another's session")
            try await store.refuses(entry(identity, in: vouched), "B015")
            try await store.refuses(entry(identity, in: session("unknown")))
            try await store.refuses(entry(identity, in: ann), "no longer fresh", at: start + 301)
            #expect(try await store.end(sessionID: "s1", of: "id-ann", at: start))
            try await store.refuses(entry(identity, in: ann), "it has ended")
            _ = try await store.setStatus(.disabled, of: "id-bob", at: start)
            try await store.refuses(entry(identity, "bob", in: bob), "SO10")
        }
    }

    @Test(
        "B034, SO8: what is in use elsewhere stays there, and nothing changes on either side",
        arguments: StoreKind.allCases)
    func elsewhere(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let session = try await store.signIn("ann")
            #expect(try await store.create(account("bob")))
            let identity = try Story.identity()
            try await store.connect(identity, to: "id-bob")
            try await store.keep(Story.pending(identity))
            let before = try await store.identities(of: "id-bob")
            try await store.refuses(entry(identity, in: session), with: .ownedElsewhere)
            #expect(try await store.identities(of: "id-bob") == before)
        }
    }

    @Test(
        "B104: a way back that is taken takes away what an intruder has connected", arguments: StoreKind.allCases)
    func undone(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let session = try await store.signIn("ann")
            try await store.begin(
                Story.proof("new", of: "id-ann", for: .addressChange, address: "thief@example.com"))
            let undo = AddressUndo(
                link: digest("undo"), accountID: "id-ann", address: try account("ann").email, createdAt: start,
                expiresAt: start + day)
            let change = AddressSwitch(
                spending: digest("link new"), from: try account("ann").email,
                to: try #require(EmailAddress("thief@example.com")), keeping: kept(session), endsOthers: false,
                undo: undo)
            #expect(
                try await store.changeAddress(change, mailing: news("changed"), at: start)
                    == .changed(sessionsEnded: 0))
            try await store.connect(Story.identity(), to: "id-ann")
            try await store.expect("google", "thief@example.com", for: "id-ann")
            _ = try await store.undoAddressChange(link: digest("undo"), mailing: news("undone"), at: start)
            #expect(try await store.identities(of: "id-ann").isEmpty)
            #expect(try await store.expectedOwner(provider: "google", canonicalEmail: "thief@example.com") == nil)
        }
    }

    @Test("B124, B117: with the account its identities go, and are free again", arguments: StoreKind.allCases)
    func purged(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let session = try await store.signIn("ann")
            try await store.plant(in: session)
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            #expect(try await store.identities(of: "id-ann").count == 1, "its person may come back")
            #expect(try await store.purge("id-ann", deletedUntil: start))
            #expect(try await store.identity(Story.identity("planted").key) == nil)
            #expect(try await store.expectedOwner(provider: "google", canonicalEmail: "planted@example.org") == nil)
            let taking = try await store.take(
                state: digest("planted"), provider: "github", browser: digest("asking"), at: start)
            #expect(taking == .refused(.unknown))
        }
    }

    @Test(
        "SO8: what follows from an identity that waits is written while it waits in this browser, and for its address alone",
        arguments: StoreKind.allCases)
    func waiting(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let session = try await store.signIn("ann")
            let bobs = try await store.signIn("bob", session: "bobs")
            let identity = try Story.identity()
            var asked = try entry(identity, in: session)
            asked.followsWaiting = true
            #expect(try await store.enter(asked, at: start) == .overtaken, "nothing waits")
            try await store.keep(Story.pending(Story.identity("2")))
            #expect(try await store.enter(asked, at: start) == .overtaken, "somebody else waits")
            try await store.keep(Story.pending(identity, browser: "another"))
            #expect(try await store.enter(asked, at: start) == .overtaken, "it waits in another browser")
            try await store.keep(Story.pending(identity, at: start + -PendingIdentity.lifetime))
            #expect(try await store.enter(asked, at: start) == .overtaken, "it has waited too long")
            try await store.keep(Story.pending(identity))
            var others = try entry(identity, "bob", in: bobs)
            others.followsWaiting = true
            #expect(try await store.enter(others, at: start) == .overtaken, "its address is another account's")
            #expect(try await store.identity(identity.key) == nil)
            #expect(try await store.enter(asked, at: start) == .done)
        }
    }
}
