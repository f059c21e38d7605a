import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: what a new password or address ends elsewhere")
struct OtherAccessTests {
    static let changes = ["password", "address"]

    /// Ann on two browsers, with an app of each kind on both, and Bob.
    private struct Scene {
        let kept: [Grant]
        let others: [Grant]
        let foreign: Grant

        init(_ store: Store) async throws {
            try await store.signIn("ann")
            let elsewhere = OtherAccessTests.other("s2")
            #expect(try await store.open(elsewhere, replacing: nil, for: nil, at: start))
            try await store.signIn("bob", session: "bobs")
            kept = [grant("on"), grant("off", isOffline: true)]
            others = [grant("on2", from: elsewhere), grant("off2", from: elsewhere, isOffline: true)]
            foreign = grant("bob", from: session("bobs", of: "id-bob"), isOffline: true)
            for grant in kept + others + [foreign] { try await store.issue(grant) }
            for subject in ["id-ann", "id-bob"] {
                try await store.remember(browser: digest("thief"), of: subject, at: start)
            }
        }

        func alive(_ store: Store) async throws -> [Bool] {
            var alive: [Bool] = []
            for grant in kept + others + [foreign] { alive.append(try await store.isAlive(grant)) }
            return alive
        }
    }

    private static func other(_ id: String) -> Session {
        let like = session(id)
        return Session(
            secret: like.secret, id: id, subject: like.subject, browser: digest("elsewhere"),
            authenticatedAt: like.authenticatedAt, methods: like.methods, level: like.level, createdAt: like.createdAt,
            lastSeenAt: like.lastSeenAt, idleUntil: like.idleUntil, expiresAt: like.expiresAt, device: like.device,
            address: like.address)
    }

    private func change(
        _ what: String, in store: Store, from old: String? = nil, keeping id: String = "s1", endsOthers: Bool = true
    ) async throws -> Int? {
        guard what == "address" else {
            let change = PasswordReplacement(
                from: old ?? "hash-ann", to: "new", keeping: kept(session(id)), endsOthers: endsOthers)
            return try await store.changePassword(change, mailing: news("told"), at: start)
        }
        let (before, after) = (
            try #require(EmailAddress(old ?? "ann@example.org")), try #require(EmailAddress("new@example.org"))
        )
        let proof = MailProof(
            link: digest("link from \(before)"), code: digest("code"), purpose: .addressChange, accountID: "id-ann",
            address: after,
            browser: digest("asking"), createdAt: start, expiresAt: start + 600)
        try await store.begin(proof, with: .init(letters: [], undo: nil), at: start)
        let undo = AddressUndo(
            link: digest("undo"), accountID: "id-ann", address: before, createdAt: start, expiresAt: start + day)
        let change = AddressSwitch(
            spending: proof.link, from: before, to: after, keeping: kept(session(id)), endsOthers: endsOthers,
            undo: undo)
        guard case .changed(let ended) = try await store.changeAddress(change, mailing: news("told"), at: start) else {
            return nil
        }
        return ended
    }

    @Test(
        "B024, PW11: with others ended, what apps hold from elsewhere is dead, offline too, and other browsers strangers",
        arguments: StoreKind.allCases, changes)
    func ended(kind: StoreKind, what: String) async throws {
        try await kind.withStore { store in
            let scene = try await Scene(store)
            #expect(try await change(what, in: store) == 1)
            #expect(try await scene.alive(store) == [true, true, false, false, true])
            #expect(try await store.grant("off2")?.ending == .credentialsChanged)
            #expect(try await store.isKnown(browser: session("s1").browser, of: "id-ann"))
            for browser in ["elsewhere", "thief"] {
                #expect(try await !store.isKnown(browser: digest(browser), of: "id-ann"), "\(browser)")
            }
            #expect(try await store.isKnown(browser: digest("thief"), of: "id-bob"))
        }
    }

    @Test(
        "B024: unticked, or refused, nothing of it ends", arguments: StoreKind.allCases, changes)
    func untouched(kind: StoreKind, what: String) async throws {
        try await kind.withStore { store in
            let scene = try await Scene(store)
            #expect(try await change(what, in: store, from: "other@example.org") == nil)
            #expect(try await scene.alive(store).allSatisfy { $0 })
            #expect(try await store.isKnown(browser: digest("thief"), of: "id-ann"))
            #expect(try await change(what, in: store, endsOthers: false) == 0)
            #expect(try await scene.alive(store).allSatisfy { $0 })
            #expect(try await store.isKnown(browser: digest("thief"), of: "id-ann"))
        }
    }

    @Test(
        "B024, SE2: a session that has ended meanwhile, or is somebody else's, changes nothing",
        arguments: StoreKind.allCases, ["gone", "bobs"])
    func keepingNothing(kind: StoreKind, id: String) async throws {
        try await kind.withStore { store in
            let scene = try await Scene(store)
            for what in Self.changes { #expect(try await change(what, in: store, keeping: id) == nil) }
            #expect(try await scene.alive(store).allSatisfy { $0 })
            #expect(try await store.account(id: "id-ann")?.passwordHash == "hash-ann")
            #expect(try await store.isKnown(browser: digest("thief"), of: "id-ann"))
            #expect(try await store.sessions(of: "id-ann", at: start).count == 2)
            #expect(try await store.sessions(of: "id-bob", at: start).count == 1)
        }
    }
}
