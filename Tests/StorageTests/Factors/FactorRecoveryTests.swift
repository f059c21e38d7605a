import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: getting back in without any factor (MF9)")
struct FactorRecoveryTests {
    private typealias Story = FactorStory

    private func begin(
        _ store: Store, _ name: String = "a", stops: [String] = ["stop 1", "stop 2"], at now: Instant = start
    ) async throws -> Bool {
        try await store.begin(Story.proof(name, for: .factorRecovery, at: now))
        return try await store.beginRecovery(
            Story.recovery(at: now), spending: digest("link \(name)"), cancelling: stops.map(digest),
            letters: [news("asked \(name)", of: .factorRecoveryAsked)], at: now)
    }

    private func finish(
        _ half: Session, as secret: String = "back", at now: Instant, _ store: Store
    ) async throws -> Bool {
        let name = "\(secret) \(half.id) \(now.seconds)"
        try await store.begin(Story.proof(name, for: .factorRecovery, at: now))
        return try await finish(half, as: secret, spending: "link \(name)", at: now, store)
    }

    private func finish(
        _ half: Session, as secret: String = "back", spending link: String, at now: Instant, _ store: Store
    ) async throws -> Bool {
        try await store.finishRecovery(
            in: Story.proven(half, by: Proof.email, as: secret, at: now), old: half.secret, spending: digest(link),
            authorization: nil, letters: [news("done", of: .factorRecovered)], at: now)
    }

    /// A half session of a later time.
    private func half(_ id: String, at now: Instant, _ store: Store) async throws -> Session {
        let made = Session(
            secret: digest("secret of \(id)"), id: id, subject: "id-ann", browser: digest("browser"),
            authenticatedAt: now, methods: ["pwd"], level: "1", createdAt: now, lastSeenAt: now, idleUntil: now + hour,
            expiresAt: now + day, device: "Firefox", address: "192.0.2.7")
        #expect(try await store.open(made, replacing: nil, for: nil, at: now))
        return try #require(try await store.session(made.secret, at: now))
    }

