import Identity
import OAuth
import Testing

@Suite("Who may sign up")
struct SignUpPolicyTests {
    @Test("B062: off, by invitation, everybody, or the domains that are named, each by itself")
    func modes() throws {
        let ann = try #require(EmailAddress("Ann@Example.ORG"))
        let domains = SignUpPolicy(mode: .domains, domains: ["example.org", "example.net"])
        #expect(domains.admits(ann) && domains.isOffered)
        for other in [
            "ann@sub.example.org", "ann@example.org.evil.example", "ann@evil-example.org", "ann@example.com",
            "example.org@evil.example", "ann@localhost",
        ] {
            #expect(try !domains.admits(#require(EmailAddress(other))), "\(other)")
        }
        #expect(SignUpPolicy(mode: .open).admits(ann) && SignUpPolicy(mode: .open).isOffered)
        for closed in [SignUpPolicy(), SignUpPolicy(mode: .off), SignUpPolicy(mode: .invitation)] {
            #expect(!closed.admits(ann) && !closed.isOffered)
        }
    }

    @Test("IN1, PW3, ML6: every problem of the form is told at once, before anything is asked of anybody")
    func problems() async throws {
        let gate = try await Gateway(SignUpPolicy(mode: .domains, domains: ["example.org"], usernames: .optional))
        let drafts: [(AccountDraft, [AccountProblem.Field])] = [
            (AccountDraft(name: "", email: "", password: ""), [.name, .email, .password]),
            (AccountDraft(name: "A", email: "a@evil.example", password: "x"), [.email, .password]),
            (AccountDraft(name: "A\u{202E}", email: "a@b@example.org", password: Door.password), [.name, .email]),
            (AccountDraft(name: "A", email: "a@example.org\r\nBcc: b", password: Door.password), [.email]),
            (AccountDraft(name: "A", email: "a@example.org,b@example.org", password: Door.password), [.email]),
            (
                AccountDraft(name: "A", email: "a@example.org", password: Door.password, username: "a b"),
                [.username]
            ),
            (
                AccountDraft(
                    name: "Ann", email: "a@example.org", password: "adalovelacelovelace", username: "adalovelace"),
                [.password]
            ),
        ]
        for (draft, fields) in drafts {
            guard case .refused(let problems) = try await gate.begin(draft) else {
                Issue.record("\(fields) is let through")
                continue
            }
            #expect(problems.map(\.field) == fields)
        }
        #expect(gate.door.scheme.hashes == 0)
        #expect(try await gate.letters().isEmpty && gate.door.audit.kinds.isEmpty)
    }

    @Test("A username is asked for where a setting says so, may be left empty, and is one person's")
    func usernames() async throws {
        let without = try await Gateway()
        #expect(try await without.begin(named("a b", "ann@example.org")) == .asked, "there is no such field")
        let gate = try await Gateway(SignUpPolicy(mode: .open, usernames: .optional))
        #expect(try await gate.begin(named("  ", "eve@example.org"), browser: 5) == .asked)
        #expect(try await gate.begin(named("Swift", "ann@example.org")) == .asked)
        let code = try #require(
            try await gate.letters(.signUp).first { $0.to.canonical == "ann@example.org" }?.code)
        #expect(try await gate.signUp.enter(code: code, from: Gateway.arrival(), at: Door.noon).session != nil)
        let ann = try await gate.door.store.account(canonicalEmail: "ann@example.org")
        #expect(ann?.profile.preferredUsername == "Swift")
        let taken = try await gate.begin(named("sWIFT", "bob@example.org"), browser: 2)
        #expect(taken == .refused([AccountProblem(.username, .taken)]))
    }

    @Test("PW10: no address is asked about as a username, and nobody is told whether it is one's")
    func noAddress() async throws {
        let gate = try await Gateway(SignUpPolicy(mode: .open, usernames: .optional))
        _ = try await gate.door.person("ann@example.org")
        for typed in ["ann@example.org", "nobody@example.org", "ANN@EXAMPLE.ORG", "ann＠example.org"] {
            let answer = try await gate.begin(named(typed, "bob@example.org"), browser: 2)
            #expect(answer == .refused([AccountProblem(.username, .malformed)]), "\(typed)")
        }
        #expect(try await gate.letters().isEmpty)
    }

    @Test("IN9: a network asks for sixty usernames an hour, and a free one is refused like a taken one then")
    func listing() async throws {
        let gate = try await Gateway(SignUpPolicy(mode: .open, usernames: .optional))
        #expect(try await gate.begin(named("taken", "ann@example.org"), browser: 201, from: "198.51.100.1") == .asked)
        let code = try #require(try await gate.letters(.signUp).first?.code)
        _ = try await gate.signUp.enter(code: code, from: Gateway.arrival(201), at: Door.noon)
        for number in 0..<60 {
            let now = Door.noon + Int64(number / 30) * 900
            let answer = try await gate.begin(named("taken", "a\(number)@example.org"), browser: 2, at: now)
            #expect(answer == .refused([AccountProblem(.username, .taken)]), "\(number)")
        }
        for name in ["taken", "free"] {
            let answer = try await gate.begin(named(name, "bob@example.org"), browser: 3, at: Door.noon + 1800)
            #expect(answer == .throttled(by: "username-network", retryAfter: 1800))
        }
        #expect(try await gate.begin(named("", "bob@example.org"), browser: 3, at: Door.noon + 1800) == .asked)
        let elsewhere = try await gate.begin(
            named("free", "eve@example.org"), browser: 4, from: "198.51.100.1", at: Door.noon + 1800)
        #expect(elsewhere == .asked)
    }

    @Test("B147: who may sign up is asked again at the end, when a setting may have changed")
    func changedMeanwhile() async throws {
        let gate = try await Gateway()
        _ = try await gate.begin()
        let (link, code) = try await gate.mailed(.signUp)
        for policy in [
            SignUpPolicy(), SignUpPolicy(mode: .invitation), SignUpPolicy(mode: .domains, domains: ["example.net"]),
        ] {
            let stricter = gate.with(policy)
            #expect(try await stricter.enter(code: code, from: Gateway.arrival(), at: Door.noon).isDead)
            let elsewhere = try await stricter.enter(
                link: link, choosing: Gateway.good, from: Gateway.arrival(2), at: Door.noon)
            #expect(elsewhere.isDead)
        }
        #expect(try await gate.door.store.accounts(after: nil, limit: 1).isEmpty)
        #expect(try await gate.signUp.enter(code: code, from: Gateway.arrival(), at: Door.noon).session != nil)
    }

    private func named(_ username: String, _ email: String) -> AccountDraft {
        AccountDraft(name: "Ann", email: email, password: Door.password, username: username)
    }
}
