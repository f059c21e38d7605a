import Identity
import OAuth
import Testing

@testable import Storage

@Suite("B101, B109, B112: a code by mail as the second factor")
struct MailCodeFactorTests {
    private let later = Door.noon + 3600

    private func door(_ policy: FactorPolicy = FactorPolicy()) async throws -> FactorDoor {
        let door = try await FactorDoor(policy)
        let outcome = try await door.mailbox(in: try await door.signIn())
        #expect(outcome.codes.count == FactorPolicy.backupCodes)
        return door
    }

    @Test("B109: six digits to the address make a session whole that came in by a password")
    func whole() async throws {
        let door = try await door()
        let half = try await door.signIn(at: later)
        #expect(try await door.proving.choices(in: half, at: later).hasMailCode)
        #expect(try await door.proving.sendCode(door.attempt(half), at: later))
        let code = try await door.mailedCode()
        #expect(code.utf8.count == 6)
        #expect(code.utf8.allSatisfy { (0x30...0x39).contains($0) })
        let letter = try #require(try await door.gateway.letters(.secondFactorCode).last)
        #expect(letter.path == nil)
        let opened = try await door.proving.prove(code, as: .mailCode, door.attempt(half), at: later).opened
        #expect(try #require(opened).session.proofs.classes == [.knowledge, .mailbox])
        let again = try await door.signIn(at: later)
        #expect(try await door.proving.prove(code, as: .mailCode, door.attempt(again), at: later).isWrong)
    }

    @Test(
        "B109: whoever came in by the mailbox is neither offered one nor taken by one",
        arguments: [Proof.email, Proof.mailedPassword, "github"])
    func mailbox(method: String) async throws {
        let door = try await door()
        let asking = try await door.signIn(at: later)
        #expect(try await door.proving.sendCode(door.attempt(asking), at: later))
        let code = try await door.mailedCode()
        let half = try await door.signIn(method: method, at: later)
        #expect(half.isHalf)
        let choices = try await door.proving.choices(in: half, at: later)
        #expect(!choices.hasMailCode)
        #expect(choices.codesLeft == 10)
        #expect(!(try await door.proving.sendCode(door.attempt(half), at: later + 60)))
        #expect(try await door.proving.prove(code, as: .mailCode, door.attempt(half), at: later).isWrong)
        #expect(try await door.gateway.letters(.secondFactorCode).count == 2)
    }

    @Test("B109: a code is worth nothing in another session, or in another browser")
    func bound() async throws {
        let door = try await door()
        let asking = try await door.signIn(at: later)
        #expect(try await door.proving.sendCode(door.attempt(asking), at: later))
        let code = try await door.mailedCode()
        let other = try await door.signIn(at: later)
        #expect(try await door.proving.prove(code, as: .mailCode, door.attempt(other), at: later).isWrong)
        #expect(try await door.proving.prove(code, as: .mailCode, door.attempt(asking, browser: 2), at: later).isWrong)
        #expect(door.reasons() == ["of_another", "nothing_awaited"])
    }

    @Test("JW4: a code to set the mailbox up is none to sign in with, nor the other way round")
    func purposes() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let request = door.request(app.session)
        #expect(try await door.enrolment.sendCode(request, at: Door.noon))
        let enrolling = try await door.mailedCode()
        let attempt = door.attempt(app.session)
        #expect(try await door.proving.prove(enrolling, as: .mailCode, attempt, at: Door.noon).isWrong)
        #expect(try await door.enrolment.addMailCode(code: enrolling, request, at: Door.noon).session != nil)

        let half = try await door.signIn(at: later)
        #expect(try await door.proving.sendCode(door.attempt(half), at: later))
        let proving = try await door.mailedCode()
        let whole = try await door.proving.prove(app.code(at: later), as: .totp, door.attempt(half), at: later).opened
        let second = door.request(try #require(whole).session)
        #expect(try await door.enrolment.addMailCode(code: proving, second, at: later).isWrong)
    }

    @Test("B101: a code lives ten minutes, or as long as is set", arguments: [Int64(300), 600, 900])
    func expiry(lifetime: Int64) async throws {
        var policy = FactorPolicy()
        policy.mailCodeLifetime = lifetime
        policy.kinds = [.mailCode]
        let door = try await door(policy)
        let half = try await door.signIn(at: later)
        #expect(try await door.proving.sendCode(door.attempt(half), at: later))
        let code = try await door.mailedCode()
        let end = later + lifetime
        #expect(try await door.proving.prove(code, as: .mailCode, door.attempt(half), at: end).isWrong)
        #expect(door.reasons() == ["nothing_awaited"])
        let opened = try await door.proving.prove(code, as: .mailCode, door.attempt(half), at: end + -1).opened
        #expect(opened != nil)
    }

    @Test("B112: one more than the limit sends none, and so does asking while the lock lasts")
    func capped() async throws {
        let door = try await door()
        let begin = Door.noon + 86_400
        let half = try await door.signIn(at: begin)
        var sent = 0
        for number in 0..<8 where try await door.proving.sendCode(door.attempt(half), at: begin + Int64(number) * 31) {
            sent += 1
        }
        #expect(sent == 5)
        #expect(try await door.gateway.letters(.secondFactorCode).count == 1 + sent)
        for _ in 0..<5 { _ = try await door.proving.prove("0", as: .mailCode, door.attempt(half), at: begin + 300) }
        #expect(!(try await door.proving.sendCode(door.attempt(half), at: begin + 301)))
    }

    @Test("B109: an address that changed meanwhile proves nothing")
    func changed() async throws {
        let door = try await door()
        let half = try await door.signIn(at: later)
        #expect(try await door.proving.sendCode(door.attempt(half), at: later))
        let code = try await door.mailedCode()
        _ = try await door.store.database.write { connection in
            try connection.execute(
                "UPDATE accounts SET email = 'new@example.org', canonical_email = 'new@example.org' WHERE id = $1",
                [.text(door.ann.id)])
        }
        #expect(try await door.proving.prove(code, as: .mailCode, door.attempt(half), at: later).isWrong)
    }
}