    @Test(
        "MF9: it takes the mailbox and a factor to get around, begins once, and spends nothing when it does not begin",
        arguments: StoreKind.allCases)
    func beginning(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            #expect(try await first.create(account("ann")))
            #expect(try await !begin(first, "none"), "there is no factor")
            try await first.enrol()
            for purpose in [MailProof.Purpose.recovery, .secondFactor, .freshness] {
                try await first.begin(Story.proof("\(purpose)", for: purpose))
                let begun = try await first.beginRecovery(
                    Story.recovery(), spending: digest("link \(purpose)"), cancelling: [], letters: [], at: start)
                #expect(!begun, "\(purpose)")
            }
            #expect(try await begin(first))
            #expect(try await second.factorRecovery(of: "id-ann", at: start) == Story.recovery())
            let spent = try await first.count("mail_proofs", where: "spent_at IS NOT NULL")
            #expect(try await !begin(second, "b", stops: ["stop 3"], at: start + 60))
            #expect(try await second.count("mail_proofs", where: "spent_at IS NOT NULL") == spent)
            #expect(try await second.factorRecovery(of: "id-ann", at: start + 60) == Story.recovery())
            #expect(try await second.recoveryToCancel(digest("stop 3"), at: start + 60) == nil)
            #expect(try await first.count("outbox") == 1)
            let late = start + 8 * day
            #expect(try await first.factorRecovery(of: "id-ann", at: late) == nil)
            #expect(try await begin(first, "c", stops: ["stop 4"], at: late), "the old one has run out")
        }
    }

    @Test(
        "MF9, ML3: every link stops it; looking spends nothing; once it is stopped all are dead",
        arguments: StoreKind.allCases)
    func stopping(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            try await first.enrol()
            #expect(try await begin(first))
            for _ in 1...3 {
                #expect(try await first.recoveryToCancel(digest("stop 1"), at: start + day) == Story.recovery())
            }
            for name in ["stop 3", "", "link a"] {
                #expect(try await first.recoveryToCancel(digest(name), at: start) == nil)
                #expect(try await first.cancelRecovery(digest(name), letters: [news("x")], at: start) == nil)
            }
            #expect(try await first.cancelRecovery(digest("stop 1"), letters: [], at: start + 8 * day) == nil)
            let stopped = try await second.cancelRecovery(digest("stop 2"), letters: [news("y")], at: start + day)
            #expect(stopped == "id-ann")
            for name in ["stop 1", "stop 2"] {
                #expect(try await first.recoveryToCancel(digest(name), at: start + day) == nil)
                #expect(try await first.cancelRecovery(digest(name), letters: [news("z")], at: start + day) == nil)
            }
            let half = try await half("later", at: start + day, first)
            #expect(try await !finish(half, at: start + day, first))
            #expect(try await first.holdings(of: "id-ann").isEnrolled)
            #expect(try await first.count("outbox") == 2)
        }
    }

    @Test(
        "MF9: not before its time, not after, not twice, and not in a session that ended", arguments: StoreKind.allCases
    )
    func time(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            #expect(try await begin(store))
            let early = try await half("early", at: start + day + -10, store)
            #expect(try await !finish(early, at: start + day + -1, store))
            let late = try await half("late", at: start + 8 * day + -10, store)
            #expect(try await !finish(late, at: start + 8 * day, store))
            #expect(try await !finish(early, at: start + 2 * day, store), "the session has run out")
            #expect(try await !finish(session("nobody's"), at: start + 2 * day, store))
            #expect(try await store.holdings(of: "id-ann").isEnrolled)
            let now = start + 8 * day + -1
            #expect(try await finish(late, at: now, store))
            let back = try #require(try await store.session(digest("back"), at: now))
            #expect(try await !finish(back, as: "again", at: now, store))
        }
    }

    @Test(
        "MF9: whoever is back has no factor, code or remembered browser, is capped, and is in nowhere else",
        arguments: StoreKind.allCases)
    func finishing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol(
                "ann", [Story.totp(), Story.passkey()], codes: ["one"], remembering: [Story.browser("a")])
            try await store.enrol("bob", [Story.totp("bobs", of: "id-bob")], codes: ["bobs"])
            let other = try await store.wholeSession("other")
            let given = grant("g", from: other, isOffline: true)
            try await store.issue(given)
            #expect(try await begin(store))
            let now = start + day
            let half = try await half("s1", at: now, store)
            for _ in 1...5 { _ = try await store.countFactorTry(of: "id-ann", under: FactorTries(), at: now) }
            #expect(try await finish(half, at: now, store))
            let back = try #require(try await store.session(digest("back"), at: now))
            #expect(!back.isHalf && !back.hasFactors && back.isCapped && back.id == "s1")
            #expect(back.authentication().reached == [AuthenticationLevel.single])
            #expect(try await store.session(half.secret, at: now) == nil)
            let holdings = try await store.holdings(of: "id-ann")
            #expect(holdings == FactorHoldings(recoveredAt: now))
            #expect(try await store.factorLock(of: "id-ann", at: now) == nil)
            #expect(try await store.rememberedBrowsers(of: "id-ann", at: now).isEmpty)
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["s1"])
            #expect(try await store.grant("g")?.ending == .credentialsChanged)
            #expect(try await store.factorRecovery(of: "id-ann", at: now) == nil)
            #expect(try await store.recoveryToCancel(digest("stop 1"), at: now) == nil)
            #expect(try await store.holdings(of: "id-bob").codesLeft == 1)
        }
    }

    @Test("MF9: whoever is signed in stops their own, and nobody else's", arguments: StoreKind.allCases)
    func stoppedAtHome(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            try await first.enrol()
            #expect(try await !first.cancelRecovery(of: "id-ann", at: start), "there is none")
            #expect(try await begin(first))
            for other in ["id-bob", "", "stop 1"] {
                #expect(try await !first.cancelRecovery(of: other, at: start))
            }
            #expect(try await !first.cancelRecovery(of: "id-ann", at: start + 8 * day), "it has run out")
            #expect(try await first.factorRecovery(of: "id-ann", at: start) == Story.recovery())
            #expect(try await second.cancelRecovery(of: "id-ann", at: start + day))
            #expect(try await first.factorRecovery(of: "id-ann", at: start + day) == nil)
            #expect(try await first.recoveryToCancel(digest("stop 1"), at: start + day) == nil)
            #expect(try await !second.cancelRecovery(of: "id-ann", at: start + day))
        }
    }

    @Test(
        "MF9: the wait alone lets nobody in: the mailbox is proven again, and what was spent proves nothing",
        arguments: StoreKind.allCases)
    func mailboxAgain(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            try await first.enrol()
            try await first.enrol("bob", [Story.totp("bobs", of: "id-bob")])
            #expect(try await begin(first))
            let now = start + day
            let half = try await half("s1", at: now, first)
            for purpose in [MailProof.Purpose.recovery, .secondFactor, .freshness, .magicLink] {
                try await first.begin(Story.proof("\(purpose)", for: purpose, at: now))
            }
            try await first.begin(Story.proof("bobs", for: .factorRecovery, of: "id-bob", at: now))
            try await first.begin(
                Story.proof("elsewhere", for: .factorRecovery, address: "ann@former.example", at: now))
            try await first.begin(Story.proof("old", for: .factorRecovery, at: now + -600))
            let before = try await first.factorTraces()
            for name in [
                "a", "none", "recovery", "secondFactor", "freshness", "magicLink", "bobs", "elsewhere", "old",
            ] {
                #expect(try await !finish(half, spending: "link \(name)", at: now, second), "\(name)")
            }
            #expect(try await first.factorTraces() == before, "nothing is spent, and the wait goes on")
            try await first.begin(Story.proof("again", for: .factorRecovery, at: now))
            #expect(try await finish(half, spending: "link again", at: now, second))
        }
    }

    @Test("MF9: a factor that is proven meanwhile stops it", arguments: StoreKind.allCases)
    func proven(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol("ann", [Story.totp(), Story.passkey()])
            #expect(try await begin(store))
            let half = try await store.halfSession()
            #expect(try await store.prove(Story.proving(.totp(factor: "totp", step: 101), in: half), at: start))
            #expect(try await store.factorRecovery(of: "id-ann", at: start) == nil)
            #expect(try await begin(store, "b", stops: ["stop 3"]))
            let made = try await store.wholeSession("unused")
            #expect(try await store.end(sessionID: made.id, of: "id-ann", at: start))
            let opening = SessionOpening(made, replacing: nil, for: nil)
            #expect(try await store.enter(by: Story.tapped(count: 1), opening: opening, letters: [], at: start))
            #expect(try await store.factorRecovery(of: "id-ann", at: start) == nil)
            #expect(try await store.recoveryToCancel(digest("stop 3"), at: start) == nil)
        }
    }

    @Test(
        "An operator's reset takes all factors, ends all access, and caps; nobody has none, and none is no reset",
        arguments: StoreKind.allCases)
    func reset(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            try await first.enrol(
                "ann", [Story.totp(), Story.passkey()], codes: ["one"], remembering: [Story.browser("a")])
            let bob = try await first.signIn("bob", session: "bobs")
            let whole = try await first.wholeSession()
            let half = try await first.halfSession("s2")
            let given = grant("g", from: whole, isOffline: true)
            try await first.issue(given)
            #expect(try await begin(first))
            #expect(
                try await second.resetFactors(of: "id-ann", letters: [news("r", of: .factorsReset)], at: start) == 2)
            for session in [whole, half] { #expect(try await first.session(session.secret, at: start) == nil) }
            #expect(try await first.grant("g")?.ending == .endedByOperator)
            #expect(try await first.holdings(of: "id-ann") == FactorHoldings(recoveredAt: start))
            #expect(try await first.rememberedBrowsers(of: "id-ann", at: start).isEmpty)
            #expect(try await first.factorRecovery(of: "id-ann", at: start) == nil)
            let again = try await first.signIn("ann", session: "s3")
            let opened = try #require(try await first.session(again.secret, at: start))
            #expect(!opened.isHalf && opened.isCapped)
            #expect(try await second.resetFactors(of: "nobody", letters: [news("n")], at: start) == nil)
            #expect(try await second.resetFactors(of: "id-bob", letters: [news("b")], at: start) == 0)
            #expect(try await first.session(bob.secret, at: start) == bob)
            #expect(try await first.holdings(of: "id-bob") == FactorHoldings())
        }
    }
}
