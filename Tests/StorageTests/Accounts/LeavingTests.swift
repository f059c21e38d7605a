import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: every way by which people leave")
struct LeavingTests {
    /// By which somebody stops being able to administer.
    enum Way: CaseIterable, Sendable {
        case own, disabled, deleted, purged, demoted

        func leave(_ account: Account, _ store: Store, _ letters: [SealedLetter] = []) async throws -> Bool {
            let change: AdministrativeChange
            switch self {
            case .own: return try await store.delete(account.id, by: .person, mailing: letters, at: start) == .deleted
            case .disabled: change = .disable
            case .deleted: change = .delete
            case .purged: change = .purge
            case .demoted: change = .setRoles([])
            }
            guard case .changed = try await store.change(change, of: account, mailing: letters, at: start) else {
                return false
            }
            return true
        }
    }

    private static let pairs = Way.allCases.flatMap { one in Way.allCases.map { (one, $0) } }

    private func seen(_ id: String, _ store: Store) async throws -> Account {
        try #require(try await store.account(id: id))
    }

    private func administrators(_ store: Store) async throws -> Int {
        try await store.people(PersonQuery()).filter { $0.isAdministrator && $0.state == .active }.count
    }

    @Test(
        "IN3: of two administrators who leave at once, each by any way and at a process of their own, one stays",
        arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            for (number, pair) in Self.pairs.enumerated() {
                let names = ["a\(number)", "b\(number)"]
                for name in names { #expect(try await first.create(account(name, roles: [.administrator]))) }
                let people = [try await seen("id-" + names[0], first), try await seen("id-" + names[1], first)]
                let left = try await winners(of: 2) { number in
                    try await number == 0 ? pair.0.leave(people[0], first) : pair.1.leave(people[1], second)
                }
                #expect(left == 1, "\(pair)")
                #expect(try await administrators(first) == 1, "\(pair)")
                _ = try await first.database.write { connection in try connection.execute("DELETE FROM accounts", []) }
            }
        }
    }

    @Test(
        "The last administrator leaves by no way; neither a disabled one beside them counts, nor one who has left",
        arguments: StoreKind.allCases, Way.allCases)
    func last(kind: StoreKind, way: Way) async throws {
        try await kind.withStore { store in
            #expect(try await store.create(account("root", roles: [.administrator])))
            #expect(try await store.create(account("away", roles: [.administrator], status: .disabled)))
            #expect(try await store.create(account("gone", roles: [.administrator])))
            #expect(try await Way.own.leave(seen("id-gone", store), store))
            let root = try await seen("id-root", store)
            #expect(try await !way.leave(root, store, [letter("news", .accountDisabled)]))
            #expect(try await store.account(id: "id-root") == root)
            #expect(try await outbox(store).isEmpty)
            #expect(try await store.create(account("next", roles: [.administrator])))
            #expect(try await way.leave(root, store))
            #expect(try await administrators(store) == 1)
        }
    }

    private func letter(_ id: String, _ kind: Letter.Kind, about account: String? = "id-ann") -> SealedLetter {
        SealedLetter(
            id: id, kind: kind, accountID: account, sealed: [1, 2], createdAt: start, expiresAt: start + day,
            isBlank: false)
    }

    private func outbox(_ store: Store) async throws -> [String] {
        try await store.database.read { connection in
            try connection.rows("SELECT id FROM outbox ORDER BY id", []).map { try $0.text(0) }
        }
    }

    @Test(
        "SE6: mail that waits with a way in is dropped with the account; mail that warns stays, and mail that tells of it goes",
        arguments: StoreKind.allCases, [Way.own, .disabled, .deleted, .purged])
    func mail(kind: StoreKind, way: Way) async throws {
        try await kind.withStore { store in
            for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
            let waiting: [Letter.Kind] = [
                .recovery, .recoveryStarted, .verification, .confirmation, .addressChange,
            ]
            try await store.post(waiting.map { letter("ann \($0.rawValue)", $0) })
            try await store.post([letter("bob", .recovery, about: "id-bob"), letter("warning", .signInNotice)])
            #expect(try await outbox(store).count == waiting.count + 2)
            // What is about an account goes when the account goes.
            let news = letter("news", .accountDisabled, about: way == .purged ? nil : "id-ann")
            #expect(try await way.leave(seen("id-ann", store), store, [news]))
            let kept = way == .purged ? ["bob", "news"] : ["bob", "news", "warning"]
            #expect(try await outbox(store) == kept)
            let claimed = try await store.claimLetters(10, leasing: 60, at: start)
            #expect(claimed.map(\.letter.id).sorted() == kept)
        }
    }

    @Test(
        "B124: who is removed at once leaves nothing that opens anything; of many who remove them one is told so",
        arguments: StoreKind.allCases)
    func purge(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let session = try await first.signIn("ann")
            let given = grant("g", from: session, isOffline: true)
            try await first.issue(given)
            let ann = try await seen("id-ann", first)
            let won = try await winners(of: 20) { number in
                try await Way.purged.leave(ann, number.isMultiple(of: 2) ? first : second)
            }
            #expect(won == 1)
            #expect(try await second.account(id: "id-ann") == nil)
            #expect(try await second.session(session.secret, at: start) == nil)
            #expect(try await !second.isAlive(given))
            #expect(try await first.create(account("ann")), "the address is free at once")
        }
    }
}
