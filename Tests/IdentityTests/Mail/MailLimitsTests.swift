import Identity
import OAuth
import Testing

@Suite("How much mail one can have sent (ML7)")
struct MailLimitsTests {
    /// Ann, in the browser she has signed in with.
    private static func ann(_ limits: MailLanes.Limits = .init()) async throws -> (Gateway, Account) {
        let gate = try await Gateway(limits: limits)
        let ann = try await gate.door.person()
        try await gate.door.store.remember(browser: Door.browser(1), of: ann.id, at: Door.noon)
        return (gate, ann)
    }

    /// Whether the mail goes.
    private static func ask(
        _ gate: Gateway, _ purpose: MailProof.Purpose = .addressChange, to address: String, of account: Account?,
        browser: UInt8 = 1, from network: String = "203.0.113.7", at now: Instant = Door.noon
    ) async throws -> Bool {
        let letter: Letter.Kind = purpose == .addressChange ? .addressChange : .recovery
        let request = MailProofs.Request(
            purpose, letter: letter, to: try #require(EmailAddress(address)), of: account, isMailed: true)
        return try await gate.proofs.begin(
            request, browser: Door.browser(browser), network: ClientNetwork(network), at: now)
    }

    @Test("Whoever is signed in has mail sent to five other addresses an hour, from whichever network and browser")
    func account() async throws {
        let (gate, ann) = try await Self.ann()
        for number in 1...5 {
            #expect(try await Self.ask(gate, to: "victim\(number)@example.net", of: ann))
        }
        for number in 6...30 {
            let (browser, network) = (UInt8(number % 3), "198.51.\(number).7")
            #expect(
                try await !Self.ask(
                    gate, to: "victim\(number)@example.net", of: ann, browser: browser, from: network))
        }
        #expect(try await gate.letters().count == 5)
        #expect(try await Self.ask(gate, to: "mine@example.net", of: ann, at: Door.noon + 3600))
    }

    @Test("One address is sent eleven in half an hour, however many people ask for it")
    func target() async throws {
        let (gate, _) = try await Self.ann()
        for number in 1...20 {
            let other = try await gate.door.person("other\(number)@example.org")
            let went = try await Self.ask(
                gate, to: "victim@example.net", of: other, browser: UInt8(number), from: "198.51.\(number).7")
            #expect(went == (number <= 11))
        }
        #expect(try await gate.letters().count == 11)
    }

    @Test("A network over its limit fills no address's lane")
    func network() async throws {
        let (gate, _) = try await Self.ann()
        for number in 1...70 {
            let went = try await Self.ask(
                gate, .recovery, to: "a\(number)@example.net", of: nil, browser: UInt8(number))
            #expect(went == (number <= 20))
        }
        for number in 71...74 {
            #expect(
                try await !Self.ask(gate, .recovery, to: "late@example.net", of: nil, browser: UInt8(number)))
        }
        for number in 1...5 {
            #expect(
                try await Self.ask(
                    gate, .recovery, to: "late@example.net", of: nil, browser: UInt8(100 + number),
                    from: "198.51.\(number).7"))
        }
    }

    @Test("PW9: nobody else's asking uses up what people have in their own browser for their own address")
    func own() async throws {
        var limits = MailLanes.Limits()
        limits.everybody = ThrottleLimit("mail-everybody", attempts: 6, window: 3600)
        let (gate, ann) = try await Self.ann(limits)
        for number in 1...6 {
            #expect(
                try await Self.ask(
                    gate, .recovery, to: "a\(number)@example.net", of: nil, browser: UInt8(100 + number),
                    from: "198.51.\(number).7"))
        }
        for number in 7...9 {
            #expect(
                try await !Self.ask(
                    gate, .recovery, to: "a\(number)@example.net", of: nil, browser: UInt8(100 + number),
                    from: "198.51.\(number).7"))
        }
        #expect(try await !Self.ask(gate, to: "new@example.net", of: ann), "not her own yet")
        #expect(try await !Self.ask(gate, .recovery, to: "ann@example.org", of: ann, browser: 9), "not her browser")
        for minute in 0..<5 {
            #expect(
                try await Self.ask(gate, .recovery, to: "ann@example.org", of: ann, at: Door.noon + Int64(minute) * 60))
        }
        #expect(try await !Self.ask(gate, .recovery, to: "ann@example.org", of: ann, at: Door.noon + 300))
    }

    @Test("IN9: of 40 asked for at once for other addresses as many go as there may be")
    func race() async throws {
        let (gate, ann) = try await Self.ann()
        let count = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 1...40 { group.addTask { try await Self.ask(gate, to: "v\(number)@example.net", of: ann) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(count == 5)
    }
}
