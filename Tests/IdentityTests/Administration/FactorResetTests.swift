import Identity
import OAuth
import Testing

@Suite("An operator removes second factors (MF9)")
struct FactorResetTests {
    private func instruction(
        ifStill version: String? = nil, mayAppoint: Bool = true
    ) throws -> Instruction {
        Instruction(
            by: .person("root"), .api, because: try #require(Reason("lost the telephone")), ifStill: version,
            mayAppoint: mayAppoint)
    }

    private func reset(
        _ door: FactorDoor, _ id: String? = nil, by instruction: Instruction
    ) async throws -> Administration.Outcome {
        try await door.gateway.door.administration.resetFactors(
            of: id ?? door.ann.id, instruction, at: Door.noon + 60)
    }

    @Test("CF2: all of them go, once, with who, whom, why and how many on record")
    func recorded() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        _ = try await door.mailbox(in: app.session)
        #expect(try await reset(door, by: instruction()) == .done(door.ann))
        #expect(try await door.store.holdings(of: door.ann.id).factors.isEmpty)
        #expect(try await door.store.sessions(of: door.ann.id, at: Door.noon + 60).isEmpty)
        #expect(try await reset(door, by: instruction()) == .unchanged(door.ann))
        let events = door.audit.events.filter { $0.kind == .factorsReset }
        #expect(events.count == 1 && events.first?.actor == .person("root") && events.first?.subject == door.ann.id)
        #expect(events.first?.details == ["method": "api", "why": "lost the telephone", "count": "2"])
        // The first factor is enough again, and no more than the lowest level.
        let session = try await door.signIn(at: Door.noon + 120)
        #expect(!session.isHalf && session.isCapped)
    }

    @Test("Nobody, an older version, an administrator without the right: nothing goes")
    func refused() async throws {
        let door = try await FactorDoor()
        try await door.app()
        #expect(try await reset(door, "nobody", by: instruction()) == .nobody)
        #expect(try await reset(door, by: instruction(ifStill: "stale")) == .changedMeanwhile)
        #expect(
            try await door.store.change(
                .setRoles([.administrator]), of: door.ann, mailing: [], at: Door.noon) != .nobody)
        #expect(try await reset(door, by: instruction(mayAppoint: false)) == .mayNotAppoint)
        #expect(try await door.store.holdings(of: door.ann.id).isEnrolled)
        #expect(!door.audit.kinds.contains(.factorsReset))
    }

    @Test("Somebody without any keeps their sessions")
    func none() async throws {
        let door = try await FactorDoor()
        _ = try await door.signIn()
        #expect(try await reset(door, by: instruction()) == .unchanged(door.ann))
        #expect(try await door.store.sessions(of: door.ann.id, at: Door.noon + 60).count == 1)
        #expect(!door.audit.kinds.contains(.factorsReset))
    }
}
