import Identity
import JSON
import OAuth
import Storage
import Testing

@Suite("StoreContract: who came before, and who is gone for good")
struct ArrivalMarkTests {
    private func person(
        _ name: String, _ attributes: JSONObject = ["legacy_sub_django": "7"], id: String? = nil,
        deletedAt: Instant? = nil
    ) throws -> Account {
        Account(
            id: id ?? "id-\(name)", email: try #require(EmailAddress("\(name)@example.org")), isEmailVerified: true,
            profile: Profile(attributes: attributes), deletion: deletedAt.map { Deletion(time: $0, actor: .person) },
            passwordHash: nil, createdAt: start, updatedAt: start)
    }

    private func settle(_ account: Account, in store: Store, mayReturn: Bool = false) async throws -> SettlingOutcome? {
        let settlers = [Settler(account, mayReturn: mayReturn)]
        let foreseen = try await store.foresee(settlers)
        let settled = try await store.settle(settlers, costs: [])
        #expect(foreseen == settled)
        return settled.first
    }

    @Test(
        "IN3: somebody who came with the same old id is here, whatever their address is by now",
        arguments: StoreKind.allCases)
    func sameID(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await settle(person("ann"), in: store) == .created)
            #expect(try await settle(person("moved"), in: store) == .arrivedBefore)
            #expect(try await settle(person("moved"), in: store, mayReturn: true) == .arrivedBefore)
            let two: JSONObject = ["legacy_sub_auth0": "auth0|1", "legacy_sub_django": "7"]
            #expect(try await settle(person("other", two), in: store) == .arrivedBefore)
            #expect(try await store.accounts(after: nil, limit: 10).map(\.id) == ["id-ann"])
        }
    }

    @Test("Another system's id, another id and what is no id at all is nobody's", arguments: StoreKind.allCases)
    func otherID(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await settle(person("ann"), in: store) == .created)
            let others: [JSONObject] = [
                ["legacy_sub_django": "77"], ["legacy_sub_django": ""], ["legacy_sub_django2": "7"],
                ["legacy_sub_": "7"], ["legacy_sub_django": 7], ["legacy_sub": "7"], ["department": "7"], [:],
            ]
            for (number, attributes) in others.enumerated() {
                #expect(try await settle(person("p\(number)", attributes), in: store) == .created, "\(attributes)")
            }
        }
    }

    @Test(
        "B124: whoever was removed for good does not come back, by the old id or by ours, unless it is wanted",
        arguments: StoreKind.allCases)
    func removed(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await settle(person("ann", deletedAt: start), in: store) == .created)
            #expect(try await store.purge("id-ann", deletedUntil: start))
            #expect(try await settle(person("ann", id: "id-new"), in: store) == .removed)
            #expect(try await settle(person("moved"), in: store) == .removed)
            #expect(try await settle(person("ann", [:]), in: store) == .removed)
            #expect(try await store.accounts(after: nil, limit: 10).isEmpty)
            #expect(try await settle(person("ann"), in: store, mayReturn: true) == .created)
            #expect(try await settle(person("moved"), in: store, mayReturn: true) == .arrivedBefore)
            #expect(try await settle(person("moved", [:], id: "id-ann"), in: store) == .subjectTaken)
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            #expect(try await store.purge("id-ann", deletedUntil: start))
            #expect(try await settle(person("ann", id: "id-new"), in: store) == .removed)
            #expect(try await settle(person("ann", [:]), in: store) == .removed)
        }
    }

    @Test("B124: whoever an operator removed at once does not come back either", arguments: StoreKind.allCases)
    func removedAtOnce(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(person("ann")))
            let ann = try #require(try await store.account(id: "id-ann"))
            _ = try await store.change(.purge, of: ann, mailing: [], at: start)
            #expect(try await store.accounts(after: nil, limit: 10).isEmpty)
            #expect(try await settle(person("moved"), in: store) == .removed)
            #expect(try await settle(person("ann", [:]), in: store) == .removed)
        }
    }

    @Test("Whoever came before this was noted is noted once, or when they are removed", arguments: StoreKind.allCases)
    func unnoted(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(person("ann")))
            #expect(try await store.create(person("bob", ["legacy_sub_django": "8"], deletedAt: start)))
            #expect(try await store.create(person("cem", ["department": "legacy_sub_django"])))
            #expect(try await settle(person("dan", ["legacy_sub_django": "9"]), in: store) == .created)
            let first = try await store.unnotedArrivals(after: nil, limit: 1)
            #expect(
                first == [
                    NotedArrival(accountID: "id-ann", marks: [ArrivalMark(source: "django", subject: "7")])
                ])
            #expect(try await store.unnotedArrivals(after: "id-ann", limit: 9).flatMap(\.marks).count == 1)
            #expect(try await store.purge("id-bob", deletedUntil: start))
            #expect(try await settle(person("moved", ["legacy_sub_django": "8"]), in: store) == .removed)
            try await store.note(first + [NotedArrival(accountID: "id-nobody", marks: first.flatMap(\.marks))])
            #expect(try await settle(person("moved"), in: store) == .arrivedBefore)
            #expect(try await store.unnotedArrivals(after: nil, limit: 9).allSatisfy(\.marks.isEmpty))
        }
    }

    @Test(
        "IN3: of many imports of one old id under many addresses, one makes the account", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            let count = try await winners(of: 40) { number in
                let settler = Settler(try person("p\(number)"))
                return try await (number % 2 == 0 ? first : second).settle([settler], costs: []) == [.created]
            }
            #expect(count == 1)
            #expect(try await second.accounts(after: nil, limit: 10).count == 1)
        }
    }

    @Test("B125: an import while somebody is removed never doubles them", arguments: StoreKind.allCases)
    func removalRace(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            #expect(try await first.settle([Settler(person("ann", deletedAt: start))], costs: []) == [.created])
            let came = try await winners(of: 40) { number in
                guard number > 0 else { return try await !first.purge("id-ann", deletedUntil: start) }
                let settler = Settler(try person("ann", id: "id-\(number)"))
                return try await (number % 2 == 0 ? first : second).settle([settler], costs: []) == [.created]
            }
            #expect(came == 0)
            #expect(try await second.accounts(after: nil, limit: 10).isEmpty)
        }
    }
}
