import Identity
import OAuth
import Testing

@Suite("PW7-PW9, IN9: lanes")
struct ThrottleTests {
    private let narrow = ThrottleLimit("narrow", attempts: 2, window: 60)
    private let wide = ThrottleLimit("wide", attempts: 5, window: 600)

    @Test("PW7: what is over the limit is refused until the window ends, and further attempts do not prolong it")
    func window() async throws {
        let throttle = try await Door().throttle
        let lane = throttle.lane(narrow, [1])
        for _ in 0..<2 {
            #expect(try await throttle.admit([lane], at: Door.noon) == .admitted)
        }
        #expect(try await throttle.admit([lane], at: Door.noon + 1) == .refused(by: "narrow", retryAfter: 59))
        #expect(try await throttle.admit([lane], at: Door.noon + 59) == .refused(by: "narrow", retryAfter: 1))
        #expect(try await throttle.admit([lane], at: Door.noon + 60) == .admitted)
    }

    @Test("PW9: what a narrow lane refuses is not counted in a wider one")
    func refusedTouchesNothing() async throws {
        let throttle = try await Door().throttle
        let lanes = [throttle.lane(narrow, [1]), throttle.lane(wide, [2])]
        for _ in 0..<50 { _ = try await throttle.admit(lanes, at: Door.noon) }
        for _ in 0..<3 {
            #expect(try await throttle.admit([throttle.lane(wide, [2])], at: Door.noon) == .admitted)
        }
        let decision = try await throttle.admit([throttle.lane(wide, [2])], at: Door.noon)
        #expect(decision == .refused(by: "wide", retryAfter: 600))
    }

    @Test("PW8: clearing one lane leaves every other as it was")
    func clearing() async throws {
        let throttle = try await Door().throttle
        let (mine, other) = (throttle.lane(narrow, [1]), throttle.lane(narrow, [2]))
        for lane in [mine, other] {
            for _ in 0..<3 { _ = try await throttle.admit([lane], at: Door.noon) }
        }
        try await throttle.clear(mine)
        #expect(try await throttle.admit([mine], at: Door.noon) == .admitted)
        #expect(try await throttle.admit([other], at: Door.noon) != .admitted)
    }

    @Test("PW7: of simultaneous attempts no more get through than one after the other")
    func simultaneous() async throws {
        let throttle = try await Door().throttle
        let lane = throttle.lane(wide, [1])
        let admitted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 {
                group.addTask { try await throttle.admit([lane], at: Door.noon) == .admitted }
            }
            return try await group.reduce(into: 0) { count, isAdmitted in count += isAdmitted ? 1 : 0 }
        }
        #expect(admitted == 5)
    }

    @Test("PW7: counters outlive the process")
    func persisted() async throws {
        let door = try await Door()
        let lane = door.throttle.lane(narrow, [1])
        for _ in 0..<2 { _ = try await door.throttle.admit([lane], at: Door.noon) }
        let later = Throttle(store: door.store, key: Array(repeating: 7, count: 32))
        #expect(try await later.admit([later.lane(narrow, [1])], at: Door.noon) != .admitted)
    }

    @Test("CR5: a key tells nothing of its parts without the secret, and its parts cannot be shifted")
    func keys() async throws {
        let door = try await Door()
        let throttle = door.throttle
        let other = Throttle(store: door.store, key: Array(repeating: 8, count: 32))
        let address = Array("ann@example.org".utf8)
        #expect(throttle.lane(narrow, address) == throttle.lane(narrow, address))
        #expect(!throttle.lane(narrow, address).key.contains("ann"))
        #expect(throttle.lane(narrow, address).key != other.lane(narrow, address).key)
        #expect(throttle.lane(narrow, [1, 2], [3]).key != throttle.lane(narrow, [1], [2, 3]).key)
        #expect(throttle.lane(narrow, [1], []).key != throttle.lane(narrow, [1]).key)
        #expect(throttle.lane(narrow, [1]).key != throttle.lane(wide, [1]).key)
    }

    @Test("A store that gives no count admits nobody")
    func failsClosed() async throws {
        struct Mute: ThrottleStore {
            func count(_ lanes: [ThrottleLane], at now: Instant) async throws -> [ThrottleCount] { [] }
            func attempts(_ keys: [String], at now: Instant) async throws -> [Int64] { [] }
            func clear(_ key: String) async throws {}
            func succeed(_ own: String, others: [String], at now: Instant) async throws {}
        }
        let throttle = Throttle(store: Mute(), key: [])
        let decision = try await throttle.admit([throttle.lane(narrow, [1])], at: Door.noon)
        #expect(decision == .refused(by: "narrow", retryAfter: 60))
    }
}
