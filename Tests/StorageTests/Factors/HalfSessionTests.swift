import Cryptography
import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: a half session is good for its second factor, and for nothing else (MF5)")
struct HalfSessionTests {
    private typealias Story = FactorStory

    @Test("MF5: no verb that asks for a session takes a half one", arguments: StoreKind.allCases)
    func nothing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            let half = try await store.halfSession()
            #expect(try await !store.finish(nil, with: code("c", of: grant("g", from: half)), at: start))
            let renewed = Story.proven(half, by: Proof.password)
            #expect(try await !store.renew(half.secret, as: renewed, provenHash: nil, spending: nil, at: start))
            let kept = StorageTests.kept(half, as: "fresh")
            #expect(try await store.endOthers(than: kept, at: start) == nil)
            let replacement = PasswordReplacement(from: "hash-ann", to: "new", keeping: kept, endsOthers: false)
            #expect(try await store.changePassword(replacement, mailing: news("told"), at: start) == nil)
            try await store.begin(Story.proof("move", for: .addressChange, address: "new@example.org"))
            let undo = AddressUndo(
                link: digest("undo"), accountID: "id-ann", address: try account("ann").email, createdAt: start,
                expiresAt: start + day)
            let change = AddressSwitch(
                spending: digest("link move"), from: try account("ann").email,
                to: try #require(EmailAddress("new@example.org")), keeping: kept, endsOthers: false, undo: undo)
            #expect(try await store.changeAddress(change, mailing: news("moved"), at: start) == .dead)
            let add = Story.change(.addTOTP(Story.totp("own"), step: 100), in: half)
            #expect(try await store.change(add, at: start) == .notFresh)
            #expect(try await store.sessions(of: "id-ann", at: start).isEmpty)
            #expect(try await store.session(digest("fresh"), at: start) == nil)
            #expect(try await store.session(half.secret, at: start) == half)
        }
    }

    @Test("MF5: it lasts a quarter of an hour, whatever is asked with it", arguments: StoreKind.allCases)
    func lifetime(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            let half = try await store.halfSession()
            try await store.touch(half.secret, idleUntil: start + day, at: start + 60)
            #expect(try await store.session(half.secret, at: start + 899) == half)
            #expect(try await store.session(half.secret, at: start + 900) == nil)
        }
    }

    @Test(
        "MF5, PW14: who is only halfway in leaves no trace of a sign-in: the browser is no known one, no way is noted",
        arguments: StoreKind.allCases)
    func traces(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            let half = try await store.halfSession()
            #expect(try await !store.isKnown(browser: half.browser, of: "id-ann"))
            #expect(try await store.signInMethods(of: "id-ann").isEmpty)
        }
    }

    @Test(
        "MF6: a new password ends whoever came halfway in by the old one, also where other sessions stay",
        arguments: StoreKind.allCases)
    func newPassword(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            let (whole, other) = (try await store.wholeSession(), try await store.wholeSession("s2"))
            let half = try await store.halfSession("s3")
            let replacement = PasswordReplacement(
                from: "hash-ann", to: "new", keeping: StorageTests.kept(whole), endsOthers: false)
            #expect(try await store.changePassword(replacement, mailing: news("told"), at: start) == 0)
            #expect(try await store.session(half.secret, at: start) == nil)
            #expect(try await store.session(other.secret, at: start) != nil)
            #expect(try await !store.prove(Story.proving(.totp(factor: "totp", step: 101), in: half), at: start))
        }
    }

    @Test(
        "MF6: by a passkey alone one is in, whole; its challenge and its count are good once",
        arguments: StoreKind.allCases)
    func passkeyAlone(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.enrol("ann", [Story.totp(), Story.passkey(count: 3)])
            try await first.enrol("bob", [Story.passkey("bobs", of: "id-bob")])
            let plain = session("s1")
            var opening = SessionOpening(
                Story.proven(plain, by: Proof.verifiedPasskey, as: "in"), replacing: nil, for: nil)
            opening.provenHash = "another by now"
            let spent = Story.challenge("spent")
            #expect(try await first.spendUnkept(spent, at: start))
            let refused: [FactorProving.Evidence] = [
                .totp(factor: "totp", step: 101), .backupCode(Story.code("one")), Story.tapped(count: 3),
                Story.tapped("bobs", count: 1), Story.tapped("totp", count: 4),
                .passkey(factor: "key", signCount: 4, isBackedUp: true, challenge: spent),
            ]
            for evidence in refused {
                #expect(try await !first.enter(by: evidence, opening: opening, letters: [], at: start))
            }
            #expect(try await first.session(digest("in"), at: start) == nil)
            #expect(try await first.enter(by: Story.tapped(count: 4), opening: opening, letters: [], at: start))
            #expect(try await second.session(digest("in"), at: start)?.isHalf == false)
            #expect(try await second.signInMethods(of: "id-ann").map(\.method).contains("pwd"))
            for evidence in [Story.tapped(count: 4, challenge: "d"), Story.tapped(count: 5)] {
                let again = SessionOpening(
                    Story.proven(session("s2"), by: Proof.verifiedPasskey, as: "in 2"), replacing: nil, for: nil)
                #expect(try await !second.enter(by: evidence, opening: again, letters: [], at: start))
            }
            _ = try await first.setStatus(.disabled, of: "id-ann", at: start)
            #expect(try await first.passkey(credentialID: Array("key".utf8)) == nil)
            let late = Story.tapped(count: 9, challenge: "e")
            #expect(try await !first.enter(by: late, opening: opening, letters: [], at: start))
        }
    }

    @Test(
        "PW14: who comes halfway in from a browser not seen before is told of at once, and not again when they are in",
        arguments: StoreKind.allCases)
    func notice(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol()
            try await store.database.write { connection in
                _ = try connection.execute("UPDATE accounts SET created_at = created_at - 86400", [])
            }
            var opening = SessionOpening(session("s1"), replacing: nil, for: nil)
            let postbox = try Postbox(key: Array(0..<32), random: SystemRandom())
            let notice = try SignInNotice(of: opening.session, to: account("ann"), by: postbox, SystemRandom())
            opening.notice = notice
            #expect(try await store.open(opening, at: start))
            let half = try #require(try await store.session(opening.session.secret, at: start))
            #expect(half.isHalf)
            #expect(try await store.count("outbox") == 1)
            #expect(try await store.deniableSignIn(notice.denial.digest, at: start)?.sessions.count == 1)
            #expect(try await store.prove(Story.proving(.totp(factor: "totp", step: 101), in: half), at: start))
            #expect(try await store.count("outbox") == 1)
            // The browser is a known one by now.
            var again = SessionOpening(session("s2"), replacing: nil, for: nil)
            again.notice = try SignInNotice(of: again.session, to: account("ann"), by: postbox, SystemRandom())
            #expect(try await store.open(again, at: start))
            #expect(try await store.count("outbox") == 1)
        }
    }

    @Test(
        "MF6, B104: whoever was let in for a role is half in once their roles change; others stay as they are",
        arguments: StoreKind.allCases)
    func roles(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol("ann")
            for (id, waiver) in [("s1", FactorWaiver.exemptRole("staff")), ("s2", .off)] {
                let plain = session(id)
                let made = Session(
                    secret: plain.secret, id: id, subject: plain.subject, browser: plain.browser,
                    authenticatedAt: start, methods: ["pwd"], level: "1", createdAt: start, lastSeenAt: start,
                    idleUntil: start + hour, expiresAt: start + day, device: "", address: "")
                var opening = SessionOpening(made, replacing: nil, for: nil)
                opening.waiver = waiver
                #expect(try await store.open(opening, at: start))
            }
            let exempt = try #require(try await store.session(session("s1").secret, at: start))
            #expect(!exempt.isHalf && exempt.waiver == "exempt_role:staff")
            #expect(try await store.setRoles([Role("a")], of: "id-ann", at: start + 60))
            let half = try #require(try await store.session(exempt.secret, at: start + 60))
            #expect(half.isHalf && half.waiver == nil)
            #expect(half.idleUntil == start + 960 && half.expiresAt == start + 960)
            #expect(try await store.session(session("s2").secret, at: start + 60)?.isHalf == false)
            let proving = Story.proving(.totp(factor: "totp", step: 101), in: half, at: start + 60)
            #expect(try await store.prove(proving, at: start + 60))
        }
    }
}
