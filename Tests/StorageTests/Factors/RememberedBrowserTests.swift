import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: browsers that skip the second factor (B100)")
struct RememberedBrowserTests {
    private typealias Story = FactorStory

    private func open(
        _ id: String, of name: String = "ann", bringing token: String?, at now: Instant = start, _ store: Store
    ) async throws -> Session? {
        var made = session(id, of: "id-\(name)")
        if now != start {
            made = Session(
                secret: made.secret, id: id, subject: made.subject, browser: made.browser, authenticatedAt: now,
                methods: ["pwd"], level: made.level, createdAt: now, lastSeenAt: now, idleUntil: now + hour,
                expiresAt: now + hour, device: made.device, address: made.address)
        }
        var opening = SessionOpening(made, replacing: nil, for: nil)
        opening.waiver = token.map { .remembered(digest($0)) }
        #expect(try await store.open(opening, at: now))
        return try await store.session(made.secret, at: now)
    }

    @Test(
        "B100: on day 13 it is not asked, on day 15 it is; nor is another browser, or another person, let through",
        arguments: StoreKind.allCases)
    func days(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol("ann", remembering: [Story.browser("a")])
            try await store.enrol("bob", [Story.totp("bobs", of: "id-bob")])
            let late = try #require(try await open("s1", bringing: "token a", at: start + 13 * day, store))
            #expect(!late.isHalf && late.waiver == "remembered" && late.proofs.factorTime == nil)
            #expect(
                try await store.rememberedBrowsers(of: "id-ann", at: start + 13 * day).first?.lastUsedAt
                    == start + 13 * day)
            for (number, now) in [start + 14 * day, start + 15 * day].enumerated() {
                #expect(try await open("late \(number)", bringing: "token a", at: now, store)?.isHalf == true)
            }
            #expect(try await open("s2", bringing: "token b", store)?.isHalf == true)
            #expect(try await open("s3", bringing: nil, store)?.isHalf == true)
            #expect(try await open("s4", of: "bob", bringing: "token a", store)?.isHalf == true)
        }
    }

    @Test(
        "B100: proving anew rotates the browser's secret, for everybody who is remembered on it; no row is doubled",
        arguments: StoreKind.allCases)
    func rotation(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol("ann", remembering: [Story.browser("a", token: "old")])
            try await store.enrol("bob", [Story.totp("bobs", of: "id-bob")])
            try await store.enrol(
                "bob", [],
                remembering: [
                    Story.browser("b", of: "id-bob", token: "old"),
                    Story.browser("c", of: "id-bob", token: "elsewhere"),
                ])
            let half = try await store.halfSession()
            var proving = Story.proving(.totp(factor: "totp", step: 101), in: half)
            proving.remembering = Story.browser("new", token: "new")
            proving.formerToken = digest("old")
            #expect(try await store.prove(proving, at: start))
            #expect(try await store.rememberedBrowsers(of: "id-ann", at: start).map(\.id) == ["row new"])
            let bobs = try await store.rememberedBrowsers(of: "id-bob", at: start)
            #expect(Set(bobs.map(\.token)) == [digest("new"), digest("elsewhere")])
            for (number, name) in ["ann", "bob"].enumerated() {
                #expect(try await open("o\(number)", of: name, bringing: "old", store)?.isHalf == true)
                #expect(try await open("n\(number)", of: name, bringing: "new", store)?.isHalf == false)
            }
        }
    }

    @Test("B100, IN3: of many rotations of one secret at once none is lost", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.enrol(codes: (0..<20).map { "\($0)" })
            try await first.enrol("bob", [], remembering: [Story.browser("b", of: "id-bob", token: "old")])
            var sessions: [Session] = []
            for number in 0..<20 { sessions.append(try await first.halfSession("s\(number)")) }
            let won = try await winners(of: 20) { [sessions] number in
                var proving = Story.proving(
                    .backupCode(Story.code("\(number)")), in: sessions[number], by: Proof.backupCode,
                    as: "fresh \(number)")
                proving.remembering = Story.browser("\(number)")
                proving.formerToken = digest("old")
                return try await (number.isMultiple(of: 2) ? first : second).prove(proving, at: start)
            }
            #expect(won == 20)
            #expect(try await second.rememberedBrowsers(of: "id-bob", at: start).count == 1)
            #expect(try await second.rememberedBrowsers(of: "id-ann", at: start).count == 20)
        }
    }

    @Test("B100: a person takes back one's own, one or all", arguments: StoreKind.allCases)
    func forgetting(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol(
                "ann", remembering: ["a", "b", "c"].map { Story.browser($0) } + [Story.browser("over", until: 0)])
            try await store.enrol("bob", [], remembering: [Story.browser("bobs", of: "id-bob")])
            #expect(try await store.rememberedBrowsers(of: "id-ann", at: start).count == 3)
            #expect(try await !store.forgetRemembered("row a", of: "id-bob"))
            #expect(try await !store.forgetRemembered("row bobs", of: "id-ann"))
            #expect(try await store.forgetRemembered("row a", of: "id-ann"))
            #expect(try await !store.forgetRemembered("row a", of: "id-ann"))
            #expect(try await open("s1", bringing: "token a", store)?.isHalf == true)
            #expect(try await open("s2", bringing: "token b", store)?.isHalf == false)
            #expect(try await store.forgetAllRemembered(of: "id-ann") == 3)
            #expect(try await open("s3", bringing: "token b", store)?.isHalf == true)
            #expect(try await store.rememberedBrowsers(of: "id-bob", at: start).count == 1)
        }
    }
}
