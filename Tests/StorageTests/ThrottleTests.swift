import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: counters and known browsers")
struct ThrottleTests {
    private let lane = ThrottleLane(key: "password:abc", limit: 10, window: 900)
    private let other = ThrottleLane(key: "network:def", limit: 60, window: 60)

    @Test("PW7: simultaneous attempts are all counted, in every process", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let admitted = try await winners { number in
                let counts = try await (number % 2 == 0 ? first : second).count([lane, other], at: start)
                return counts.first.map { $0.attempts <= lane.limit } ?? false
            }
            #expect(admitted == 10)
            let counts = try await first.count([lane, other], at: start)
            #expect(counts.map(\.attempts) == [201, 201])
        }
    }

    @Test(
        "PW7: a window begins with its first attempt, is not prolonged by more, and starts anew when it has run out",
        arguments: StoreKind.allCases)
    func window(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let end = start + 900
            #expect(try await store.count([lane], at: start) == [ThrottleCount(attempts: 1, windowEndsAt: end)])
            #expect(try await store.count([lane], at: start + 899) == [ThrottleCount(attempts: 2, windowEndsAt: end)])
            #expect(
                try await store.count([lane], at: end) == [ThrottleCount(attempts: 1, windowEndsAt: end + 900)])
        }
    }

    @Test("PW8: forgetting one lane touches no other", arguments: StoreKind.allCases)
    func clear(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for _ in 1...3 { _ = try await store.count([lane, other], at: start) }
            try await store.clear(lane.key)
            try await store.clear("unknown")
            #expect(try await store.count([lane, other], at: start).map(\.attempts) == [1, 4])
        }
    }

    @Test(
        "PW7, PW8: a success takes back its own attempt alone, and only while the window runs",
        arguments: StoreKind.allCases)
    func success(kind: StoreKind) async throws {
        let unknown = ThrottleLane(key: "network:never", limit: 60, window: 60)
        try await kind.withStore { store in
            for _ in 1...3 { _ = try await store.count([lane, other], at: start) }
            try await store.succeed(lane.key, others: [other.key, unknown.key], at: start)
            #expect(try await store.attempts([lane.key, other.key, unknown.key], at: start) == [0, 2, 0])

            try await store.succeed("nobody's", others: [other.key], at: start + other.window)
            #expect(try await store.attempts([other.key], at: start) == [2])
            for _ in 1...5 { try await store.succeed("nobody's", others: [other.key], at: start) }
            #expect(try await store.count([other, unknown], at: start).map(\.attempts) == [1, 1])
        }
    }

    @Test("PW8: successes at once take back as many attempts as they are", arguments: StoreKind.allCases)
    func successes(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            for _ in 1...201 { _ = try await first.count([other], at: start) }
            let done = try await winners { number in
                try await (number % 2 == 0 ? first : second).succeed("own\(number)", others: [other.key], at: start)
                return true
            }
            #expect(done == 200)
            #expect(try await first.attempts([other.key], at: start) == [1])
        }
    }

    @Test("Counts come in the order of the lanes, and none for none", arguments: StoreKind.allCases)
    func order(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.count([lane], at: start)
            #expect(try await store.count([other, lane], at: start).map(\.attempts) == [1, 2])
            #expect(try await store.count([], at: start).isEmpty)
        }
    }

    @Test("Looking counts nothing, and sees windows that run alone", arguments: StoreKind.allCases)
    func looking(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for _ in 1...3 { _ = try await store.count([lane], at: start) }
            for _ in 1...2 {
                #expect(try await store.attempts([other.key, lane.key, "nobody's"], at: start) == [0, 3, 0])
            }
            #expect(try await store.attempts([lane.key], at: start + lane.window) == [0])
            #expect(try await store.attempts([], at: start).isEmpty)
        }
    }

    @Test("PW7: counters outlive a restart", arguments: StoreKind.allCases)
    func restart(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let before = try await database.open()
            for _ in 1...10 { _ = try await before.count([lane], at: start) }
            await before.close()
            let after = try await database.open()
            #expect(try await after.count([lane], at: start).map(\.attempts) == [11])
            await after.close()
        }
    }

    @Test("PW8: a browser is known to the person who used it, and to nobody else", arguments: StoreKind.allCases)
    func knownBrowsers(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.signIn("ann")
            try await store.signIn("bob", session: "s2")
            #expect(try await !store.isKnown(browser: digest("b"), of: "id-ann"))
            for later in 0...1 {
                try await store.remember(browser: digest("b"), of: "id-ann", at: start + Int64(later))
            }
            #expect(try await store.isKnown(browser: digest("b"), of: "id-ann"))
            #expect(try await !store.isKnown(browser: digest("b"), of: "id-bob"))
            #expect(try await !store.isKnown(browser: digest("c"), of: "id-ann"))
            await #expect(throws: StorageError.self) {
                try await store.remember(browser: digest("b"), of: "id-nobody", at: start)
            }
        }
    }
}
