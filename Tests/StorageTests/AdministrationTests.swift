import Identity
import OAuth
import TestSupport
import Testing

@testable import Storage

@Suite("StoreContract: what operators do with people")
struct AdministrationTests {
    private func letter(
        _ id: String, about account: String? = "id-ann", of kind: Letter.Kind = .accountDisabled
    ) -> SealedLetter {
        SealedLetter(
            id: id, kind: kind, accountID: account, sealed: [1, 2], createdAt: start,
            expiresAt: start + day, isBlank: false)
    }

    private func outbox(_ store: Store) async throws -> [String] {
        try await store.database.read { connection in
            try connection.rows("SELECT id FROM outbox ORDER BY id", []).map { try $0.text(0) }
        }
    }

    private func seen(_ id: String, _ store: Store) async throws -> Account {
        try #require(try await store.account(id: id))
    }

    private func isDone(_ outcome: ChangeOutcome) -> Bool {
        if case .changed = outcome { true } else { false }
    }

    @Test(
        "SE6: who is disabled loses sessions, grants, codes, links and mail that would let somebody in, and enabling brings none back",
        arguments: StoreKind.allCases)
    func disable(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let ann = try await first.signIn("ann")
            let bob = try await first.signIn("bob", session: "s2")
            let given = grant("g1", from: ann, isOffline: true)
            try await first.issue(given)
            #expect(try await first.finish(nil, with: code("late", of: grant("g4", from: ann)), at: start))
            for (name, binding) in [("one", "id-ann"), ("two", "ann@example.org"), ("three", "id-bob")] {
                try await first.keep(
                    OneTimeArtefact(kind: .setupLink, digest: digest(name), binding: binding, expiresAt: start + day),
                    superseding: false)
            }
            try await first.post([letter("old", of: .recovery)])
            try await first.post([letter("bobs", about: "id-bob")])
            let outcome = try await first.change(
                .disable, of: seen("id-ann", first), mailing: [letter("news")], at: start + 1)
            #expect(isDone(outcome))
            #expect(try await outbox(second) == ["bobs", "news"])
            #expect(isDone(try await second.change(.enable, of: seen("id-ann", second), mailing: [], at: start + 2)))
            #expect(try await second.account(id: "id-ann")?.state == .active)
            #expect(try await second.sessions(of: "id-ann", at: start + 2).isEmpty)
            #expect(try await !second.isAlive(given, at: start + 2))
            #expect(try await !second.redeem(digest("late"), issuing: KeptTokens(), at: start + 2))
            #expect(try await !second.isLive(.setupLink, digest("one"), binding: "id-ann", at: start))
            #expect(try await !second.isLive(.setupLink, digest("two"), binding: "ann@example.org", at: start))
            #expect(try await second.isLive(.setupLink, digest("three"), binding: "id-bob", at: start))
            #expect(try await second.session(bob.secret, at: start + 2) != nil)
        }
    }

    @Test("Deletion by an operator is dated, is the operator's, and can be taken back", arguments: StoreKind.allCases)
    func delete(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try await store.signIn("ann")
            let outcome = try await store.change(.delete, of: seen("id-ann", store), mailing: [], at: start + 9)
            guard case .changed(let gone) = outcome else { throw Unexpected() }
            #expect(gone.state == .deleted && gone.deletion == Deletion(time: start + 9, actor: .operator))
            #expect(gone.updatedAt == start + 9)
            #expect(try await store.session(ann.secret, at: start + 9) == nil)
            #expect(isDone(try await store.change(.enable, of: gone, mailing: [], at: start + 10)))
            #expect(try await store.account(id: "id-ann")?.deletion == nil)
        }
    }

    private struct Unexpected: Error {}

    static let changes: [AdministrativeChange] = [
        .disable, .delete, .purge, .setRoles([]), .setRoles([Role("editor")]),
    ]

    @Test(
        "The last administrator is neither disabled nor deleted and keeps the role; a disabled one does not count",
        arguments: StoreKind.allCases, changes)
    func lastAdministrator(kind: StoreKind, change: AdministrativeChange) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("root", roles: [.administrator, Role("editor")])))
            #expect(try await store.create(account("away", roles: [.administrator], status: .disabled)))
            #expect(try await store.create(account("part", roles: [Role("administrator", context: "p1")])))
            let root = try await seen("id-root", store)
            let outcome = try await store.change(change, of: root, mailing: [letter("news")], at: start + 1)
            #expect(outcome == .lastAdministrator)
            #expect(try await store.account(id: "id-root") == root)
            #expect(try await outbox(store).isEmpty)
            #expect(try await store.create(account("next", roles: [.administrator])))
            #expect(isDone(try await store.change(change, of: root, mailing: [], at: start + 1)))
        }
    }

    @Test("The last administrator may have other roles given and taken", arguments: StoreKind.allCases)
    func otherRoles(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("root", roles: [.administrator])))
            let roles = [Role.administrator, Role("editor", context: "p1")]
            let outcome = try await store.change(
                .setRoles(roles), of: seen("id-root", store), mailing: [], at: start + 1)
            #expect(isDone(outcome))
            #expect(try await store.account(id: "id-root")?.roles == roles)
        }
    }

    @Test(
        "IN3: of two administrators who take the role from each other at once one stays",
        arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            for round in 0..<15 {
                let names = ["a\(round)", "b\(round)"]
                for name in names { #expect(try await first.create(account(name, roles: [.administrator]))) }
                let people = [try await seen("id-a\(round)", first), try await seen("id-b\(round)", first)]
                let change = Self.changes[round % Self.changes.count]
                let count = try await winners(of: 2) { number in
                    let store = number == 0 ? first : second
                    let outcome = try await store.change(change, of: people[number], mailing: [], at: start + 1)
                    guard case .changed = outcome else { return false }
                    return true
                }
                #expect(count == 1)
                let left = try await first.people(PersonQuery()).filter(\.isAdministrator)
                #expect(left.count == 1)
                for one in left {
                    _ = try await first.database.write { connection in
                        try connection.execute("DELETE FROM accounts WHERE id = $1", [.text(one.id)])
                    }
                }
            }
        }
    }

    @Test("A change of an account that is not as it was seen changes nothing", arguments: StoreKind.allCases)
    func stale(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            let old = try await seen("id-ann", store)
            #expect(try await store.setRoles([Role("a")], of: "id-ann", at: start))
            #expect(try await store.change(.disable, of: old, mailing: [letter("x")], at: start) == .changedMeanwhile)
            #expect(try await store.account(id: "id-ann")?.status == .active)
            #expect(try await outbox(store).isEmpty)
            let nobody = try account("nobody")
            #expect(try await store.change(.disable, of: nobody, mailing: [letter("x")], at: start) == .nobody)
            #expect(try await outbox(store).isEmpty)
        }
    }

    @Test("IN3: of 40 who change an account as they all saw it one does", arguments: StoreKind.allCases)
    func lostUpdates(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.create(account("ann")))
            let ann = try await seen("id-ann", first)
            let count = try await winners(of: 40) { number in
                let roles = [Role("r\(number)")]
                let outcome = try await (number % 2 == 0 ? first : second).change(
                    .setRoles(roles), of: ann, mailing: [], at: start)
                guard case .changed(let account) = outcome else { return false }
                return account.roles == roles
            }
            #expect(count == 1)
        }
    }

    @Test(
        "SE7: ended sessions are counted; what apps hold while the person is away ends only if asked",
        arguments: StoreKind.allCases)
    func endAccess(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try await store.signIn("ann")
            try await store.signIn("ann", session: "s2")
            let bob = try await store.signIn("bob", session: "s3")
            let (online, offline) = (grant("g1", from: ann), grant("g2", from: ann, isOffline: true))
            for one in [online, offline] { try await store.issue(one) }
            #expect(try await end("id-nobody", store) == .nobody)
            #expect(
                try await end("id-ann", applications: false, store) == .ended(EndedAccess(sessions: 2, applications: 0))
            )
            #expect(try await !store.isAlive(online))
            #expect(try await store.isAlive(offline))
            #expect(try await end("id-ann", store) == .ended(EndedAccess(sessions: 0, applications: 1)))
            #expect(try await !store.isAlive(offline))
            #expect(try await store.grant("g2")?.ending == .endedByOperator)
            #expect(try await store.session(bob.secret, at: start) != nil)
        }
    }

    private func end(
        _ id: String, applications: Bool = true, sparingAdministrators: Bool = false, _ store: Store
    ) async throws -> AccessEnding {
        try await store.endAccess(
            of: id, applications: applications, sparingAdministrators: sparingAdministrators, at: start)
    }

    @Test(
        "SE7: nothing of an administrator ends where administrators are to be spared; of others it does",
        arguments: StoreKind.allCases)
    func sparing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try await store.signIn("ann")
            let offline = grant("g1", from: ann, isOffline: true)
            try await store.issue(offline)
            #expect(try await store.setRoles([Role("staff"), .administrator], of: "id-ann", at: start))
            #expect(try await end("id-ann", sparingAdministrators: true, store) == .mayNotAppoint)
            #expect(try await store.sessions(of: "id-ann", at: start) == [ann])
            #expect(try await store.isAlive(offline))
            #expect(try await end("id-nobody", sparingAdministrators: true, store) == .nobody)
            #expect(try await end("id-ann", store) == .ended(EndedAccess(sessions: 1, applications: 1)))
            try await store.signIn("bob", session: "s2")
            #expect(try await store.setRoles([Role("administrator", context: "p1")], of: "id-bob", at: start))
            #expect(
                try await end("id-bob", sparingAdministrators: true, store)
                    == .ended(EndedAccess(sessions: 1, applications: 0)))
        }
    }

    @Test(
        "What happened to somebody is told page by page, the latest first, and of nobody else",
        arguments: StoreKind.allCases)
    func events(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let records = (1...5).map { number in
                AuditRecord(
                    id: "00\(number)", at: Int64(number) * 1_000_000 + 250_000, kind: "sign_in", outcome: "done",
                    actor: "person:id-ann", subject: number == 3 ? "id-bob" : "id-ann", clientID: nil,
                    network: "192.0.2.0/24", reference: nil, process: "p", details: ["method": "pwd"])
            }
            try await store.append(records)
            let first = try await store.events(of: "id-ann", before: nil, limit: 2)
            #expect(first.map(\.id) == ["005", "004"] && first.first?.time == "1970-01-01T00:00:05.250Z")
            #expect(try await store.events(of: "id-ann", before: "004", limit: 9).map(\.id) == ["002", "001"])
            #expect(try await store.events(of: "id-ann", before: nil, limit: -1).isEmpty)
            #expect(try await store.events(of: "id-cem", before: nil, limit: 9).isEmpty)
        }
    }
}
