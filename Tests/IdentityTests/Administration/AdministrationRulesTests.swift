import Identity
import JSON
import OAuth
import Storage
import Testing

@Suite("Administration")
struct AdministrationRulesTests {
    private func instruction(_ reason: String = "left", quiet: Bool = false, ifStill version: String? = nil) throws
        -> Instruction
    {
        Instruction(
            by: .person("root"), .api, because: try #require(Reason(reason)), isQuiet: quiet, ifStill: version,
            mayAppoint: true)
    }

    private func mails(_ door: Door) async throws -> [String] {
        try await door.store.database.read { connection in
            try connection.rows("SELECT kind FROM outbox ORDER BY created_at, id", []).map { "\($0)" }
        }
    }

    @Test("CF2, B016: each change is recorded with who, whom, why and by which way, and once")
    func recorded() async throws {
        let door = try await Door()
        let ann = try await door.person()
        _ = try await door.person("root@example.org")
        #expect(try await door.administration.disable(ann.id, instruction(), at: Door.noon).isDone)
        #expect(try await door.administration.disable(ann.id, instruction(), at: Door.noon).isUnchanged)
        #expect(try await door.administration.enable(ann.id, instruction("back"), at: Door.noon).isDone)
        #expect(try await door.administration.enable(ann.id, instruction("back"), at: Door.noon).isUnchanged)
        #expect(try await door.administration.delete(ann.id, instruction("asked"), at: Door.noon).isDone)
        #expect(try await door.administration.delete(ann.id, instruction("asked"), at: Door.noon).isUnchanged)
        #expect(door.audit.kinds == [.accountDisabled, .accountEnabled, .accountDeleted])
        #expect(door.audit.events.map { $0.details["why"] } == ["left", "back", "asked"])
        #expect(door.audit.events.allSatisfy { $0.actor == .person("root") && $0.subject == ann.id })
        #expect(door.audit.events.allSatisfy { $0.details["method"] == "api" })
    }

    @Test("Whom an operator shuts out after their own deletion hears of it once, and it is done once")
    func shutOut() async throws {
        for quiet in [false, true] {
            for isDeletion in [false, true] {
                let door = try await Door()
                let ann = try await door.person()
                _ = try await door.store.delete(ann.id, by: .person, mailing: [], at: Door.noon)
                let act = isDeletion ? door.administration.delete : door.administration.disable
                #expect(try await act(ann.id, instruction(quiet: quiet), Door.noon + 9).isDone)
                #expect(try await act(ann.id, instruction(quiet: quiet), Door.noon + 9).isUnchanged)
                #expect(try await door.administration.disable(ann.id, instruction(), at: Door.noon + 9).isUnchanged)
                #expect(try await door.administration.delete(ann.id, instruction(), at: Door.noon + 9).isUnchanged)
                #expect(try await mails(door).count == (quiet ? 0 : 1))
                #expect(door.audit.kinds == [isDeletion ? .accountDeleted : .accountDisabled])
                let gone = try #require(try await door.store.account(id: ann.id))
                #expect(!gone.canReturn(within: 30 * 86_400, at: Door.noon + 9) && gone.deletion?.time == Door.noon)
            }
        }
    }

