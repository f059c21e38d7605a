import Identity
import OAuth
import Testing

@Suite("IN1, IN4, JW6: creating an account")
struct AccountCreationTests {
    private func draft(
        name: String = "Ann Lee", email: String = "Ann@Example.org", password: String = Door.password
    ) -> AccountDraft {
        AccountDraft(name: name, email: email, password: password)
    }

    @Test("A complete draft becomes an account that can sign in")
    func created() async throws {
        let door = try await Door()
        let outcome = try await door.creation.create(draft(), isEmailVerified: true, at: Door.noon)
        guard case .created(let account) = outcome else {
            Issue.record("refused")
            return
        }
        #expect(try await door.store.account(id: account.id) == account)
        #expect(account.profile.name == "Ann Lee")
        #expect(account.email.canonical == "ann@example.org")
        #expect(try await door.attempt() == .signedIn(account))
        #expect(door.audit.kinds == [.accountCreated, .signIn])
    }

    @Test("IN4: without being told so, nobody is verified or has a role")
    func nothingGiven() async throws {
        let door = try await Door()
        guard case .created(let account) = try await door.creation.create(draft(), at: Door.noon) else {
            Issue.record("refused")
            return
        }
        #expect(!account.isEmailVerified)
        #expect(account.roles.isEmpty)
    }

    @Test("IN1: every problem is told at once")
    func everyProblem() async throws {
        let door = try await Door()
        let outcome = try await door.creation.create(draft(name: " ", email: "ann", password: "short"), at: Door.noon)
        let problems = [
            AccountProblem(.name, .missing), AccountProblem(.email, .malformed),
            AccountProblem(.password, .password(.tooShort(minimum: 15))),
        ]
        #expect(outcome == .refused(problems))
        #expect(door.audit.events.isEmpty)
    }

    @Test("IN1: each field is refused for its own reason")
    func eachProblem() async throws {
        let door = try await Door()
        try await door.person("taken@example.org")
        let table: [(AccountDraft, AccountProblem)] = [
            (draft(name: ""), .init(.name, .missing)),
            (draft(name: "Ann\r\nBcc: x@example.org"), .init(.name, .malformed)),
            (draft(name: String(repeating: "n", count: 101)), .init(.name, .tooLong)),
            (draft(email: ""), .init(.email, .missing)),
            (draft(email: "  "), .init(.email, .missing)),
            (draft(email: "a@b@example.org"), .init(.email, .malformed)),
            (draft(email: "Taken@Example.org"), .init(.email, .taken)),
            (draft(password: ""), .init(.password, .missing)),
            (draft(password: String(repeating: "vexing grumbles ", count: 65)), .init(.password, .password(.tooLong))),
            (draft(password: "passwordpassword"), .init(.password, .password(.common))),
            (draft(name: "Ann Fairweather", password: "Fairweather 1984"), .init(.password, .password(.personal))),
            (
                draft(email: "ann.lee@example.org", password: "ann.lee@example.org"),
                .init(.password, .password(.personal))
            ),
        ]
        for (draft, problem) in table {
            #expect(try await door.creation.create(draft, at: Door.noon) == .refused([problem]))
        }
        #expect(try await door.store.accounts(after: nil, limit: 10).count == 1)
    }

    @Test("Of simultaneous creations with one address one succeeds")
    func simultaneous() async throws {
        let door = try await Door()
        let outcomes = try await withThrowingTaskGroup(of: AccountCreation.Outcome.self) { group in
            for _ in 0..<10 {
                group.addTask { try await door.creation.create(draft(), at: Door.noon) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let refused = AccountCreation.Outcome.refused([AccountProblem(.email, .taken)])
        #expect(outcomes.count { $0 == refused } == 9)
    }

    @Test("JW6: each account has an identifier of its own that tells nothing of the person")
    func identifiers() async throws {
        let door = try await Door()
        var ids: Set<String> = []
        for number in 0..<20 {
            let outcome = try await door.creation.create(draft(email: "p\(number)@example.org"), at: Door.noon)
            if case .created(let account) = outcome { ids.insert(account.id) }
        }
        #expect(ids.count == 20)
        #expect(ids.allSatisfy { $0.utf8.count == 22 })
    }

    @Test("CF3: a draft prints without its password")
    func redacted() {
        #expect(!"\(draft())".contains(Door.password))
    }
}
