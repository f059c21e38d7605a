import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: what a person can be asked for is changed")
struct FactorChangeTests {
    private typealias Story = FactorStory

    private func unproven() throws -> Account {
        let ann = try account("ann")
        return Account(
            id: ann.id, email: ann.email, isEmailVerified: false, profile: ann.profile, passwordHash: "hash-ann",
            createdAt: start, updatedAt: start)
    }

    @Test(
        "The first factor brings backup codes; the session goes on under a new secret, and no cap is left",
        arguments: StoreKind.allCases)
    func first(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.enrol(codes: ["old"])
            #expect(try await first.resetFactors(of: "id-ann", letters: [], at: start) == 1)
            #expect(try await first.holdings(of: "id-ann").recoveredAt == start)
            let session = try await first.signIn("ann")
            #expect(try await first.session(session.secret, at: start)?.isCapped == true)
            var change = Story.change(.addTOTP(Story.totp(step: 90), step: 100), in: session, codes: ["a", "b"])
            change.letters = [news("told", of: .factorAdded)]
            #expect(try await first.change(change, at: start) == .doneWithCodes)
            #expect(try await second.session(session.secret, at: start) == nil)
            let fresh = try #require(try await second.session(digest("fresh"), at: start))
            #expect(fresh.hasFactors && !fresh.isCapped && !fresh.isHalf && fresh.id == session.id)
            let holdings = try await second.holdings(of: "id-ann")
            #expect(holdings.factors == [Story.totp(step: 100)] && holdings.codesLeft == 2)
            #expect(holdings.recoveredAt == nil && holdings.demandedAt == nil && holdings.codesMadeAt == start)
            #expect(try await second.count("outbox") == 1)
        }
    }

    @Test(
        "MF8: whoever has a factor must have proven one lately; whoever has none, anything but others' word",
        arguments: StoreKind.allCases)
    func fresh(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.create(account("ann")))
            let vouched = try await store.wholeSession("s0", proving: [Proof.staffLink])
            let add = FactorChange.Kind.addTOTP(Story.totp(), step: 100)
            #expect(try await store.change(Story.change(add, in: vouched), at: start) == .notFresh)
            let plain = try await store.signIn("ann")
            #expect(try await store.change(Story.change(add, in: plain, at: start + 301), at: start + 301) == .notFresh)
            #expect(try await store.change(Story.change(add, in: plain, at: start + 300), at: start + 300) == .done)
            // The very session that set it up has proven none.
            let fresh = try #require(try await store.session(digest("fresh"), at: start + 300))
            let kinds: [FactorChange.Kind] = [
                .rename(factor: "totp", to: "x"), .remove(factor: "totp"), .renewCodes([Story.code("a")]), add,
                .addPasskey(Story.passkey(), challenge: Story.challenge("c")),
            ]
            for kind in kinds {
                let now = start + 301
                #expect(try await store.change(Story.change(kind, in: fresh, as: "x", at: now), at: now) == .notFresh)
            }
            let half = try await store.halfSession("s2")
            for kind in kinds {
                #expect(try await store.change(Story.change(kind, in: half, as: "x"), at: start) == .notFresh)
            }
            #expect(try await store.holdings(of: "id-ann").factors == [Story.totp()])
        }
    }

    @Test("B114: whoever never proved the address sets up nothing", arguments: StoreKind.allCases)
    func unverified(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.create(unproven()))
            try await store.open(session("s1"), replacing: nil, for: nil, at: start)
            let change = Story.change(.addTOTP(Story.totp(), step: 100), in: session("s1"), codes: ["a"])
            #expect(try await store.change(change, at: start) == .notFresh)
            #expect(try await store.holdings(of: "id-ann") == FactorHoldings())
        }
    }

    @Test(
        "What is spent, set up already, too many or not there changes nothing; the session stays as it was",
        arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol("ann", [Story.totp(), Story.mailbox(), Story.passkey()], codes: ["one"])
            try await store.enrol("bob", [Story.passkey("bobs", of: "id-bob")])
            let session = try await store.wholeSession()
            let spent = Story.challenge("spent")
            #expect(try await store.spendUnkept(spent, at: start))
            try await store.begin(Story.proof("a", for: .secondFactor))
            let before = try await store.factorTraces()
            let refusals: [(FactorChange.Kind, FactorChange.Outcome)] = [
                (.addPasskey(Story.passkey("new"), challenge: spent), .spent),
                (.addPasskey(Story.passkey("new"), challenge: Story.challenge("late", lifetime: 0)), .spent),
                (
                    .addPasskey(Story.passkey("k2", credential: Array("key".utf8)), challenge: Story.challenge("n")),
                    .spent
                ),
                (
                    .addPasskey(Story.passkey("k2", credential: Array("bobs".utf8)), challenge: Story.challenge("n")),
                    .spent
                ),
                (.addPasskey(Story.passkey("k2", of: "id-bob"), challenge: Story.challenge("n")), .gone),
                (.addTOTP(Story.totp("t2", of: "id-bob"), step: 100), .gone),
                (.addMailCode(Story.mailbox("m2"), link: digest("link a")), .spent),
                (.rename(factor: "bobs", to: "mine"), .gone), (.remove(factor: "bobs"), .gone),
                (.remove(factor: ""), .gone),
            ]
            for (kind, outcome) in refusals {
                #expect(try await store.change(Story.change(kind, in: session), at: start) == outcome, "\(kind)")
            }
            #expect(try await store.factorTraces() == before)
            #expect(try await store.session(session.secret, at: start) == session)
            let many = (2...20).map { Story.passkey("key \($0)") }
            try await store.enrol("ann", many)
            let change = Story.change(.addPasskey(Story.passkey("k21"), challenge: Story.challenge("n")), in: session)
            #expect(try await store.change(change, at: start) == .spent)
        }
    }

    @Test("B102: a mailbox is set up by a code of this person, good once", arguments: StoreKind.allCases)
    func mailbox(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            let session = try await store.wholeSession()
            for purpose in [MailProof.Purpose.secondFactor, .recovery, .magicLink, .factorRecovery] {
                try await store.begin(Story.proof("\(purpose)", for: purpose))
            }
            try await store.begin(
                Story.proof("bobs", for: .secondFactor, of: nil, address: "bob@example.org"))
            for name in ["recovery", "magicLink", "factorRecovery", "bobs", "none"] {
                let change = Story.change(.addMailCode(Story.mailbox(), link: digest("link \(name)")), in: session)
                #expect(try await store.change(change, at: start) == .spent, "\(name)")
            }
            let change = Story.change(.addMailCode(Story.mailbox(), link: digest("link secondFactor")), in: session)
            #expect(try await store.change(change, at: start) == .done)
            #expect(try await store.holdings(of: "id-ann").factors(of: .mailCode).count == 1)
            #expect(try await store.mailProof(link: digest("link secondFactor"), for: .secondFactor, at: start) == nil)
        }
    }

    @Test(
        "MF3, B110: new codes kill the old ones; without a factor there are none", arguments: StoreKind.allCases)
    func codes(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let session = try await store.signIn("ann")
            let renew = FactorChange.Kind.renewCodes(["a", "b", "c"].map(Story.code))
            #expect(try await store.change(Story.change(renew, in: session), at: start) == .gone)
            try await store.enrol(codes: ["old"])
            let whole = try await store.wholeSession("s2")
            #expect(try await store.change(Story.change(renew, in: whole), at: start) == .done)
            #expect(try await store.holdings(of: "id-ann").codesLeft == 3)
            let half = try await store.halfSession("s3")
            let old = Story.proving(.backupCode(Story.code("old")), in: half, by: Proof.backupCode, as: "x")
            #expect(try await !store.prove(old, at: start))
        }
    }

    @Test(
        "B099: with the last factor the codes go, and who is halfway in; changes forget browsers",
        arguments: StoreKind.allCases)
    func removing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol(
                "ann", [Story.totp(), Story.passkey()], codes: ["one"], remembering: [Story.browser("a")])
            try await store.enrol("bob", [Story.totp("bobs", of: "id-bob")])
            try await store.enrol("bob", [], remembering: [Story.browser("bobs", of: "id-bob")])
            let one = try await store.wholeSession()
            let half = try await store.halfSession("half")
            let rename = Story.change(.rename(factor: "key", to: "Key ring"), in: one, as: "two")
            #expect(try await store.change(rename, at: start) == .done)
            #expect(try await store.holdings(of: "id-ann").factors.map(\.name) == ["App", "Key ring"])
            #expect(try await store.rememberedBrowsers(of: "id-ann", at: start).count == 1)
            let two = try #require(try await store.session(digest("two"), at: start))
            #expect(
                try await store.change(Story.change(.remove(factor: "key"), in: two, as: "three"), at: start) == .done)
            #expect(try await store.rememberedBrowsers(of: "id-ann", at: start).isEmpty)
            #expect(try await store.holdings(of: "id-ann").codesLeft == 1)
            #expect(try await store.session(half.secret, at: start) != nil)
            let three = try #require(try await store.session(digest("three"), at: start))
            #expect(
                try await store.change(Story.change(.remove(factor: "totp"), in: three, as: "four"), at: start) == .done
            )
            #expect(try await store.holdings(of: "id-ann") == FactorHoldings())
            #expect(try await store.session(half.secret, at: start) == nil)
            #expect(try await store.rememberedBrowsers(of: "id-bob", at: start).count == 1)
            #expect(try await store.session(digest("four"), at: start)?.hasFactors == false)
        }
    }

    @Test(
        "MF8: with the first factor every other session of its person ends, and what was granted there; no later one does",
        arguments: StoreKind.allCases)
    func others(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let (asking, other) = (try await first.signIn("ann"), try await first.signIn("ann", session: "s2"))
            let bob = try await first.signIn("bob", session: "bobs")
            let (kept, ended) = (grant("kept", from: asking), grant("ended", from: other))
            let offline = grant("off", from: other, isOffline: true)
            for grant in [kept, ended, offline] { try await first.issue(grant) }
            let add = Story.change(.addTOTP(Story.totp(), step: 100), in: asking, codes: ["a"])
            #expect(try await first.change(add, at: start) == .doneWithCodes)
            #expect(try await second.session(other.secret, at: start) == nil)
            #expect(try await second.session(bob.secret, at: start) != nil)
            #expect(try await second.isAlive(kept))
            #expect(try await !second.isAlive(ended))
            #expect(try await second.isAlive(offline))
            let (whole, beside) = (try await first.wholeSession("s3"), try await first.wholeSession("s4"))
            let key = Story.change(
                .addPasskey(Story.passkey(), challenge: Story.challenge("c")), in: whole, as: "later")
            #expect(try await first.change(key, at: start) == .done)
            #expect(try await second.session(beside.secret, at: start) != nil)
        }
    }
}
