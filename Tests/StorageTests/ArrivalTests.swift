import Identity
import JSON
import OAuth
import Storage
import Testing

@Suite("StoreContract: people who come from elsewhere")
struct ArrivalTests {
    private func settler(_ name: String, username: String? = nil, hash: String? = nil) throws -> Settler {
        let email = try #require(EmailAddress("\(name)@Example.org"))
        return Settler(
            Account(
                id: "id-\(name)", email: email, isEmailVerified: true,
                profile: Profile(preferredUsername: username, attributes: ["legacy_sub_django": .string(name)]),
                roles: [Role("staff")], passwordHash: hash, createdAt: start, updatedAt: start),
            Preferences(magicLinks: true))
    }

    @Test("Whoever can be is created, in order, and nobody who is there is touched", arguments: StoreKind.allCases)
    func outcomes(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let ann = try account("ann")
            #expect(try await store.create(ann))
            let settlers = [
                try settler("bob", username: "bob"), try settler("ann"), try settler("cem", username: "BOB"),
                try settler("bob"),
                Settler(
                    Account(
                        id: "id-bob", email: try #require(EmailAddress("other@example.org")), isEmailVerified: false,
                        profile: Profile(), passwordHash: nil, createdAt: start, updatedAt: start)),
            ]
            let foreseen = try await store.foresee(settlers)
            #expect(foreseen == [.created, .emailTaken, .created, .created, .created])
            #expect(try await store.accounts(after: nil, limit: 10).count == 1)
            let outcomes = try await store.settle(settlers, costs: [])
            #expect(outcomes == [.created, .emailTaken, .createdWithoutUsername, .emailTaken, .subjectTaken])
            #expect(try await store.foresee(settlers).filter { $0 == .emailTaken }.count == 4)
            #expect(try await store.account(id: "id-ann") == ann)
            #expect(try await store.account(id: "id-bob")?.roles == [Role("staff")])
            #expect(try await store.preferences(of: "id-bob").magicLinks)
            #expect(try await store.account(id: "id-cem")?.profile.preferredUsername == nil)
            #expect(try await store.account(canonicalEmail: "other@example.org") == nil)
        }
    }

    @Test(
        "SO1: people come with what they sign in with elsewhere; whose is somebody else's does not come, nor any of it",
        arguments: StoreKind.allCases)
    func identities(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            try await store.connect(UpstreamStory.identity("of ann"), to: "id-ann")
            func person(_ name: String, _ identities: ArrivingIdentity...) throws -> Settler {
                Settler(try settler(name).account, identities: identities)
            }
            func github(_ subject: String) -> ArrivingIdentity {
                .known(UpstreamIdentity.Key(provider: "github", subject: subject), label: "label of \(subject)")
            }
            let google = ArrivingIdentity.expected(
                ExpectedIdentity(provider: "google", canonicalEmail: "work@example.org"))
            let settlers = [
                try person("bob", github("1"), google), try person("cem", github("2"), github("of ann")),
                try person("dan", github("3"), google), try person("eve", github("2")),
            ]
            #expect(try await store.foresee(settlers) == [.created, .identityTaken, .created, .created])
            let outcomes = try await store.settle(settlers, costs: [])
            #expect(outcomes == [.created, .identityTaken, .identityTaken, .created])
            for name in ["cem", "dan"] { #expect(try await store.account(id: "id-\(name)") == nil) }
            let bobs = LinkedIdentity(
                key: UpstreamIdentity.Key(provider: "github", subject: "1"), accountID: "id-bob", label: "label of 1",
                linkedAt: start, lastUsedAt: nil)
            #expect(try await store.identities(of: "id-bob") == [bobs])
            #expect(try await store.expectedOwner(provider: "google", canonicalEmail: "work@example.org") == "id-bob")
            #expect(try await store.identities(of: "id-eve").map(\.key.subject) == ["2"])
            #expect(try await store.identity(UpstreamStory.identity("of ann").key)?.accountID == "id-ann")
            #expect(try await store.signInMethods(of: "id-bob").isEmpty)
        }
    }

    @Test("IN3: two imports of the same people at once make each of them once", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            let count = try await winners(of: 40) { number in
                let settlers = try ["ann", "bob", "cem"].map { try settler($0) }.map { settler in
                    Settler(
                        Account(
                            id: "\(settler.account.id)\(number)", email: settler.account.email, isEmailVerified: true,
                            profile: settler.account.profile, passwordHash: nil, createdAt: start, updatedAt: start))
                }
                let outcomes = try await (number % 2 == 0 ? first : second).settle(settlers, costs: ["a:b"])
                return outcomes.contains(.created)
            }
            #expect((1...3).contains(count))
            #expect(try await second.accounts(after: nil, limit: 10).count == 3)
        }
    }

    @Test("A batch that fails leaves nothing of it", arguments: StoreKind.allCases)
    func atomic(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let broken = Settler(
                Account(
                    id: "id-nul", email: try #require(EmailAddress("nul@example.org")), isEmailVerified: true,
                    profile: Profile(name: "a\0b"), passwordHash: nil, createdAt: start, updatedAt: start))
            await #expect(throws: (any Error).self) {
                try await store.settle([settler("ann"), broken], costs: ["a:b"])
            }
            #expect(try await store.accounts(after: nil, limit: 10).isEmpty)
            #expect(try await store.importedHashCosts().isEmpty)
        }
    }

    @Test(
        "PW10: a new cost of imported hashes is told with the commit, and none that is known",
        arguments: StoreKind.allCases)
    func notice(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            var changes = store.database.changes().makeAsyncIterator()
            if kind == .postgresql { #expect(await changes.next() == .anything) }
            _ = try await store.settle([settler("ann")], costs: [])
            _ = try await store.settle([settler("bob", hash: "bcrypt:b")], costs: ["bcrypt:."])
            #expect(await changes.next() == .topic(ChangeTopic.importedHashes.rawValue))
            _ = try await store.settle([settler("cem", hash: "bcrypt:c")], costs: ["bcrypt:."])
            try await store.database.write { connection in try connection.announce("clients") }
            #expect(await changes.next() == .topic("clients"), "nothing is told twice")
        }
    }

    @Test("PW10: the costs of imported hashes are known until the last of these is gone", arguments: StoreKind.allCases)
    func costs(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.importedHashCosts().isEmpty)
            let people = [try settler("ann", hash: "bcrypt:a"), try settler("bob", hash: "bcrypt:b")]
            _ = try await store.settle(people, costs: ["bcrypt:.", "scrypt:."])
            _ = try await store.settle([settler("cem", hash: "$argon2id$x")], costs: ["bcrypt:."])
            #expect(try await store.importedHashCosts() == ["bcrypt:.", "scrypt:."])
            #expect(try await store.replacePasswordHash(of: "id-ann", from: "bcrypt:a", to: "$argon2id$y", at: start))
            #expect(try await store.importedHashCosts().count == 2)
            #expect(try await store.replacePasswordHash(of: "id-bob", from: "bcrypt:b", to: "$argon2id$z", at: start))
            #expect(try await store.importedHashCosts().isEmpty)
            _ = try await store.settle([settler("eve", hash: "bcrypt:e")], costs: ["bcrypt:."])
            #expect(try await store.importedHashCosts() == ["bcrypt:."])
        }
    }
}
