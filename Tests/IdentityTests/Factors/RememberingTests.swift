import Cryptography
import Identity
import OAuth
import Testing

@Suite("B100, B111: a browser that is remembered")
struct RememberingTests {
    private let later = Door.noon + 3600

    private func remembered(_ door: FactorDoor) async throws -> OpaqueToken {
        let app = try await door.app()
        let half = try await door.signIn(at: later)
        let outcome = try await door.proving.prove(
            app.code(at: later), as: .totp, door.attempt(half, remembers: true), at: later)
        return try #require(outcome.remembered)
    }

    @Test("B100: it is spared on the thirteenth day and asked on the fifteenth; it satisfies no level")
    func window() async throws {
        let door = try await FactorDoor()
        let token = try await remembered(door)
        #expect(door.audit.kinds.contains(.browserRemembered))
        let spared = try await door.signIn(remembered: token, at: later + 13 * 86_400)
        #expect(!spared.isHalf)
        #expect(spared.waiver == "remembered")
        #expect(door.audit.events.last { $0.kind == .factorWaived }?.details["reason"] == "remembered")
        #expect(spared.authentication().level == AuthenticationLevel.single)
        #expect(!spared.isFresh(at: later + 13 * 86_400))
        #expect(try await door.signIn(remembered: token, at: later + 15 * 86_400).isHalf)
    }

    @Test("B100: another browser is asked, and so is a forgotten one")
    func others() async throws {
        let door = try await FactorDoor()
        let token = try await remembered(door)
        let stranger = try OpaqueToken(.rememberedBrowser, from: SystemRandom())
        #expect(try await door.signIn(browser: 2, at: later).isHalf)
        #expect(try await door.signIn(browser: 2, remembered: stranger, at: later).isHalf)
        #expect(try await door.store.forgetAllRemembered(of: door.ann.id) == 1)
        #expect(try await door.signIn(remembered: token, at: later).isHalf)
    }

    @Test("B111: nobody is remembered who did not ask, nor where that is switched off")
    func unasked() async throws {
        var policy = FactorPolicy()
        policy.rememberedFor = 0
        let door = try await FactorDoor(policy)
        let app = try await door.app()
        let half = try await door.signIn(at: later)
        let outcome = try await door.proving.prove(
            app.code(at: later), as: .totp, door.attempt(half, remembers: true), at: later)
        #expect(outcome.opened != nil)
        #expect(outcome.remembered == nil)
        let usual = try await door.with { $0.rememberedFor = 86_400 }
        let again = try await usual.signIn(at: later + 60)
        let second = try await usual.proving.prove(
            app.code(at: later + 60), as: .totp, usual.attempt(again), at: later + 60)
        #expect(second.opened != nil)
        #expect(second.remembered == nil)
    }
}
