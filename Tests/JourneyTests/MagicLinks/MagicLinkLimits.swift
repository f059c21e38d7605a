import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

/// Over a limit the page stays the same, and no mail goes.
@Suite("How often mail to sign in with may be asked for")
struct MagicLinkLimits {
    /// So many requests, each from a new browser of a network; says how many links came of them.
    private func ask(
        _ house: TestHouse, _ times: Int, from network: String,
        for address: (Int) -> String = { _ in "ada@example.org" }
    ) async throws -> Int {
        let before = try await house.letters(.magicLink).count
        for number in 1...times {
            let browser = house.browser(from: "\(network).\(number)")
            let sent = await browser.askForLink(address(number))
            #expect(sent.heading == "Check your mail" && sent.status == 200)
        }
        return try await house.letters(.magicLink).count - before
    }

    private func results(_ house: TestHouse) -> [String] {
        house.audit.events.filter { $0.kind == .mailProofAsked }.compactMap { $0.details["result"] }
    }

    @Test("ML7: one mail in half a minute for a browser and an address; asking again says nothing else")
    func pause() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let sent = await browser.askForLink()
        let first = try await house.link()
        for _ in 0..<3 {
            #expect(await browser.askForLink().told("ada@example.org") == sent.told("ada@example.org"))
            #expect(await browser.submit(sent, [:], action: "/magic-link/again").status == 200)
        }
        #expect(try await house.letters().count == 1)
        house.clock.advance(29)
        await browser.askForLink()
        #expect(try await house.letters().count == 1)
        #expect(await browser.get(first.path).status == 200, "what was held back has ended nothing")
        house.clock.advance(1)
        await browser.askForLink()
        #expect(try await house.letters().count == 2)
        #expect(await browser.get(first.path).status == 404)
    }

    @Test("ML7: an address is one however its dots and its tag are written")
    func folded() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let spellings = ["ada+1@example.org", "a.d.a@example.org", "A.da+shop@Example.org", "ada+2+3@example.org"]
        #expect(try await ask(house, 4, from: "192.0.2") { spellings[$0 - 1] } == 0)
        #expect(
            try await ask(house, 2, from: "192.0.2") == 0, "the network has used up what it may ask of this mailbox")
        #expect(try await ask(house, 1, from: "198.51.100") == 1, "another has not")
        #expect(try await ask(house, 1, from: "192.0.2") { _ in "nobody@example.org" } == 0)
        #expect(results(house).suffix(1) == ["not_mailed"], "another address has its own")
    }

    @Test("ML7: one network has an address written to four times at once, and one in half an hour from then on")
    func address() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        #expect(try await ask(house, 9, from: "192.0.2") == 4)
        house.clock.advance(1800)
        #expect(try await ask(house, 3, from: "192.0.2") == 1)
        #expect(try await ask(house, 2, from: "198.51.100") == 2, "PW9: it keeps nobody else's mail away")
    }

    @Test("ML7: twenty mails an hour for one network, whomever they are for")
    func network() async throws {
        let house = try await TestHouse.linking()
        for number in 1...21 { _ = try await house.person("p\(number)@example.org") }
        #expect(try await ask(house, 21, from: "192.0.2") { "p\($0)@example.org" } == 20)
        #expect(try await ask(house, 1, from: "198.51.100") { _ in "p21@example.org" } == 1)
        #expect(results(house).count { $0 == "mail-network" } == 1)
    }

    @Test("ML7: a hundred mails an hour for one app; people of others, and of none, still get theirs")
    func client() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        for network in 0..<5 {
            let browser = house.browser(from: "10.\(network).0.1")
            let handle = try #require(await browser.visit(TestApp.app.request()).handle)
            for number in 0..<20 {
                await browser.askForLink("n\(network)-\(number)@example.org", at: "/magic-link?request=" + handle)
            }
        }
        #expect(results(house) == Array(repeating: "not_mailed", count: 100))
        for (app, isMailed) in [(TestApp.app, false), (TestApp.shop, true)] {
            let browser = house.browser(from: isMailed ? "10.8.0.1" : "10.7.0.1")
            let sent = await browser.askForLink(on: await browser.visit(app.request()))
            #expect(sent.heading == "Check your mail")
            #expect(try await house.letters(.magicLink).count == (isMailed ? 1 : 0))
        }
        #expect(results(house).suffix(2) == ["mail-client", "mailed"])
        #expect(try await ask(house, 1, from: "10.6.0") == 1)
    }

    @Test("PW9: a browser that its person has signed in with has a lane of its own, which strangers cannot fill")
    func ownBrowser() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let own = await house.browser(from: "192.0.2.77").signedIn()
        own.cookies["martlet-session"] = nil
        for number in 0..<12 { _ = try await ask(house, 4, from: "10.0.\(number)") }
        #expect(try await ask(house, 1, from: "192.0.2") == 0)
        house.clock.advance(1)
        let before = try await house.letters(.magicLink).count
        await own.askForLink()
        #expect(try await house.letters(.magicLink).count == before + 1)
        #expect(await own.enter(by: try await house.link().path).target == "/account")
    }

    @Test("PW10: known and unknown addresses are held back at the same request, by the same lane")
    func alike() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        _ = try await ask(house, 8, from: "192.0.2")
        let known = results(house)
        _ = try await ask(house, 8, from: "192.0.2") { _ in "nobody@example.org" }
        #expect(known == Array(repeating: "mailed", count: 4) + Array(repeating: "mail-address", count: 4))
        #expect(results(house).dropFirst(8).map { $0 == "not_mailed" ? "mailed" : $0 } == known)
    }
}
