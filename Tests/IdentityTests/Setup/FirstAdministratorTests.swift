import Identity
import OAuth
import Testing

@Suite("PW13: the first administrator")
struct FirstAdministratorTests {
    private let draft = AccountDraft(name: "Ann Lee", email: "ann@example.org", password: Door.password)

    private func create(
        _ door: Door, _ presented: String, _ draft: AccountDraft? = nil, at now: Instant = Door.noon
    ) async throws -> FirstAdministrator.Outcome {
        try await door.setup.create(presented: presented, draft ?? self.draft, from: Door.visitor(), at: now)
    }

    @Test("PW13: the link makes one verified administrator, who can sign in")
    func created() async throws {
        let door = try await Door()
        let link = try await door.setup.makeLink(at: Door.noon)
        guard case .created(let account) = try await create(door, link.plaintext) else {
            Issue.record("refused")
            return
        }
        #expect(account.roles == [.administrator])
        #expect(account.isEmailVerified)
        #expect(try await door.store.hasAdministrator())
        #expect(try await door.store.isKnown(browser: Door.browser(1), of: account.id))
        #expect(try await door.attempt().isSignedIn)
        #expect(door.audit.kinds == [.setupLinkMade, .administratorCreated, .signIn])
    }

    @Test("PW13: there is no account before the link is used")
    func nobody() async throws {
        let door = try await Door()
        _ = try await door.setup.makeLink(at: Door.noon)
        #expect(try await door.store.accounts(after: nil, limit: 1).isEmpty)
        #expect(try await !door.store.hasAdministrator())
    }

    @Test("PW13: the link is spent by its use, and no new one is made")
    func spent() async throws {
        let door = try await Door()
        let link = try await door.setup.makeLink(at: Door.noon)
        _ = try await create(door, link.plaintext)
        let another = AccountDraft(name: "Bob", email: "bob@example.org", password: Door.password)
        #expect(try await create(door, link.plaintext, another) == .linkInvalid)
        #expect(try await !door.setup.isLive(link.plaintext, at: Door.noon))
        await #expect(throws: FirstAdministrator.AlreadyThere.self) { try await door.setup.makeLink(at: Door.noon) }
    }

    @Test("ML3: looking at the link spends nothing")
    func looking() async throws {
        let door = try await Door()
        let link = try await door.setup.makeLink(at: Door.noon)
        for _ in 0..<5 {
            #expect(try await door.setup.isLive(link.plaintext, at: Door.noon))
        }
        #expect(try await create(door, link.plaintext) != .linkInvalid)
    }

    @Test("PW13: the link is good for a day")
    func expired() async throws {
        let door = try await Door()
        let link = try await door.setup.makeLink(at: Door.noon).plaintext
        #expect(try await door.setup.isLive(link, at: Door.noon + 86399))
        #expect(try await !door.setup.isLive(link, at: Door.noon + 86400))
        #expect(try await create(door, link, at: Door.noon + 86400) == .linkInvalid)
    }

    @Test("PW13: a newer link is the only one")
    func superseded() async throws {
        let door = try await Door()
        let old = try await door.setup.makeLink(at: Door.noon).plaintext
        let new = try await door.setup.makeLink(at: Door.noon).plaintext
        #expect(try await !door.setup.isLive(old, at: Door.noon))
        #expect(try await create(door, old) == .linkInvalid)
        #expect(try await door.setup.isLive(new, at: Door.noon))
    }

    @Test("JW4: nothing but a setup link is one")
    func otherTokens() async throws {
        let door = try await Door()
        let link = try await door.setup.makeLink(at: Door.noon).plaintext
        let others = [
            "", "msl_", "mse_" + link.dropFirst(4), link + "A", String(link.dropLast()), " " + link, link.uppercased(),
            "msl_" + String(repeating: "A", count: 43),
        ]
        for presented in others {
            #expect(try await !door.setup.isLive(presented, at: Door.noon))
            #expect(try await create(door, presented) == .linkInvalid)
        }
        #expect(door.scheme.comparisons.isEmpty)
        #expect(try await door.setup.isLive(link, at: Door.noon))
    }

    @Test("IN1: a refused form tells every problem and leaves the link for the next try")
    func refused() async throws {
        let door = try await Door()
        let link = try await door.setup.makeLink(at: Door.noon).plaintext
        let outcome = try await create(door, link, AccountDraft(name: "", email: "ann", password: ""))
        let problems = [
            AccountProblem(.name, .missing), AccountProblem(.email, .malformed), AccountProblem(.password, .missing),
        ]
        #expect(outcome == .refused(problems))
        #expect(try await create(door, link) != .linkInvalid)
    }

    @Test("A taken address is told, and leaves the link for the next try")
    func taken() async throws {
        let door = try await Door()
        try await door.person()
        let link = try await door.setup.makeLink(at: Door.noon).plaintext
        #expect(try await create(door, link) == .refused([AccountProblem(.email, .taken)]))
        #expect(try await door.setup.isLive(link, at: Door.noon))
    }

    @Test("PW10: a stranger without the link learns nothing from what is wrong with a form")
    func stranger() async throws {
        let door = try await Door()
        try await door.person()
        let wrong = AccountDraft(name: "", email: "ann@example.org", password: "")
        #expect(try await create(door, "msl_" + String(repeating: "A", count: 43), wrong) == .linkInvalid)
    }

    @Test("IN3: of simultaneous uses of the link one makes an administrator")
    func simultaneous() async throws {
        let door = try await Door()
        let link = try await door.setup.makeLink(at: Door.noon).plaintext
        let outcomes = try await withThrowingTaskGroup(of: FirstAdministrator.Outcome.self) { group in
            for number in 0..<20 {
                let draft = AccountDraft(name: "Ann", email: "p\(number)@example.org", password: Door.password)
                group.addTask { try await create(door, link, draft) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .linkInvalid } == 19)
        #expect(try await door.store.accounts(after: nil, limit: 30).count == 1)
    }

    @Test("PW13: an administrator who came by another way ends the link")
    func otherAdministrator() async throws {
        let door = try await Door()
        let link = try await door.setup.makeLink(at: Door.noon).plaintext
        let roles = [Role.administrator]
        _ = try await door.creation.create(draft, roles: roles, isEmailVerified: true, at: Door.noon)
        #expect(try await !door.setup.isLive(link, at: Door.noon))
        let bob = AccountDraft(name: "Bob", email: "bob@example.org", password: Door.password)
        #expect(try await create(door, link, bob) == .linkInvalid)
    }
}
