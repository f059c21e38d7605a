import Identity
import OAuth
import Testing

@Suite("PW7-PW9: lanes instead of lockouts")
struct PasswordLanesTests {
    @Test("PW7: after ten attempts from a network the eleventh is not even hashed, right or wrong")
    func tenFromANetwork() async throws {
        let door = try await Door()
        try await door.person()
        for number in 0..<10 {
            #expect(try await door.attempt("ann@example.org", "wrong", from: "203.0.113.\(number)") == .wrong)
        }
        let hashes = door.scheme.comparisons.count
        #expect(try await door.attempt(from: "203.0.113.99", at: Door.noon + 60) == .throttled(retryAfter: 840))
        #expect(door.scheme.comparisons.count == hashes)
        #expect(door.audit.kinds.last == .signInThrottled)
        #expect(door.audit.events.last?.details["reason"] == "password-account-network")
        #expect(try await door.attempt(at: Door.noon + 900).isSignedIn)
    }

    @Test("PW7: spelling the address in another way is no new account")
    func spellings() async throws {
        let door = try await Door()
        try await door.person()
        let spellings = [
            "ann@example.org", "ANN@example.org", " Ann@Example.org", "ann@EXAMPLE.org", "aNN@example.org",
        ]
        for spelling in spellings {
            for _ in 0..<2 { #expect(try await door.attempt(spelling, "wrong") == .wrong) }
        }
        #expect(try await door.attempt("anN@example.org").isThrottled)
    }

    @Test("PW7: all addresses of an IPv6 network, and both spellings of an IPv4 address, are one network")
    func networks() async throws {
        let door = try await Door()
        try await door.person()
        for number in 0..<10 { _ = try await door.attempt("ann@example.org", "wrong", from: "2001:db8::\(number)") }
        #expect(try await door.attempt(from: "2001:db8::ffff:1").isThrottled)
        for _ in 0..<10 { _ = try await door.attempt("bob@example.org", "wrong", from: "203.0.113.7") }
        #expect(try await door.attempt("bob@example.org", from: "::ffff:203.0.113.8").isThrottled)
    }

    @Test("PW7: of simultaneous guesses ten are checked")
    func simultaneous() async throws {
        let door = try await Door()
        try await door.person()
        let checked = try await withThrowingTaskGroup(of: PasswordOutcome.self) { group in
            for number in 0..<50 {
                group.addTask { try await door.attempt("ann@example.org", "guess \(number)") }
            }
            return try await group.reduce(into: 0) { count, outcome in count += outcome == .wrong ? 1 : 0 }
        }
        #expect(checked == 10)
        #expect(door.scheme.comparisons.count == 10)
    }

    @Test("PW10: an address that does not exist is throttled like one that does")
    func unknownAddresses() async throws {
        let door = try await Door()
        try await door.person()
        for email in ["ann@example.org", "nobody@example.org", "no address at all", ""] {
            var outcomes: [PasswordOutcome] = []
            for _ in 0..<11 { outcomes.append(try await door.attempt(email, "wrong")) }
            #expect(outcomes == Array(repeating: .wrong, count: 10) + [.throttled(retryAfter: 900)], "\(email)")
        }
    }

    @Test("PW7: one network may try many accounts, but not for long")
    func spraying() async throws {
        let door = try await Door()
        for number in 0..<60 {
            #expect(try await door.attempt("p\(number)@example.org", "wrong") == .wrong)
        }
        try await door.person()
        #expect(try await door.attempt().isThrottled)
        #expect(door.audit.events.last?.details["reason"] == "password-network")
        #expect(try await door.attempt(from: "198.51.100.1").isSignedIn)
    }

    @Test("PW7: unknown browsers of all networks together have a hundred attempts a day on an account")
    func manyNetworks() async throws {
        let door = try await Door()
        try await door.person()
        for number in 0..<100 {
            #expect(try await door.attempt("ann@example.org", "wrong", from: "10.\(number).0.1") == .wrong)
        }
        #expect(try await door.attempt(from: "192.0.2.1", at: Door.noon + 86399).isThrottled)
        #expect(door.audit.events.last?.details["reason"] == "password-account")
        #expect(try await door.attempt(from: "192.0.2.1", at: Door.noon + 86400).isSignedIn)
    }

    @Test("PW9: guesses refused in their own lane take nothing from the account or the network")
    func refusedGuesses() async throws {
        let door = try await Door()
        try await door.person()
        for _ in 0..<300 { _ = try await door.attempt("ann@example.org", "wrong", from: "203.0.113.66") }
        #expect(try await door.attempt(from: "198.51.100.1").isSignedIn)
        #expect(try await door.attempt("other@example.org", "wrong", from: "203.0.113.66") == .wrong)
    }

    @Test("PW9: guessing from everywhere never shuts out a browser that the person has used before")
    func knownBrowser() async throws {
        let door = try await Door()
        try await door.person()
        #expect(try await door.attempt(browser: 1, from: "203.0.113.7").isSignedIn)
        for number in 0..<150 {
            _ = try await door.attempt("ann@example.org", "wrong", browser: 2, from: "10.\(number).0.1")
        }
        for _ in 0..<70 { _ = try await door.attempt("x@example.org", "wrong", browser: 2, from: "203.0.113.7") }
        #expect(try await door.attempt(browser: 3, from: "192.0.2.1").isThrottled)
        #expect(try await door.attempt(browser: 1, from: "203.0.113.7").isSignedIn)
        #expect(try await door.attempt(browser: 1, from: "10.1.0.1").isSignedIn)
    }

    @Test("PW9: a live session is untouched by guesses at its account")
    func liveSession() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let opened = try await door.open(for: ann)
        for number in 0..<150 {
            _ = try await door.attempt("ann@example.org", "wrong", browser: 2, from: "10.\(number).0.1")
        }
        #expect(try await door.sessions.current(opened.secret.plaintext, at: Door.noon)?.id == opened.session.id)
    }

