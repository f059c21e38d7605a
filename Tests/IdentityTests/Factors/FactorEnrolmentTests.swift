import Cryptography
import Identity
import OAuth
import Testing

@testable import Storage

@Suite("MF1, MF8, B114, B115: setting up, changing and removing")
struct FactorEnrolmentTests {
    private let noon = Door.noon

    @Test("B114: the first code sets the app up: in the ledger, with backup codes and a mail")
    func first() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        #expect(app.seed.count == 20)
        #expect(app.codes.count == 10)
        #expect(app.session.proofs.classes == [.knowledge, .possession])
        #expect(try await door.store.session(app.session.secret, at: noon)?.hasFactors == true)
        let holdings = try await door.enrolment.holdings(of: door.ann.id)
        #expect(holdings.factors.map(\.kind) == [.totp])
        #expect(holdings.codesLeft == 10)
        let letter = try #require(try await door.gateway.letters(.firstFactorAdded).last)
        #expect(letter.secondPath?.hasPrefix("/factor-recovery/undo/mfu_") == true)
        #expect(letter.facts.contains { $0.fact == .method && $0.value == "totp" })
        #expect(door.audit.kinds.contains(.factorAdded))
    }

    @Test("MF1: the seed lies sealed in its row, and opens in no other")
    func sealed() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let factor = try #require(try await door.store.holdings(of: door.ann.id).factors.first)
        guard case .totp(let sealed, _) = factor.secret else {
            Issue.record("not an app")
            return
        }
        #expect(sealed.count > app.seed.count)
        #expect(!sealed.indices.contains { sealed[$0...].starts(with: app.seed) })
        _ = try await door.store.database.write { connection in
            try connection.execute("UPDATE factors SET id = 'moved' WHERE id = $1", [.text(factor.id)])
        }
        let half = try await door.signIn(at: noon + 60)
        await #expect(throws: CryptographyError.self) {
            try await door.proving.prove(app.code(at: noon + 60), as: .totp, door.attempt(half), at: noon + 60)
        }
    }

    @Test("MF1, B114: a wrong code sets nothing up, and the same key can be tried again")
    func wrong() async throws {
        let door = try await FactorDoor()
        let session = try await door.signIn()
        let draft = try door.enrolment.beginTOTP(door.request(session), at: noon)
        for code in ["", "12345", "abcdef", "1234567"] {
            let outcome = try await door.enrolment.addTOTP(draft.sealed, code: code, door.request(session), at: noon)
            #expect(outcome.isWrong)
        }
        #expect(try await door.store.holdings(of: door.ann.id).factors.isEmpty)
        #expect(door.enrolment.draft(draft.sealed, door.request(session), at: noon + 60) == draft)
        #expect(try await door.gateway.letters(.firstFactorAdded).isEmpty)
    }

    @Test("B114: a key that is being set up is good in its session, for a quarter of an hour, as it was made")
    func draft() async throws {
        let door = try await FactorDoor()
        let (session, other) = (try await door.signIn(), try await door.signIn(browser: 2))
        let request = door.request(session)
        let draft = try door.enrolment.beginTOTP(request, at: noon)
        #expect(door.enrolment.draft(draft.sealed, request, at: noon + 899) == draft)
        #expect(door.enrolment.draft(draft.sealed, request, at: noon + 900) == nil)
        #expect(door.enrolment.draft(draft.sealed, door.request(other), at: noon) == nil)
        let foreign = [
            draft.sealed + "A", String(draft.sealed.dropLast(2)), "", "é", String(repeating: "A", count: 9999),
        ]
        for text in foreign { #expect(door.enrolment.draft(text, request, at: noon) == nil) }
        let seed = try #require(Base32.decode(draft.key.filter { $0 != " " }))
        let code = try TOTP.code(of: seed, step: TOTP.step(at: noon))
        #expect(try await door.enrolment.addTOTP(draft.sealed, code: code, door.request(other), at: noon).isWrong)
    }

    @Test("B114: the address for a QR code says whose key it is, and how it counts")
    func uri() async throws {
        let door = try await FactorDoor()
        let draft = try door.enrolment.beginTOTP(door.request(try await door.signIn()), at: noon)
        let key = draft.key.filter { $0 != " " }
        #expect(key.utf8.count == 32)
        #expect(
            draft.uri
                == "otpauth://totp/Martlet:ann%40example.org?secret=\(key)&issuer=Martlet&algorithm=SHA1&digits=6&period=30"
        )
    }

    @Test("B114: whose address was never proven sets nothing up")
    func unverified() async throws {
        let door = try await FactorDoor()
        let session = try await door.signIn()
        let ann = Account(
            id: door.ann.id, email: door.ann.email, isEmailVerified: false, profile: door.ann.profile,
            passwordHash: door.ann.passwordHash, createdAt: noon, updatedAt: noon)
        let request = door.request(session, of: ann)
        #expect(door.enrolment.offered(to: ann).isEmpty)
        let draft = try door.enrolment.beginTOTP(request, at: noon)
        let seed = try #require(Base32.decode(draft.key.filter { $0 != " " }))
        let code = try TOTP.code(of: seed, step: TOTP.step(at: noon))
        #expect(try await door.enrolment.addTOTP(draft.sealed, code: code, request, at: noon).isNotOffered)
        #expect(!(try await door.enrolment.sendCode(request, at: noon)))
        #expect(try await door.enrolment.addMailCode(code: "123456", request, at: noon).isNotOffered)
    }

    @Test("MF8, B114: five minutes after the last proof nothing is set up, and never on staff's word")
    func stale() async throws {
        let door = try await FactorDoor()
        let late = noon + 301
        let sessions = [try await door.signIn(), try await door.signIn(method: Proof.staffLink, at: late)]
        for session in sessions {
            let draft = try door.enrolment.beginTOTP(door.request(session), at: late)
            let seed = try #require(Base32.decode(draft.key.filter { $0 != " " }))
            let code = try TOTP.code(of: seed, step: TOTP.step(at: late))
            #expect(
                try await door.enrolment.addTOTP(draft.sealed, code: code, door.request(session), at: late).isNotFresh)
        }
        #expect(try await door.store.holdings(of: door.ann.id).factors.isEmpty)
    }

    @Test("MF8, B115: a session whose factor was proven long ago changes nothing, however fresh its password")
    func stolen() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let late = noon + 3600
        let factor = try #require(try await door.store.holdings(of: door.ann.id).factors.first)
        let renewed = try await door.sessions.renew(app.session, method: Proof.password, provenHash: nil, at: late)
        let request = door.request(try #require(renewed).session)
        #expect(try await door.enrolment.remove(factor.id, request, at: late).isNotFresh)
        #expect(try await door.enrolment.rename(factor.id, to: "Mine", request, at: late).isNotFresh)
        #expect(try await door.enrolment.renewCodes(request, at: late).isNotFresh)
        let half = try await door.signIn(at: late)
        #expect(try await door.enrolment.remove(factor.id, door.request(half), at: late).isNotFresh)
        #expect(try await door.store.holdings(of: door.ann.id).factors.count == 1)
        #expect(try await door.gateway.letters(.factorRemoved).isEmpty)
    }

    @Test("B115: with the factor just proven it is named and removed, under new secrets, and a mail says so")
    func removed() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let factor = try #require(try await door.store.holdings(of: door.ann.id).factors.first)
        let named = try await door.enrolment.rename(factor.id, to: " My phone ", door.request(app.session), at: noon)
        let session = try #require(named.session)
        #expect(session.secret != app.session.secret)
        #expect(try await door.store.holdings(of: door.ann.id).factors.first?.name == "My phone")
        #expect(try await door.enrolment.remove("nobody's", door.request(session), at: noon).isGone)
        let last = try await door.enrolment.remove(factor.id, door.request(session), at: noon)
        #expect(try #require(last.session).secret != session.secret)
        #expect(try await door.store.holdings(of: door.ann.id).codesLeft == 0)
        #expect(try await door.gateway.letters(.factorRemoved).count == 1)
        #expect(!(try await door.signIn(browser: 2, at: noon + 60).isHalf))
    }

    @Test(
        "What is no name is refused",
        arguments: ["", "  ", "a\nb", "a\u{202E}b", "a\u{0}", String(repeating: "a", count: 65)])
    func names(name: String) async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let factor = try #require(try await door.store.holdings(of: door.ann.id).factors.first)
        #expect(try await door.enrolment.rename(factor.id, to: name, door.request(app.session), at: noon).isWrong)
    }

    @Test("B114: another app takes the place of the one before, and no new codes come with it")
    func replaced() async throws {
        let door = try await FactorDoor()
        let first = try await door.app()
        let second = try await door.app(in: first.session, at: noon + 60)
        #expect(second.codes.isEmpty)
        #expect(try await door.store.holdings(of: door.ann.id).factors.count == 1)
        let late = noon + 3600
        let half = try await door.signIn(at: late)
        #expect(try await door.proving.prove(first.code(at: late), as: .totp, door.attempt(half), at: late).isWrong)
        #expect(
            try await door.proving.prove(second.code(at: late), as: .totp, door.attempt(half), at: late).opened != nil)
    }

    @Test("B109: codes by mail are for people with a password of their own")
    func mailCodes() async throws {
        let door = try await FactorDoor()
        #expect(door.enrolment.offered(to: door.ann) == [.totp, .mailCode, .passkey])
        let bob = try await door.gateway.door.person("bob@example.org", password: nil)
        #expect(door.enrolment.offered(to: bob) == [.totp, .passkey])
        let mailed = Account(
            id: door.ann.id, email: door.ann.email, isEmailVerified: true, profile: door.ann.profile,
            passwordHash: door.ann.passwordHash, createdAt: noon, updatedAt: noon, isPasswordMailed: true)
        #expect(mailed.passwordMethod == Proof.mailedPassword)
        #expect(door.enrolment.offered(to: mailed) == [.totp, .passkey])
        let session = try await door.signIn(bob, method: Proof.email, browser: 2)
        #expect(!(try await door.enrolment.sendCode(door.request(session, of: bob), at: noon)))
    }

    @Test("B099: where second factors are off nothing is set up or changed, and what there is stays")
    func off() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let off = try await door.with { $0.isOn = false }
        let session = try await off.signIn(browser: 2, at: noon)
        let request = off.request(session)
        let factor = try #require(try await door.store.holdings(of: door.ann.id).factors.first)
        #expect(off.enrolment.offered(to: off.ann).isEmpty)
        #expect(try await off.enrolment.remove(factor.id, request, at: noon).isNotOffered)
        #expect(try await off.enrolment.renewCodes(request, at: noon).isNotOffered)
        #expect(try await door.store.holdings(of: door.ann.id).codesLeft == app.codes.count)
    }

    @Test("B104: a sign-in by an exempt role is written down, and reaches no level by it")
    func exempt() async throws {
        var policy = FactorPolicy()
        policy.exemptRoles = ["administrator"]
        let door = try await FactorDoor(policy)
        try await door.app()
        #expect(try await door.signIn(browser: 2, at: noon + 60).isHalf)
        #expect(!door.audit.kinds.contains(.factorWaived))
        let ann = Account(
            id: door.ann.id, email: door.ann.email, isEmailVerified: true, profile: door.ann.profile,
            roles: [.administrator], passwordHash: door.ann.passwordHash, createdAt: noon, updatedAt: noon)
        let session = try await door.signIn(ann, browser: 3, at: noon + 60)
        #expect(session.waiver == "exempt_role:administrator")
        #expect(session.authentication().reached == [AuthenticationLevel.single])
        let event = try #require(door.audit.events.last { $0.kind == .factorWaived })
        #expect(event.details["role"] == "administrator")
        #expect(event.subject == ann.id)
    }

    @Test("B104, MF6: a session opened for an exempt role lacks its second factor once that role is exempt no more")
    func exemptNoMore() async throws {
        let door = try await FactorDoor()
        try await door.app()
        let staff = try await door.with { $0.exemptRoles = ["staff", "administrator"] }
        let arrival = Arrival(visitor: Door.visitor(2), presentedSession: nil, authorization: nil)
        let ann = Account(
            id: door.ann.id, email: door.ann.email, isEmailVerified: true, profile: door.ann.profile,
            roles: [.administrator], passwordHash: door.ann.passwordHash, createdAt: noon, updatedAt: noon)
        let opened = try #require(
            try await staff.sessions.open(for: ann, method: Proof.password, from: arrival, at: noon))
        for (roles, isHalf) in [
            (["administrator"], false), (["admin", "administrator", "staff"], false), (["staff"], true),
            (["administrators", "admin"], true), ([], true),
        ] {
            let house = try await door.with { $0.exemptRoles = roles }
            let session = try await house.sessions.current(opened.secret.plaintext, at: noon)
            #expect(session?.isHalf == isHalf, "\(roles)")
        }
    }
}
