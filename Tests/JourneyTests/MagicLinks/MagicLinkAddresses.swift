import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Links that are good from the address that asked for them (magic_link.verify_ip)")
struct MagicLinkAddresses {
    private static func house(_ isOn: Bool = true) async throws -> TestHouse {
        let house = try await TestHouse.linking { $0.magicLinks.verifiesAddress = isOn }
        _ = try await house.person()
        return house
    }

    @Test(
        "B048: from another address the page is that of a dead link, and nothing is spent; IPv6 counts by /64",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "2001:db8::1", false),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:9", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("::ffff:192.0.2.1", "192.0.2.1", true), ("2001:db8:1:2::1", "192.0.2.1", false),
        ] as [(String, String, Bool)])
    func bound(asked: String, used: String, isGood: Bool) async throws {
        let house = try await Self.house()
        let browser = house.browser(from: asked)
        let sent = await browser.askForLink()
        let (path, code) = try await house.link()
        let moved = browser.moved(to: used, of: house)
        guard !isGood else {
            #expect(await moved.enter(by: path).target == "/account")
            return
        }
        let byLink = await moved.enter(by: path)
        let byCode = await moved.submit(sent, ["code": code], action: "/magic-link/code")
        for page in [byLink, byCode] {
            #expect(page.status == 404 && page.heading == "This link is no longer good" && !moved.isSignedIn)
        }
        try await house.expect(byLink, Explained(.mailProof, "from an address", "magic_link.verify_ip", ""))
        #expect(house.linkFaults == ["no_browser", "no_browser"])
        #expect(await browser.enter(by: path).target == "/account")
    }

    @Test("B048: off, as it is by default, the address does not matter")
    func off() async throws {
        let house = try await Self.house(false)
        let browser = house.browser()
        await browser.askForLink()
        let moved = browser.moved(to: "2001:db8::7", of: house)
        #expect(await moved.enter(by: try await house.link().path).target == "/account")
    }

    @Test("B048, IN7: behind a trusted proxy it is the person's address; of nobody else is it believed")
    func proxies() async throws {
        let range = try #require(NetworkRange("10.0.0.0/8"))
        for (isTrusted, peer) in [(true, "10.0.0.1"), (false, "203.0.113.1")] {
            let house = try await TestHouse.linking {
                $0.magicLinks.verifiesAddress = true
                $0.trustedProxies = [range]
            }
            _ = try await house.person()
            let browser = house.browser(from: peer)
            let form = await browser.get("/magic-link")
            func headers(_ address: String) -> [String: String] { ["X-Forwarded-For": address] }
            _ = await browser.post(
                form, ["email": "ada@example.org"], action: "/magic-link", headers: headers("198.51.100.7"))
            let page = await browser.get(try await house.link().path)
            let elsewhere = await browser.post(page, [:], headers: headers("198.51.100.8"))
            #expect(elsewhere.status == (isTrusted ? 404 : 303), "\(peer)")
            guard isTrusted else { continue }
            #expect(await browser.post(page, [:], headers: headers("198.51.100.7")).location == "/account")
        }
    }
}
