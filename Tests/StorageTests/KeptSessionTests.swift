import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: the session that asks for the end of others")
struct KeptSessionTests {
    /// The verbs that keep one. Each says whether it did what it was asked for.
    enum Verb: CaseIterable {
        case password
        case address
        case others

        func run(_ kept: KeptSession, in store: Store, _ name: String = "told", at now: Instant = start) async throws
            -> Bool
        {
            switch self {
            case .others: return try await store.endOthers(than: kept, at: now) != nil
            case .password:
                let replacement = PasswordReplacement(from: "hash-ann", to: "new", keeping: kept, endsOthers: false)
                return try await store.changePassword(replacement, mailing: news(name), at: now) != nil
            case .address:
                let (old, new) = (EmailAddress("ann@example.org"), EmailAddress("new@example.org"))
                let undo = AddressUndo(
                    link: digest("undo \(name)"), accountID: "id-ann", address: try #require(old), createdAt: start,
                    expiresAt: start + day)
                let change = AddressSwitch(
                    spending: digest("link"), from: try #require(old), to: try #require(new), keeping: kept,
                    endsOthers: false, undo: undo)
                let outcome = try await store.changeAddress(change, mailing: news(name), at: now)
                return outcome == .changed(sessionsEnded: 0)
            }
        }

        /// What it needs beside the session.
        func prepare(_ store: Store) async throws {
            let proof = MailProof(
                link: digest("link"), code: digest("code"), purpose: .addressChange, accountID: "id-ann",
                address: try #require(EmailAddress("new@example.org")), browser: digest("browser"), createdAt: start,
                expiresAt: start + 20 * hour)
            try await store.begin(proof, with: .init(), at: start)
        }
    }

    @Test(
        "SE2: it goes on under its new secret, all else as it was; the old secret is dead in every process",
        arguments: StoreKind.allCases, Verb.allCases)
    func kept(kind: StoreKind, verb: Verb) async throws {
        try await kind.withTwoStores { first, second in
            let old = try await first.signIn("ann")
            let given = grant("g", from: old)
            try await first.issue(given)
            try await verb.prepare(first)
            #expect(try await verb.run(StorageTests.kept(old, as: "fresh"), in: first))
            #expect(try await second.session(old.secret, at: start) == nil)
            let fresh = try #require(try await second.session(digest("fresh"), at: start))
            #expect(fresh.id == old.id && fresh.authenticatedAt == old.authenticatedAt)
            #expect(fresh.expiresAt == old.expiresAt && fresh.methods == old.methods)
            #expect(try await second.isAlive(given))
            #expect(try await !verb.run(StorageTests.kept(old, as: "again"), in: second, "late"))
            #expect(try await second.session(digest("again"), at: start) == nil)
        }
    }

    @Test(
        "SE2, SE6, IN4: a session that has ended, run out or is another's keeps nothing, and nothing is written for it",
        arguments: StoreKind.allCases, Verb.allCases)
    func refused(kind: StoreKind, verb: Verb) async throws {
        try await kind.withStore { store async throws in
            let old = try await store.signIn("ann")
            try await store.signIn("ann", session: "s2")
            let bobs = try await store.signIn("bob", session: "s3")
            try await verb.prepare(store)
            let strangers = [
                session("s4"), session("s1", of: "id-bob"), session("s1", of: "nobody"), session("s2", of: "id-bob"),
            ]
            for stranger in strangers {
                #expect(try await !verb.run(StorageTests.kept(stranger, as: "fresh"), in: store))
            }
            #expect(try await !verb.run(StorageTests.kept(old, as: "fresh"), in: store, at: start + hour))
            #expect(try await store.end(sessionID: "s1", of: "id-ann", at: start))
            #expect(try await !verb.run(StorageTests.kept(old, as: "fresh"), in: store))
            #expect(try await store.session(digest("fresh"), at: start) == nil)
            #expect(try await store.session(bobs.secret, at: start) == bobs)
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["s2"])
            let ann = try await store.account(id: "id-ann")
            #expect(ann?.passwordHash == "hash-ann" && ann?.email.canonical == "ann@example.org")
        }
    }

    @Test("IN3, SE2: of many that ask at once with one secret one is heard", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let old = try await first.signIn("ann")
            for number in 2..<6 { try await first.signIn("ann", session: "s\(number)") }
            let won = try await winners(of: 40) { number in
                let kept = StorageTests.kept(old, as: "fresh \(number)")
                return try await (number.isMultiple(of: 2) ? first : second).endOthers(than: kept, at: start) != nil
            }
            #expect(won == 1)
            #expect(try await first.sessions(of: "id-ann", at: start).map(\.id) == ["s1"])
            #expect(try await second.session(old.secret, at: start) == nil)
        }
    }
}