    @Test("Roles that are so already are not written again, in whatever order they are given")
    func sameRoles() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let order = try instruction()
        let give: @Sendable ([Role]) -> [Role] = { _ in [Role("b"), Role("a")] }
        #expect(try await door.administration.setRoles(of: ann.id, order, at: Door.noon, give).isDone)
        #expect(
            try await door.administration.setRoles(of: ann.id, order, at: Door.noon) { _ in [Role("a"), Role("b")] }
                .isUnchanged)
        #expect(door.audit.events.map { $0.details["roles"] } == ["a b"])
    }

    @Test("Who is disabled or deleted hears of it by mail, unless the operator is quiet; who is enabled does not")
    func mail() async throws {
        let door = try await Door()
        let (ann, bob, cem) = (
            try await door.person(), try await door.person("bob@example.org"), try await door.person("cem@example.org")
        )
        _ = try await door.administration.disable(ann.id, instruction(), at: Door.noon)
        #expect(try await mails(door).count == 1)
        _ = try await door.administration.disable(bob.id, instruction(quiet: true), at: Door.noon)
        #expect(try await mails(door).count == 1)
        _ = try await door.administration.delete(cem.id, instruction(), at: Door.noon)
        #expect(try await mails(door).count == 2)
        _ = try await door.administration.delete(bob.id, instruction(), at: Door.noon)
        _ = try await door.administration.enable(bob.id, instruction(), at: Door.noon)
        #expect(try await mails(door).count == 2)
    }

    @Test("Recovery is started for whoever is active or has left by themselves; for nobody an operator shut out")
    func recovery() async throws {
        let door = try await Door()
        let (ann, bob, cem) = (
            try await door.person(), try await door.person("bob@example.org", status: .disabled),
            try await door.person("cem@example.org")
        )
        #expect(try await door.administration.startRecovery(of: bob.id, instruction(), at: Door.noon) == .notPossible)
        _ = try await door.store.delete(cem.id, by: .operator, mailing: [], at: Door.noon)
        #expect(try await door.administration.startRecovery(of: cem.id, instruction(), at: Door.noon) == .notPossible)
        #expect(try await door.administration.startRecovery(of: "nobody", instruction(), at: Door.noon) == .nobody)
        let stale = try instruction(ifStill: "x")
        #expect(try await door.administration.startRecovery(of: ann.id, stale, at: Door.noon) == .changedMeanwhile)
        #expect(try await mails(door).isEmpty && door.audit.events.isEmpty)
        #expect(try await door.administration.startRecovery(of: ann.id, instruction(), at: Door.noon).isDone)
        _ = try await door.store.delete(ann.id, by: .person, mailing: [], at: Door.noon)
        #expect(try await door.administration.startRecovery(of: ann.id, instruction(), at: Door.noon).isDone)
        #expect(door.audit.kinds == [.recoveryStarted, .recoveryStarted])
    }

    @Test("B124: who is removed at once is gone, deleted before or not; only somebody who was active hears of it")
    func purge() async throws {
        let door = try await Door()
        let (ann, bob, cem) = (
            try await door.person(), try await door.person("bob@example.org", status: .disabled),
            try await door.person("cem@example.org")
        )
        let stale = try instruction(ifStill: "x")
        #expect(try await door.administration.purge(ann.id, stale, at: Door.noon) == .changedMeanwhile)
        #expect(try await door.administration.purge("nobody", instruction(), at: Door.noon) == .nobody)
        #expect(door.audit.events.isEmpty)
        #expect(try await door.administration.purge(bob.id, instruction(), at: Door.noon) == .done(bob))
        #expect(try await door.administration.purge(cem.id, instruction(quiet: true), at: Door.noon).isDone)
        #expect(try await mails(door).isEmpty)
        #expect(try await door.administration.purge(ann.id, instruction(), at: Door.noon).isDone)
        #expect(try await mails(door).count == 1)
        for gone in [ann, bob, cem] {
            #expect(try await door.store.account(id: gone.id) == nil)
            #expect(try await door.administration.purge(gone.id, instruction(), at: Door.noon) == .nobody)
        }
        #expect(door.audit.kinds == [.accountPurged, .accountPurged, .accountPurged])
        #expect(door.audit.events.allSatisfy { $0.details == ["method": "api", "why": "left"] })
    }

    @Test("What was seen differently is not changed, and nothing is recorded or mailed")
    func stale() async throws {
        let door = try await Door()
        let ann = try await door.person()
        for version in ["", "x", ann.version.uppercased() + "a"] {
            let outcome = try await door.administration.disable(ann.id, instruction(ifStill: version), at: Door.noon)
            #expect(outcome == .changedMeanwhile)
        }
        #expect(try await door.store.account(id: ann.id) == ann)
        #expect(door.audit.events.isEmpty)
        #expect(try await mails(door).isEmpty)
        #expect(try await door.administration.disable(ann.id, instruction(ifStill: ann.version), at: Door.noon).isDone)
    }

    @Test("Nobody is changed, and no event tells of it", arguments: ["", "nobody", "id-ann", "\u{0}"])
    func nobody(id: String) async throws {
        let door = try await Door()
        _ = try await door.person()
        guard !id.utf8.contains(0) else { return }
        #expect(try await door.administration.disable(id, instruction(), at: Door.noon) == .nobody)
        #expect(try await door.administration.enable(id, instruction(), at: Door.noon) == .nobody)
        #expect(try await door.administration.delete(id, instruction(), at: Door.noon) == .nobody)
        #expect(try await door.administration.setRoles(of: id, instruction(), at: Door.noon) { _ in [] } == .nobody)
        #expect(
            try await door.administration.endAccess(of: id, applications: true, instruction(), at: Door.noon)
                == .nobody)
        #expect(try await door.administration.record(id, at: Door.noon) == nil)
        #expect(door.audit.events.isEmpty)
    }

    @Test("The version changes with whatever an operator sees, and with nothing else")
    func versions() async throws {
        let door = try await Door()
        let ann = try await door.person()
        #expect(ann.version == ann.version && ann.version.count == 24)
        #expect(try await door.store.account(id: ann.id)?.version == ann.version)
        let bob = try await door.person("bob@example.org")
        #expect(bob.version != ann.version)
        _ = try await door.administration.setRoles(of: ann.id, instruction(), at: Door.noon) { _ in [Role("x")] }
        #expect(try await door.store.account(id: ann.id)?.version != ann.version)
    }

    @Test("JW7, PW13: what is told of a person holds no hash, no digest and no secret")
    func document() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let opened = try await door.open(for: ann)
        let record = try #require(try await door.administration.record(ann.id, at: Door.noon))
        #expect(record.sessions.count == 1 && record.methods.map(\.method) == ["pwd"])
        let text = JSONValue.object(PersonDocument.record(record)).text
        for secret in [opened.secret.plaintext, ann.passwordHash ?? "-", "hash", "secret", "digest"] {
            #expect(!text.contains(secret), "\(secret)")
        }
        #expect(text.contains(#""has_password":true"#) && text.contains(#""state":"active""#))
    }

    @Test(
        "A reason is one visible line", arguments: ["", " ", "\n", "a\nb", "…", "a\u{202E}b", "a\u{0}b", "\u{1B}[2J x"])
    func unusableReason(text: String) {
        #expect(Reason(text) == nil)
    }

    @Test("A reason is kept as it was said", arguments: ["left the company", " Überfällig: Rechnung 12 ", "ok"])
    func reason(text: String) throws {
        #expect(try #require(Reason(text)).text == text.trimmingPrefix(while: { $0 == " " }).description.trimmed)
        #expect(Reason(String(repeating: "a", count: 200)) != nil && Reason(String(repeating: "a", count: 201)) == nil)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension Administration.Outcome {
    fileprivate var isDone: Bool { if case .done = self { true } else { false } }
    fileprivate var isUnchanged: Bool { if case .unchanged = self { true } else { false } }
}
