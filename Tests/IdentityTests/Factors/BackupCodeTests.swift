import Identity
import OAuth
import Testing

@Suite("B110, MF3: proving by a backup code")
struct BackupCodeTests {
    private let later = Door.noon + 3600

    @Test("A code makes whole once; its person is told how many are left")
    func once() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        #expect(app.codes.count == FactorPolicy.backupCodes)
        let code = try #require(app.codes.first)
        let half = try await door.signIn(at: later)
        let opened = try await door.proving.prove(code.lowercased(), as: .backupCode, door.attempt(half), at: later)
            .opened
        #expect(try #require(opened).session.authentication().level == AuthenticationLevel.double)
        let letter = try #require(try await door.gateway.letters(.backupCodeUsed).last)
        #expect(letter.facts.contains { $0.fact == .codesLeft && $0.value == "9" })
        let again = try await door.signIn(browser: 2, at: later)
        #expect(try await door.proving.prove(code, as: .backupCode, door.attempt(again, browser: 2), at: later).isWrong)
        #expect(try await door.proving.choices(in: again, at: later).codesLeft == 9)
        #expect(try await door.gateway.letters(.backupCodeUsed).count == 1)
    }

    @Test("MF3: nobody gets in by somebody else's code, and it stays good for its own person")
    func others() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let code = try #require(app.codes.first)
        let bob = try await door.gateway.door.person("bob@example.org")
        let session = try await door.signIn(bob, browser: 2, at: later)
        #expect(
            try await door.proving.prove(code, as: .backupCode, door.attempt(session, browser: 2), at: later).isWrong)
        let half = try await door.signIn(at: later)
        #expect(try await door.proving.prove(code, as: .backupCode, door.attempt(half), at: later).opened != nil)
    }

    @Test("MF3: a new set kills the old one")
    func renewed() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let outcome = try await door.enrolment.renewCodes(door.request(app.session), at: Door.noon + 10)
        #expect(outcome.codes.count == FactorPolicy.backupCodes)
        #expect(Set(outcome.codes).isDisjoint(with: app.codes))
        #expect(try await door.gateway.letters(.backupCodesRenewed).count == 1)
        let half = try await door.signIn(browser: 2, at: later)
        let attempt = door.attempt(half, browser: 2)
        #expect(try await door.proving.prove(app.codes[0], as: .backupCode, attempt, at: later).isWrong)
        #expect(try await door.proving.prove(outcome.codes[0], as: .backupCode, attempt, at: later).opened != nil)
    }

    @Test("B111: no browser is remembered for a backup code")
    func remembers() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let half = try await door.signIn(at: later)
        let outcome = try await door.proving.prove(
            app.codes[0], as: .backupCode, door.attempt(half, remembers: true), at: later)
        #expect(outcome.opened != nil)
        #expect(outcome.remembered == nil)
        #expect(try await door.store.rememberedBrowsers(of: door.ann.id, at: later).isEmpty)
    }
}
