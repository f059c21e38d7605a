import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: tries of second factors are counted before anything is checked")
struct FactorTryTests {
    private typealias Story = FactorStory
    private let rule = FactorTries(limit: 5, lockout: 900)

    @Test(
        "MF4, B102: the fifth try is the last that is let through; from then on nobody is, a right code or not",
        arguments: StoreKind.allCases)
    func lock(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.enrol()
            try await first.enrol("bob", [Story.totp("bobs", of: "id-bob")])
            for number in 1...5 {
                let store = number.isMultiple(of: 2) ? first : second
                #expect(try await store.factorLock(of: "id-ann", at: start) == nil)
                let counted = try await store.countFactorTry(of: "id-ann", under: rule, at: start)
                #expect(counted == .admitted(isLast: number == 5))
            }
            for now in [start, start + 1, start + 899] {
                let counted = try await second.countFactorTry(of: "id-ann", under: rule, at: now)
                #expect(counted == .locked(until: start + 900))
                #expect(try await first.factorLock(of: "id-ann", at: now) == start + 900)
            }
            #expect(try await first.countFactorTry(of: "id-bob", under: rule, at: start) == .admitted(isLast: false))
        }
    }

    @Test(
        "B103: the lock outlives a restart, ends at its time, and then all tries are there again",
        arguments: StoreKind.allCases)
    func restart(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            try await store.enrol()
            for _ in 1...5 { _ = try await store.countFactorTry(of: "id-ann", under: rule, at: start) }
            await store.close()
            let again = try await database.open()
            let locked = try await again.countFactorTry(of: "id-ann", under: rule, at: start + 899)
            #expect(locked == .locked(until: start + 900))
            #expect(try await again.factorLock(of: "id-ann", at: start + 900) == nil)
            for number in 1...5 {
                let counted = try await again.countFactorTry(of: "id-ann", under: rule, at: start + 900)
                #expect(counted == .admitted(isLast: number == 5))
            }
            let locked2 = try await again.countFactorTry(of: "id-ann", under: rule, at: start + 900)
            #expect(locked2 == .locked(until: start + 1800))
            await again.close()
        }
    }

    @Test("MF4: wrong tries that stopped before the lock still count a day later", arguments: StoreKind.allCases)
    func inARow(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            for _ in 1...4 { _ = try await store.countFactorTry(of: "id-ann", under: rule, at: start) }
            let counted = try await store.countFactorTry(of: "id-ann", under: rule, at: start + day)
            #expect(counted == .admitted(isLast: true))
        }
    }

    @Test("MF4: a right one forgets the tries before it, and the lock that fell with it", arguments: StoreKind.allCases)
    func forgotten(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            let half = try await store.halfSession()
            for _ in 1...5 { _ = try await store.countFactorTry(of: "id-ann", under: rule, at: start) }
            #expect(try await store.prove(Story.proving(.totp(factor: "totp", step: 101), in: half), at: start))
            #expect(try await store.factorLock(of: "id-ann", at: start) == nil)
            for number in 1...5 {
                let counted = try await store.countFactorTry(of: "id-ann", under: rule, at: start)
                #expect(counted == .admitted(isLast: number == 5))
            }
        }
    }

    @Test("MF4: of 200 tries at once at two processes five are let through", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.enrol()
            let rule = rule
            let admitted = try await winners { number in
                let store = number.isMultiple(of: 2) ? first : second
                guard case .admitted = try await store.countFactorTry(of: "id-ann", under: rule, at: start) else {
                    return false
                }
                return true
            }
            #expect(admitted == 5)
        }
    }

    @Test("MF4: nobody is let through who is nobody", arguments: StoreKind.allCases)
    func nobody(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let counted = try await store.countFactorTry(of: "id-ann", under: rule, at: start)
            #expect(counted == .locked(until: start + 900))
            #expect(try await store.count("factor_standings") == 0)
        }
    }

    @Test(
        "The first demand of a factor counts, also once one is set up: removing it earns no time",
        arguments: StoreKind.allCases)
    func demand(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let ann = try await first.signIn("ann")
            #expect(try await first.noteFactorDemand(of: "id-ann", at: start) == start)
            #expect(try await second.noteFactorDemand(of: "id-ann", at: start + day) == start)
            #expect(try await second.holdings(of: "id-ann").demandedAt == start)
            let counted = try await second.countFactorTry(of: "id-ann", under: rule, at: start)
            #expect(counted == .admitted(isLast: false))
            let change = Story.change(.addTOTP(Story.totp(), step: 100), in: ann)
            #expect(try await first.change(change, at: start) == .done)
            #expect(try await second.holdings(of: "id-ann").demandedAt == start)
            #expect(try await second.noteFactorDemand(of: "id-ann", at: start + day) == start)
            #expect(try await second.noteFactorDemand(of: "nobody", at: start) == start)
        }
    }
}
