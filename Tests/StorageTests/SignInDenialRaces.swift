import Cryptography
import Identity
import OAuth
import Storage
import Synchronization
import Testing

@Suite("StoreContract: denying a sign-in (PW14, B094)")
struct SignInDenialRaces {
    private static let postbox = Result { try Postbox(key: Array(0..<32), random: SystemRandom()) }

    /// Opens a session in a browser of its own; what its notice denies it by.
    private func open(
        _ name: String, of person: String = "ann", in store: Store
    ) async throws -> TokenDigest {
        let session = Session(
            secret: digest("secret of \(name)"), id: name, subject: "id-\(person)",
            browser: digest("browser of \(name)"),
            authenticatedAt: start, methods: ["pwd"], level: "1", createdAt: start, lastSeenAt: start,
            idleUntil: start + 30 * day, expiresAt: start + 30 * day, device: "Firefox, Linux", address: "192.0.2.7")
        let notice = try SignInNotice(of: session, to: account(person), by: Self.postbox.get(), SystemRandom())
        var opening = SessionOpening(session, replacing: nil, for: nil)
        opening.notice = notice
        #expect(try await store.open(opening, at: start))
        return notice.denial.digest
    }

    /// Ann and Bob, each with an account that is old enough for a first sign-in to be news.
    private func people(in store: Store) async throws {
        for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
        try await store.database.write { connection in
            _ = try connection.execute("UPDATE accounts SET created_at = created_at - 86400", [])
        }
    }

    private func lives(_ name: String, in store: Store) async throws -> Bool {
        try await store.session(digest("secret of \(name)"), at: start) != nil
    }

    @Test("IN3: of two hundred that deny one sign-in in two processes, one does", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            try await people(in: first)
            let denial = try await open("thief", in: first)
            let denied = Mutex<[DeniableSignIn]>([])
            let count = try await winners { number in
                let store = number.isMultiple(of: 2) ? first : second
                guard let one = try await store.deny(denial, at: start) else { return false }
                denied.withLock { $0.append(one) }
                return true
            }
            #expect(count == 1)
            #expect(denied.withLock { $0.map(\.sessionID) } == ["thief"])
            #expect(try await !lives("thief", in: second))
        }
    }

    @Test("Looking spends nothing; denying ends that session alone, and is done once", arguments: StoreKind.allCases)
    func deny(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await people(in: store)
            _ = try await open("own", in: store)
            _ = try await open("bobs", of: "bob", in: store)
            let denial = try await open("thief", in: store)
            for _ in 1...3 {
                let found = try await store.deniableSignIn(denial, at: start)
                #expect(found?.session?.id == "thief" && found?.subject == "id-ann")
            }
            #expect(try await lives("thief", in: store))
            let denied = try await store.deny(denial, at: start)
            #expect(denied?.session?.id == "thief")
            #expect(try await !lives("thief", in: store))
            for name in ["own", "bobs"] { #expect(try await lives(name, in: store)) }
            #expect(try await store.deny(denial, at: start) == nil)
            #expect(try await store.deniableSignIn(denial, at: start) == nil)
        }
    }

    @Test("The grants of the session end, offline ones too, and those of others go on", arguments: StoreKind.allCases)
    func grants(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await people(in: store)
            _ = try await open("own", in: store)
            let denial = try await open("thief", in: store)
            var grants: [String: [Grant]] = [:]
            for name in ["own", "thief"] {
                let session = try #require(try await store.session(digest("secret of \(name)"), at: start))
                for isOffline in [true, false] {
                    let given = grant("\(name) \(isOffline)", from: session, isOffline: isOffline)
                    try await store.issue(given)
                    grants[name, default: []].append(given)
                }
            }
            #expect(try await store.deny(denial, at: start) != nil)
            for ended in grants["thief"] ?? [] { #expect(try await !store.isAlive(ended)) }
            for other in grants["own"] ?? [] { #expect(try await store.isAlive(other)) }
            #expect(grants.values.map(\.count) == [2, 2])
        }
    }

    @Test("The browser is a stranger again to that person, and to nobody else", arguments: StoreKind.allCases)
    func browser(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await people(in: store)
            _ = try await open("own", in: store)
            let denial = try await open("thief", in: store)
            #expect(try await store.isKnown(browser: digest("browser of thief"), of: "id-ann"))
            #expect(try await store.deny(denial, at: start) != nil)
            #expect(try await !store.isKnown(browser: digest("browser of thief"), of: "id-ann"))
            #expect(try await store.isKnown(browser: digest("browser of own"), of: "id-ann"))
        }
    }

    @Test("A link is good for its time, also when the session has ended by itself", arguments: StoreKind.allCases)
    func lifetime(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await people(in: store)
            let (first, second) = (try await open("first", in: store), try await open("second", in: store))
            try await store.database.write { connection in
                _ = try connection.execute("DELETE FROM sessions WHERE id = $1", [.text("first")])
            }
            let late = start + 7 * day
            #expect(try await store.deny(second, at: late) == nil)
            #expect(try await lives("second", in: store))
            let denied = try await store.deny(first, at: late + -1)
            #expect(denied?.session == nil && denied?.sessionID == "first")
        }
    }

    @Test(
        "What is no denial, or denies nobody's session, ends nothing",
        arguments: StoreKind.allCases)
    func refusals(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await people(in: store)
            _ = try await open("own", in: store)
            _ = try await open("bobs", of: "bob", in: store)
            for (name, kind, binding) in [
                ("setup", .setupLink, "id-ann own"), ("crossed", .signInDenial, "id-bob own"),
                ("torn", .signInDenial, "id-ann"), ("empty", .signInDenial, ""),
            ] as [(String, OneTimeArtefact.Kind, String)] {
                let artefact = OneTimeArtefact(
                    kind: kind, digest: digest(name), binding: binding, expiresAt: start + day)
                try await store.keep(artefact, superseding: false)
            }
            for name in ["nothing", "setup", "torn", "empty"] {
                #expect(try await store.deny(digest(name), at: start) == nil, "\(name)")
            }
            // A link of Bob's that names Ann's session.
            #expect(try await store.deny(digest("crossed"), at: start)?.session == nil)
            for name in ["own", "bobs"] { #expect(try await lives(name, in: store), "\(name)") }
        }
    }
}
