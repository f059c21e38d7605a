import Identity
import OAuth
import Testing

@Suite("Making an account for oneself")
struct SignUpRuleTests {
    @Test("B062, ML9: the code in the browser that asked makes the account, verified, with the password typed there")
    func byCode() async throws {
        let gate = try await Gateway()
        #expect(try await gate.begin() == .asked)
        #expect(try await gate.door.store.accounts(after: nil, limit: 1).isEmpty)
        let (_, code) = try await gate.mailed(.signUp)
        let session = try #require(
            try await gate.signUp.enter(code: code.lowercased(), from: Gateway.arrival(), at: Door.noon + 599).session)
        let ann = try #require(try await gate.door.store.account(canonicalEmail: "ann@example.org"))
        #expect(session.subject == ann.id && ann.isEmailVerified && ann.profile.name == "Ann Lee" && ann.roles.isEmpty)
        #expect(try await gate.door.attempt("ann@example.org").isSignedIn)
        #expect(try await gate.letters(.welcome).map(\.to) == [ann.email])
        #expect(
            gate.door.audit.kinds == [.mailProofAsked, .accountCreated, .addressVerified, .signIn, .signIn])
    }

    @Test("ML2: the link in the browser that asked needs nothing but a press")
    func byLinkHere() async throws {
        let gate = try await Gateway()
        _ = try await gate.begin()
        let (link, _) = try await gate.mailed(.signUp)
        for _ in 0..<5 {
            let found = try await gate.signUp.look(at: link, from: Door.browser(1), at: Door.noon)
            #expect(found?.isHere == true)
        }
        let empty = AccountDraft(name: "", email: "", password: "")
        let outcome = try await gate.signUp.enter(
            link: link, choosing: empty, from: Gateway.arrival(), at: Door.noon)
        #expect(outcome.session != nil)
    }

    @Test("ML2, ML9: the link elsewhere does not use the password that was typed by nobody knows whom")
    func byLinkElsewhere() async throws {
        let gate = try await Gateway()
        _ = try await gate.begin(
            AccountDraft(name: "Eve", email: "ann@example.org", password: "the squatter's own words"), browser: 6)
        let (link, _) = try await gate.mailed(.signUp)
        let own = AccountDraft(name: "Ann", email: "eve@example.org", password: Door.password)
        let outcome = try await gate.signUp.enter(
            link: link, choosing: own, from: Gateway.arrival(1), at: Door.noon)
        #expect(outcome.session?.browser == Door.browser(1))
        #expect(try await gate.door.attempt("ann@example.org", "the squatter's own words", browser: 6) == .wrong)
        #expect(try await gate.door.attempt("ann@example.org", browser: 2).isSignedIn)
        #expect(try await gate.door.store.account(canonicalEmail: "eve@example.org") == nil)
        #expect(try await gate.door.store.account(canonicalEmail: "ann@example.org")?.profile.name == "Ann")
        #expect(try await !gate.door.store.isKnown(browser: Door.browser(6), of: outcome.session?.subject ?? ""))
    }

    @Test(
        "IN1, PW3: elsewhere the password chosen is held to the rules, and a refusal leaves the link for the next try")
    func weakElsewhere() async throws {
        let gate = try await Gateway()
        _ = try await gate.begin()
        let (link, _) = try await gate.mailed(.signUp)
        for (draft, fields) in [
            (AccountDraft(name: "", email: "", password: ""), [AccountProblem.Field.name, .password]),
            (AccountDraft(name: "Ann", email: "", password: "short"), [.password]),
            (AccountDraft(name: "Ann", email: "", password: "ann@example.org"), [.password]),
        ] {
            let outcome = try await gate.signUp.enter(
                link: link, choosing: draft, from: Gateway.arrival(2), at: Door.noon)
            #expect(outcome.problems.map(\.field) == fields)
        }
        #expect(gate.door.scheme.hashes == 1, "only what was typed at the beginning was hashed")
        let outcome = try await gate.signUp.enter(
            link: link, choosing: Gateway.good, from: Gateway.arrival(2), at: Door.noon)
        #expect(outcome.session != nil)
    }

    @Test("ML2: a code is for the browser that asked, and tells another one nothing")
    func codeElsewhere() async throws {
        let gate = try await Gateway()
        _ = try await gate.begin()
        let (_, code) = try await gate.mailed(.signUp)
        #expect(try await gate.signUp.enter(code: code, from: Gateway.arrival(2), at: Door.noon).isDead)
        #expect(try await gate.signUp.enter(code: code, from: Gateway.arrival(1), at: Door.noon).session != nil)
    }

    @Test("PW10: somebody who has an account gets a mail that says so; the rest is the same")
    func alreadyRegistered() async throws {
        let gate = try await Gateway()
        let ann = try await gate.door.person("ann@example.org")
        #expect(try await gate.begin(query: "?next=%2Faccount") == .asked)
        let letter = try #require(try await gate.letters().first)
        #expect(letter.kind == .alreadyRegistered && letter.code == nil && letter.accountID == ann.id)
        #expect(letter.path == "/sign-in?next=%2Faccount" && letter.secondPath == "/recovery?next=%2Faccount")
        #expect(gate.door.scheme.hashes == 2, "Ann's own, and that of the password typed")
        for left in (0..<5).reversed() {
            let outcome = try await gate.signUp.enter(code: "ABCD-EFGH", from: Gateway.arrival(), at: Door.noon)
            #expect(outcome.triesLeft == Int64(left))
        }
        #expect(try await gate.signUp.enter(code: "ABCD-EFGH", from: Gateway.arrival(), at: Door.noon).isLocked)
        #expect(try await gate.door.attempt("ann@example.org").isSignedIn)
    }

    @Test("CF3: the letter to an address that nobody has proven repeats nothing that was typed")
    func letterRepeatsNothing() async throws {
        let gate = try await Gateway(SignUpPolicy(mode: .open, usernames: .optional))
        let draft = AccountDraft(
            name: "Buy now at evil.example", email: "ann@example.org", password: Door.password, username: "evil")
        _ = try await gate.begin(draft)
        let letter = try #require(try await gate.letters(.signUp).first)
        #expect(letter.name == nil && letter.facts.allSatisfy { !$0.value.contains("evil") })
        #expect(letter.facts.map(\.fact) == [.time, .device, .address])
    }

    @Test("ML4: a newer mail of the same browser makes the older code and link worth nothing")
    func superseded() async throws {
        let gate = try await Gateway()
        _ = try await gate.begin()
        let old = try await gate.mailed(.signUp)
        try await gate.signUp.askAgain(from: Gateway.arrival(), Gateway.errand(), at: Door.noon + 30)
        let new = try await gate.mailed(.signUp)
        #expect(old.link != new.link)
        let later = Door.noon + 31
        #expect(try await gate.signUp.look(at: old.link, from: Door.browser(1), at: later) == nil)
        #expect(try await gate.signUp.enter(code: old.code, from: Gateway.arrival(), at: later).triesLeft == 4)
        #expect(try await gate.signUp.enter(code: new.code, from: Gateway.arrival(), at: later).session != nil)
    }

    @Test("ML7: within half a minute nothing is sent again, and who waits for nothing gets nothing")
    func resendLimits() async throws {
        let gate = try await Gateway()
        _ = try await gate.begin()
        try await gate.signUp.askAgain(from: Gateway.arrival(), Gateway.errand(), at: Door.noon + 29)
        try await gate.signUp.askAgain(from: Gateway.arrival(2), Gateway.errand(), at: Door.noon + 60)
        #expect(try await gate.letters().count == 1)
        for minute in 1...9 {
            try await gate.signUp.askAgain(
                from: Gateway.arrival(), Gateway.errand(), at: Door.noon + Int64(minute) * 60)
        }
        #expect(try await gate.letters().count == 4, "three for this network, and the one there is for everybody")
    }

    @Test("B023, JW4: whoever has proven the address meanwhile leaves nothing for the rest")
    func overtaken() async throws {
        let gate = try await Gateway()
        _ = try await gate.begin(browser: 1)
        let first = try await gate.mailed(.signUp)
        _ = try await gate.begin(browser: 2, at: Door.noon + 1)
        let second = try await gate.mailed(.signUp)
        #expect(
            try await gate.signUp.enter(code: second.code, from: Gateway.arrival(2), at: Door.noon + 2).session != nil)
        #expect(try await gate.signUp.enter(code: first.code, from: Gateway.arrival(1), at: Door.noon + 2).isDead)
        let outcome = try await gate.signUp.enter(
            link: first.link, choosing: Gateway.good, from: Gateway.arrival(3), at: Door.noon + 2)
        #expect(outcome.isDead)
        #expect(try await gate.door.store.accounts(after: nil, limit: 9).count == 1)
    }

    @Test("IN9: one network sends the form sixty times in a quarter of an hour, and no hash is made beyond")
    func forms() async throws {
        let gate = try await Gateway()
        for number in 0..<60 {
            let draft = AccountDraft(name: "Ann", email: "a\(number)@example.org", password: Door.password)
            #expect(try await gate.begin(draft, browser: UInt8(number)) == .asked)
        }
        let refused = try await gate.begin(browser: 200)
        #expect(refused == .throttled(by: "sign-up-network", retryAfter: 900))
        #expect(gate.door.scheme.hashes == 60)
        #expect(try await gate.begin(browser: 200, from: "198.51.100.1") == .asked)
    }
}
