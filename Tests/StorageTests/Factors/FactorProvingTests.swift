import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: a second factor is proven")
struct FactorProvingTests {
    private typealias Story = FactorStory

    @Test(
        "MF5, SE2: a half session becomes whole under a new secret, with its ledger; the old secret is dead",
        arguments: StoreKind.allCases)
    func whole(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.enrol()
            try await first.keep(pending("request"))
            let half = try await first.halfSession(for: "request")
            #expect(half.idleUntil == start + 900 && half.expiresAt == start + 900)
            var proving = Story.proving(.totp(factor: "totp", step: 101), in: half, at: start + 60)
            proving.authorization = digest("request")
            proving.letters = [news("used", of: .backupCodeUsed)]
            #expect(try await second.prove(proving, at: start + 60))
            #expect(try await first.session(half.secret, at: start + 60) == nil)
            let whole = try #require(try await first.session(digest("fresh"), at: start + 60))
            #expect(!whole.isHalf && whole.hasFactors && !whole.isCapped && whole.waiver == nil)
            #expect(whole.id == half.id && whole.methods == ["pwd", "otp", Proof.totp])
            #expect(whole.proofs.factorTime == start + 60 && whole.authenticatedAt == start + 60)
            #expect(whole.expiresAt == start + day && whole.idleUntil == start + 60 + 2 * hour)
            let facts = try await first.pending(digest("request"), at: start + 60)?.facts
            #expect(facts?.factorSession == "s1" && facts?.signedInSession == "s1")
            #expect(try await first.holdings(of: "id-ann").factors.first?.lastUsedAt == start + 60)
            #expect(try await first.count("outbox") == 1)
            #expect(try await first.isKnown(browser: half.browser, of: "id-ann"))
            #expect(try await first.signInMethods(of: "id-ann").map(\.method).sorted() == ["otp", "pwd"])
        }
    }

    @Test("MF2: a step is accepted once, and none before it, over restarts too", arguments: StoreKind.allCases)
    func steps(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            try await store.enrol()
            let half = try await store.halfSession()
            for step: Int64 in [100, 99, 0, -1] {
                #expect(try await !store.prove(Story.proving(.totp(factor: "totp", step: step), in: half), at: start))
            }
            #expect(try await store.prove(Story.proving(.totp(factor: "totp", step: 102), in: half), at: start))
            await store.close()
            let again = try await database.open()
            let other = try await again.halfSession("s2")
            for step: Int64 in [102, 101, 100] {
                let proving = Story.proving(.totp(factor: "totp", step: step), in: other, as: "other")
                #expect(try await !again.prove(proving, at: start))
            }
            let next = Story.proving(.totp(factor: "totp", step: 103), in: other, as: "other")
            #expect(try await again.prove(next, at: start))
            await again.close()
        }
    }

    @Test(
        "MF3: a backup code is good once and for its person alone, over restarts too", arguments: StoreKind.allCases)
    func codes(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            try await store.enrol(codes: ["one", "two"])
            try await store.enrol("bob", [Story.totp("bobs", of: "id-bob")], codes: ["bobs"])
            let half = try await store.halfSession()
            for name in ["bobs", "three", ""] {
                let proving = Story.proving(.backupCode(Story.code(name)), in: half, by: Proof.backupCode)
                #expect(try await !store.prove(proving, at: start))
            }
            let right = Story.proving(.backupCode(Story.code("one")), in: half, by: Proof.backupCode)
            #expect(try await store.prove(right, at: start))
            #expect(try await store.holdings(of: "id-ann").codesLeft == 1)
            #expect(try await store.holdings(of: "id-bob").codesLeft == 1)
            await store.close()
            let again = try await database.open()
            let other = try await again.halfSession("s2")
            let replay = Story.proving(.backupCode(Story.code("one")), in: other, by: Proof.backupCode, as: "other")
            #expect(try await !again.prove(replay, at: start))
            await again.close()
        }
    }

    @Test(
        "WebAuthn §6.1.1: a passkey's count rises, or is none; its challenge is good once",
        arguments: StoreKind.allCases)
    func passkeys(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol("ann", [Story.passkey(count: 7), Story.passkey("none")])
            var session = try await store.halfSession()
            let refused = [
                Story.tapped(count: 7), Story.tapped(count: 6), Story.tapped(count: 0), Story.tapped(count: -1),
                Story.tapped("none", count: -1), Story.tapped("other", count: 9),
                .passkey(factor: "key", signCount: 9, isBackedUp: true, challenge: Story.challenge("c", lifetime: 0)),
            ]
            let before = try await store.factorTraces()
            for evidence in refused {
                #expect(try await !store.prove(Story.proving(evidence, in: session, by: Proof.passkey), at: start))
            }
            #expect(try await store.factorTraces() == before)
            for (number, step) in [("key", Int64(8)), ("none", 0), ("none", 0)].enumerated() {
                let evidence = Story.tapped(step.0, count: step.1, challenge: "\(number)")
                let proving = Story.proving(evidence, in: session, by: Proof.passkey, as: "fresh \(number)")
                #expect(try await store.prove(proving, at: start))
                session = try #require(try await store.session(digest("fresh \(number)"), at: start))
            }
            let replayed = Story.tapped("none", count: 0, challenge: "2")
            #expect(try await !store.prove(Story.proving(replayed, in: session, by: Proof.passkey), at: start))
            guard case .passkey(let key)? = try await store.passkey(credentialID: Array("key".utf8))?.secret else {
                Issue.record("the passkey is gone")
                return
            }
            #expect(key.signCount == 8 && key.isBackedUp && key.transports == ["internal", "hybrid"])
        }
    }

    @Test(
        "ML8, MF3: a mailed code is of this person, this address and this purpose, and good once",
        arguments: StoreKind.allCases)
    func mailed(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol("ann", [Story.mailbox()])
            try await store.enrol("bob", [Story.mailbox("bobs", of: "id-bob")])
            let half = try await store.halfSession()
            for purpose in MailProof.Purpose.allCases {
                try await store.begin(Story.proof("\(purpose)", for: purpose))
            }
            try await store.begin(
                Story.proof("bobs", for: .secondFactor, of: "id-bob", address: "bob@example.org"))
            try await store.begin(Story.proof("moved", for: .secondFactor, address: "old@example.org"))
            let names = MailProof.Purpose.allCases.filter { $0 != .secondFactor }.map { "\($0)" } + ["bobs", "moved"]
            for name in names {
                let evidence = FactorProving.Evidence.mailCode(link: digest("link \(name)"))
                let proving = Story.proving(evidence, in: half, by: Proof.mailCode)
                #expect(try await !store.prove(proving, at: start), "\(name)")
            }
            let right = FactorProving.Evidence.mailCode(link: digest("link \(MailProof.Purpose.secondFactor)"))
            #expect(try await !store.prove(Story.proving(right, in: half, by: Proof.mailCode), at: start + 600))
            #expect(try await store.prove(Story.proving(right, in: half, by: Proof.mailCode), at: start))
            let whole = try #require(try await store.session(digest("fresh"), at: start))
            let again = Story.proving(right, in: whole, by: Proof.mailCode, as: "again")
            #expect(try await !store.prove(again, at: start))
        }
    }

    @Test("B109: whoever never set up the mailbox has not proven a factor by it", arguments: StoreKind.allCases)
    func noMailbox(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            let half = try await store.halfSession()
            try await store.begin(Story.proof("a", for: .secondFactor))
            let proving = Story.proving(.mailCode(link: digest("link a")), in: half, by: Proof.mailCode)
            #expect(try await !store.prove(proving, at: start))
            #expect(try await store.mailProof(link: digest("link a"), for: .secondFactor, at: start) != nil)
        }
    }

    @Test(
        "MF5, IN3: a session that ended, ran out, is another's or of somebody disabled burns nothing",
        arguments: StoreKind.allCases)
    func ended(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol(codes: ["one"])
            try await store.enrol("bob", [Story.totp("bobs", of: "id-bob")])
            let half = try await store.halfSession()
            let bobs = try await store.halfSession("s2", of: "bob")
            let before = try await store.factorTraces()
            for evidence in [FactorProving.Evidence.totp(factor: "totp", step: 101), .backupCode(Story.code("one"))] {
                for stranger in [bobs, session("s3"), session("s1", of: "id-bob"), session("s2")] {
                    #expect(try await !store.prove(Story.proving(evidence, in: stranger), at: start))
                }
                #expect(try await !store.prove(Story.proving(evidence, in: half), at: start + 900))
            }
            #expect(try await store.factorTraces() == before)
            _ = try await store.setStatus(.disabled, of: "id-ann", at: start)
            #expect(try await !store.prove(Story.proving(.totp(factor: "totp", step: 101), in: half), at: start))
            #expect(try await store.holdings(of: "id-ann").factors == [Story.totp()])
        }
    }

    @Test(
        "OP1: without its letter nothing is proven, and the code still works", arguments: StoreKind.allCases)
    func together(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol(codes: ["one"])
            let half = try await store.halfSession()
            try await store.post([news("same")])
            var proving = Story.proving(.backupCode(Story.code("one")), in: half, by: Proof.backupCode)
            proving.letters = [news("same")]
            let failing = proving
            await #expect(throws: StorageError.self) { _ = try await store.prove(failing, at: start) }
            #expect(try await store.session(half.secret, at: start)?.isHalf == true)
            proving.letters = [news("other")]
            #expect(try await store.prove(proving, at: start))
        }
    }
}
