import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: accounts")
struct AccountTests {
    @Test("An account comes back as it was kept, by id and by address", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try account("ann", roles: [.administrator, Role("editor"), Role("editor", context: "p1")])
            #expect(try await store.create(ann))
            #expect(try await store.account(id: ann.id) == ann)
            #expect(try await store.account(canonicalEmail: "ann@example.org") == ann)
            #expect(try await store.account(canonicalEmail: "ann@Example.org") == nil)
            #expect(try await store.account(id: "id-bob") == nil)
        }
    }

    @Test("IN3: of 200 people who take one address at once one gets it", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let count = try await winners { number in
                let ann = try account("ann")
                let twin = Account(
                    id: "twin\(number)", email: ann.email, isEmailVerified: false, profile: Profile(),
                    roles: [Role("r\(number)")], passwordHash: nil, createdAt: start, updatedAt: start)
                return try await (number % 2 == 0 ? first : second).create(twin)
            }
            #expect(count == 1)
            #expect(try await second.accounts(after: nil, limit: 10).count == 1)
            #expect(try await second.accounts(after: nil, limit: 10).first?.roles.count == 1)
        }
    }

    @Test("A password hash is replaced only if it is still the old one", arguments: StoreKind.allCases)
    func passwordHash(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.create(account("ann")))
            for stale in ["other", "", nil] {
                #expect(try await !store.replacePasswordHash(of: "id-ann", from: stale, to: "new", at: start))
            }
            #expect(try await !store.replacePasswordHash(of: "id-bob", from: "hash-ann", to: "new", at: start))
            let count = try await winners { number in
                try await store.replacePasswordHash(of: "id-ann", from: "hash-ann", to: "new\(number)", at: start + 5)
            }
            #expect(count == 1)
            #expect(try await store.account(id: "id-ann")?.passwordHash?.hasPrefix("new") == true)
            #expect(try await store.account(id: "id-ann")?.updatedAt == start + 5)
        }
    }

    @Test("Somebody without a password is given a first one once", arguments: StoreKind.allCases)
    func firstPassword(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let email = try #require(EmailAddress("cem@example.org"))
            let cem = Account(
                id: "id-cem", email: email, isEmailVerified: false, profile: Profile(), passwordHash: nil,
                createdAt: start, updatedAt: start)
            #expect(try await store.create(cem))
            #expect(try await store.account(id: "id-cem") == cem)
            #expect(try await !store.replacePasswordHash(of: "id-cem", from: "", to: "new", at: start))
            #expect(try await store.replacePasswordHash(of: "id-cem", from: nil, to: "new", at: start))
            #expect(try await !store.replacePasswordHash(of: "id-cem", from: nil, to: "newer", at: start))
        }
    }

    @Test("Roles are replaced as a whole", arguments: StoreKind.allCases)
    func roles(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann", roles: [Role("a"), Role("b")])))
            #expect(try await !store.setRoles([Role("c")], of: "id-bob", at: start))
            #expect(try await store.setRoles([Role("c"), Role("b", context: "x"), Role("c")], of: "id-ann", at: start))
            #expect(try await store.account(id: "id-ann")?.roles == [Role("b", context: "x"), Role("c")])
            #expect(try await store.setRoles([], of: "id-ann", at: start))
            #expect(try await store.account(id: "id-ann")?.roles == [])
        }
    }

    @Test(
        "SE6: disabling ends sessions, codes, grants and tokens at once, and enabling brings none back",
        arguments: StoreKind.allCases)
    func disabling(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let ann = try await first.signIn("ann")
            let bob = try await first.signIn("bob", session: "s2")
            let given = [grant("g1", from: ann), grant("g2", from: ann, isOffline: true)]
            let untouched = grant("g3", from: bob)
            for one in given + [untouched] { try await first.issue(one) }
            #expect(try await first.finish(nil, with: code("late", of: grant("g4", from: ann)), at: start))
            #expect(try await !first.setStatus(.disabled, of: "id-nobody", at: start))
            #expect(try await first.setStatus(.disabled, of: "id-ann", at: start + 1))
            #expect(try await second.account(id: "id-ann")?.status == .disabled)
            for status in [Account.Status.disabled, .active] {
                #expect(try await second.setStatus(status, of: "id-ann", at: start + 2))
                #expect(try await second.session(ann.secret, at: start + 2) == nil)
                #expect(try await second.sessions(of: "id-ann", at: start + 2).isEmpty)
                for one in given { #expect(try await !second.isAlive(one, at: start + 2)) }
                #expect(try await !second.redeem(digest("late"), issuing: KeptTokens(), at: start + 2))
            }
            #expect(try await second.session(bob.secret, at: start + 2) != nil)
            #expect(try await second.isAlive(untouched, at: start + 2))
        }
    }

    @Test(
        "SE6: a person whom an operator disables in the table itself has nothing either",
        arguments: StoreKind.allCases)
    func disabledByHand(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try await store.signIn("ann")
            let given = grant("g", from: ann, isOffline: true)
            try await store.issue(given)
            #expect(try await store.finish(nil, with: code("late", of: grant("h", from: ann)), at: start))
            _ = try await store.database.write { connection in
                try connection.execute("UPDATE accounts SET status = 'disabled'", [])
            }
            #expect(try await store.session(ann.secret, at: start) == nil)
            #expect(try await store.sessions(of: "id-ann", at: start).isEmpty)
            #expect(try await !store.isAlive(given))
            #expect(try await !store.redeem(digest("late"), issuing: KeptTokens(), at: start))
            #expect(try await !store.rotate(digest("rt-g"), issuing: KeptTokens(), at: start))
            #expect(try await !store.finish(nil, with: code("c", of: grant("i", from: ann)), at: start))
        }
    }

    @Test("Accounts are listed in the order of their addresses, page by page", arguments: StoreKind.allCases)
    func list(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for name in ["cem", "ann", "eve", "bob", "dan"] {
                #expect(try await store.create(account(name, roles: [Role("x"), Role("y")])))
            }
            let first = try await store.accounts(after: nil, limit: 2)
            let second = try await store.accounts(after: first.last?.email.canonical, limit: 2)
            let third = try await store.accounts(after: second.last?.email.canonical, limit: 2)
            #expect((first + second + third).map(\.id) == ["id-ann", "id-bob", "id-cem", "id-dan", "id-eve"])
            #expect((first + second + third).allSatisfy { $0.roles.count == 2 })
            #expect(try await store.accounts(after: "zoe@example.org", limit: 2).isEmpty)
            #expect(try await store.accounts(after: nil, limit: 0).isEmpty)
            #expect(try await store.accounts(after: nil, limit: -1).isEmpty)
        }
    }

    @Test(
        "PW11, SE6: a password change ends every other session in the same step, or nothing happens",
        arguments: StoreKind.allCases)
    func changePassword(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.signIn("ann")
            for id in ["s2", "s3"] { try await first.signIn("ann", session: id) }
            try await first.signIn("bob", session: "bobs")
            let hash = try await first.account(id: "id-ann")?.passwordHash
            let given = grant("g", from: session("s2", of: "id-ann"))
            try await first.issue(given)
            func change(from old: String?, to new: String, endsOthers: Bool = true, letter: String) async throws -> Int?
            {
                let replacement = PasswordReplacement(
                    from: old, to: new, keeping: kept(), endsOthers: endsOthers)
                return try await first.changePassword(replacement, mailing: news(letter), at: start)
            }
            for stale in ["other", nil] where stale != hash {
                #expect(try await change(from: stale, to: "new", letter: "never") == nil)
            }
            #expect(try await change(from: hash, to: "between", endsOthers: false, letter: "first") == 0)
            // OP1: without its mail there is no change.
            await #expect(throws: StorageError.self) {
                _ = try await change(from: "between", to: "unsaid", letter: "first")
            }
            #expect(try await second.sessions(of: "id-ann", at: start).count == 3)
            #expect(try await change(from: "between", to: "new", letter: "never") == 2)
            #expect(try await second.account(id: "id-ann")?.passwordHash == "new")
            #expect(try await second.sessions(of: "id-ann", at: start).map(\.id) == ["s1"])
            #expect(try await !second.isAlive(given))
            #expect(try await second.sessions(of: "id-bob", at: start).count == 1)
        }
    }
}
