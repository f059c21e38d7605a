import OAuth
import Storage
import Testing

@Suite("StoreContract: client registrations")
struct RegistrationTests {
    @Test("A registration comes back as it was kept, and every change tells itself", arguments: StoreKind.allCases)
    func kept(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await second.registrations(unless: nil) == StoredRegistrations(state: 0, registrations: []))
            #expect(try await second.registrations(unless: 0) == nil)
            #expect(try await first.add(registration: #"{"a": "ä"}"#, of: "wiki", at: start))
            let seen = try #require(try await second.registrations(unless: 0))
            let wiki = try #require(seen.registrations.first)
            #expect((wiki.clientID, wiki.document) == ("wiki", #"{"a": "ä"}"#) && seen.registrations.count == 1)
            #expect(wiki.createdAt == start && wiki.updatedAt == start)
            #expect(try await second.registration("wiki") == wiki)
            #expect(try await second.registrations(unless: seen.state) == nil)
            #expect(
                try await first.replace(registration: "{}", of: "wiki", version: wiki.version, at: start + hour))
            let changed = try #require(try await second.registrations(unless: seen.state)?.registrations.first)
            #expect((changed.document, changed.createdAt, changed.updatedAt) == ("{}", start, start + hour))
            #expect(changed.version > wiki.version)
        }
    }

    @Test("What is refused has written nothing, not even that something changed", arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.add(registration: "1", of: "wiki", at: start))
            let before = try #require(try await store.registrations(unless: nil))
            let version = try #require(before.registrations.first?.version)
            #expect(try await !store.add(registration: "2", of: "wiki", at: start))
            #expect(try await !store.replace(registration: "2", of: "wiki", version: version + 1, at: start))
            #expect(try await !store.replace(registration: "2", of: "nobody", version: version, at: start))
            #expect(try await !store.removeRegistration(of: "nobody", at: start))
            #expect(try await store.registrations(unless: nil) == before)
            await #expect(throws: StorageError.self) { try await store.add(registration: "", of: "", at: start) }
            for id in ["", "WIKI"] { #expect(try await store.registration(id) == nil) }
        }
    }

    @Test("Of 200 that register, or change, one client at once one does", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let added = try await winners { number in
                try await (number % 2 == 0 ? first : second).add(registration: "\(number)", of: "wiki", at: start)
            }
            let version = try #require(try await first.registration("wiki")?.version)
            let changed = try await winners { number in
                try await (number % 2 == 0 ? first : second)
                    .replace(registration: "\(number)", of: "wiki", version: version, at: start)
            }
            #expect((added, changed) == (1, 1))
        }
    }

    @Test("A version that was seen is never given again, to whichever client", arguments: StoreKind.allCases)
    func versions(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            var versions: [Int64] = []
            for (store, id) in [(first, "a"), (second, "b"), (first, "a"), (second, "a")] {
                _ = try await store.removeRegistration(of: id, at: start)
                #expect(try await store.add(registration: "{}", of: id, at: start))
                versions.append(try #require(try await first.registration(id)?.version))
            }
            #expect(versions == versions.sorted() && Set(versions).count == versions.count)
            #expect(try await !second.replace(registration: "x", of: "a", version: versions[0], at: start))
        }
    }

    @Test(
        "TK12: with a client everything goes that it was given, and nothing comes back with its name",
        arguments: StoreKind.allCases)
    func removal(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let session = try await first.signIn("ann")
            let mine = grant("mine", from: session, to: "wiki", isOffline: true)
            let other = grant("other", from: session, to: "shop", isOffline: true)
            for grant in [mine, other] { try await first.issue(grant) }
            #expect(try await first.add(registration: "{}", of: "wiki", at: start))
            #expect(try await second.removeRegistration(of: "wiki", at: start))
            #expect(try await first.registration("wiki") == nil)
            #expect(try await first.add(registration: "{}", of: "wiki", at: start))
            #expect(try await !first.isAlive(mine))
            #expect(try await first.isAlive(other))
        }
    }

    @Test(
        "A change of clients or of keys is announced when it is committed; what is refused is not",
        .timeLimit(.minutes(5)), arguments: StoreKind.allCases)
    func announced(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            // PostgreSQL tells other processes; SQLite tells its own, and others look twice a second.
            var notices = (kind == .sqlite ? first : second).database.changes().makeAsyncIterator()
            if kind == .postgresql { #expect(await notices.next() == .anything) }
            #expect(try await first.add(registration: "1", of: "wiki", at: start))
            #expect(await notices.next() == .topic("clients"))
            let version = try #require(try await first.registration("wiki")?.version)
            #expect(try await !first.add(registration: "2", of: "wiki", at: start))
            #expect(try await !first.replace(registration: "2", of: "wiki", version: version + 1, at: start))
            #expect(try await !first.removeRegistration(of: "nobody", at: start))
            #expect(try await first.add(signingKey("k1", generation: 1)))
            #expect(await notices.next() == .topic("keys"))
            #expect(try await !first.add(signingKey("k1", generation: 1)))
            #expect(try await first.replace(registration: "2", of: "wiki", version: version, at: start))
            #expect(await notices.next() == .topic("clients"))
            #expect(try await first.removeRegistration(of: "wiki", at: start))
            #expect(await notices.next() == .topic("clients"))
        }
    }
}