    @Test("PW7: a known browser, too, has ten attempts")
    func tenFromAKnownBrowser() async throws {
        let door = try await Door()
        try await door.person()
        #expect(try await door.attempt(browser: 1).isSignedIn)
        for number in 0..<10 {
            let outcome = try await door.attempt("ann@example.org", "wrong", browser: 1, from: "10.\(number).0.1")
            #expect(outcome == .wrong)
        }
        #expect(try await door.attempt(browser: 1).isThrottled)
        #expect(door.audit.events.last?.details["reason"] == "password-browser")
    }

    @Test("PW7: a browser known to one person is a stranger to another, and a failure makes no acquaintance")
    func browserOfSomebodyElse() async throws {
        let door = try await Door()
        try await door.person()
        let bob = try await door.person("bob@example.org")
        #expect(try await door.attempt(browser: 1).isSignedIn)
        for _ in 0..<10 { _ = try await door.attempt("bob@example.org", "wrong", browser: 1) }
        #expect(try await door.attempt("bob@example.org", "wrong", browser: 1).isThrottled)
        #expect(door.audit.events.last?.details["reason"] == "password-account-network")
        #expect(try await !door.store.isKnown(browser: Door.browser(1), of: bob.id))
    }

    @Test("PW8: one's own success forgets one's own failures")
    func ownSuccess() async throws {
        let door = try await Door()
        try await door.person()
        for browser: UInt8 in [2, 3, 4] {
            for _ in 0..<9 { #expect(try await door.attempt("ann@example.org", "wrong", browser: browser) == .wrong) }
            #expect(try await door.attempt(browser: browser).isSignedIn)
        }
    }

    @Test("PW8: signing in to an account of one's own buys no further guesses at others")
    func ownAccount() async throws {
        let door = try await Door()
        try await door.person("ann@example.org")
        try await door.person("mallory@example.org")
        for round in 0..<6 {
            #expect(try await door.attempt("mallory@example.org", browser: UInt8(100 + round)).isSignedIn)
            for number in 0..<10 {
                #expect(try await door.attempt("p\(round)-\(number)@example.org", "wrong", browser: 66) == .wrong)
            }
        }
        #expect(try await door.attempt("ann@example.org", "wrong", browser: 66).isThrottled)
    }

    @Test("PW7: only failures fill a network's lane: a house where everybody signs in is no attack")
    func office() async throws {
        let door = try await Door()
        try await door.person()
        for number in 0..<59 { _ = try await door.attempt("p\(number)@example.org", "wrong", browser: 2) }
        for number in 0..<100 {
            #expect(try await door.attempt(browser: UInt8(100 + number)).isSignedIn)
        }
        #expect(try await door.attempt("bob@example.org", "wrong", browser: 2) == .wrong)
        #expect(try await door.attempt(browser: 99).isThrottled)
    }

    @Test("PW8: the owner's success elsewhere does not forget what others tried")
    func ownersSuccess() async throws {
        let door = try await Door()
        try await door.person()
        for _ in 0..<10 { _ = try await door.attempt("ann@example.org", "wrong", browser: 2, from: "10.1.0.1") }
        #expect(try await door.attempt(browser: 1, from: "203.0.113.7").isSignedIn)
        #expect(try await door.attempt("ann@example.org", "wrong", browser: 2, from: "10.1.0.1").isThrottled)
    }

    @Test("PW7: limits are settings")
    func limits() async throws {
        var limits = PasswordLanes.Limits()
        limits.network = ThrottleLimit("password-account-network", attempts: 1, window: 10)
        let door = try await Door(limits: limits)
        try await door.person()
        #expect(try await door.attempt("ann@example.org", "wrong") == .wrong)
        #expect(try await door.attempt() == .throttled(retryAfter: 10))
    }
}
