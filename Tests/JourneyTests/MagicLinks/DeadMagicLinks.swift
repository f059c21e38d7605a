import Foundation
import HTTPTypes
import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Links to sign in with that are no longer good")
struct DeadMagicLinks {
    private static let unknown = "/magic-link/mml_" + String(repeating: "A", count: 43)

    @Test(
        "B004, B085, B149, ML1: used, expired, overtaken, foreign, cut and made-up links get one page, to the byte, by GET and POST"
    )
    func onePage() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        let (user, late) = (house.browser(), house.browser(from: "192.0.2.2"))
        await user.askForLink()
        let used = try await house.link().path
        #expect(await user.enter(by: used).target == "/account")
        await late.askForLink("bob@example.org")
        let expired = try await house.link(to: "bob@example.org").path
        house.clock.advance(600)
        // Another person's, asked for and given up in the same browser.
        let reader = house.browser(from: "192.0.2.3")
        await reader.askForLink("bob@example.org")
        let foreign = try await house.link(to: "bob@example.org").path
        await reader.askForLink()
        await RecoveryJourney.ask(reader)
        let recovery = try await house.mailed(.recovery, to: "ada@example.org").path
        let live = try await house.link().path
        #expect(live != used && foreign != expired)
        var told: Set<String> = []
        for path in [
            used, expired, foreign, String(live.dropLast()), live + "A", Self.unknown, "/magic-link/x",
            live.replacing("mml_", with: "mse_"), recovery.replacing("/recovery/", with: "/magic-link/"),
            live.uppercased().replacing("/MAGIC-LINK/", with: "/magic-link/"),
        ] {
            for page in [await reader.get(path), await reader.force(path), await reader.force(path, [:])] {
                #expect(page.status == 404 && page.heading == "This link is no longer good", "\(path)")
                told.insert(page.told())
            }
        }
        #expect(told.count == 1)
        #expect(told.first?.contains("href=\"/magic-link\"") == true)
        #expect(await reader.enter(by: live).target == "/account")
    }

    @Test("B004, B052: the way to a new mail keeps the paused request, and comes out at the app")
    func requestKept() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.askForLink(on: await browser.visit(TestApp.app.request()))
        let link = try await house.link().path
        house.clock.advance(600)
        let dead = await browser.get(link)
        let handle = try #require(dead.handle)
        #expect(dead.status == 404 && dead.text.contains("href=\"/magic-link?request=\(handle)\""))
        await browser.askForLink(at: "/magic-link?request=" + handle)
        #expect(await browser.enter(by: try await house.link().path).answer["code"] != nil)
    }

    @Test(
        "B010, B047: a link and a code are good to the last second of their time, as it is set",
        arguments: [600, 3600] as [Int64])
    func lifetime(seconds: Int64) async throws {
        for isLate in [false, true] {
            let house = try await TestHouse.linking { $0.magicLinks.lifetime = seconds }
            _ = try await house.person()
            let (byLink, byCode) = (house.browser(), house.browser(from: "192.0.2.2"))
            await byLink.askForLink()
            let path = try await house.link().path
            house.clock.advance(1)
            let sent = await byCode.askForLink()
            #expect(sent.text.contains("\(seconds / 60) minutes"))
            let code = try await house.link().code
            house.clock.advance(seconds - (isLate ? 0 : 2))
            if isLate {
                #expect(await byLink.get(path).status == 404)
                #expect(await byCode.submit(sent, ["code": code], action: "/magic-link/code").status == 404)
            } else if seconds == 600 {
                #expect(await byLink.enter(by: path).target == "/account")
            } else {
                #expect(await byCode.submit(sent, ["code": code], action: "/magic-link/code").target == "/account")
            }
        }
    }

    @Test(
        "ML1: a replay is harmless for a minute in the browser that came in, opens no second session, and nothing elsewhere"
    )
    func replay() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let (browser, other) = (house.browser(), house.browser(from: "192.0.2.2"))
        _ = await browser.askForLink(on: await browser.visit(TestApp.app.request()))
        let link = try await house.link().path
        let page = await browser.get(link)
        let first = await browser.post(page, [:])
        #expect(first.status == 303 && browser.isSignedIn)
        house.clock.advance(59)
        let second = await browser.post(page, [:])
        #expect(second.status == 303 && second.location == first.location && second.cookies.isEmpty)
        #expect(await browser.get(link).status == 303)
        #expect(await other.get(link).status == 404)
        #expect(await other.force(link).status == 404 && !other.isSignedIn)
        house.clock.advance(1)
        #expect(await browser.post(page, [:]).status == 404)
        #expect(await browser.get(link).status == 404)
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).count == 1)
        #expect(house.linkFaults.allSatisfy { $0 == "reused" })
    }

    @Test("B005: of two thousand mutated links none opens anything or breaks anything, and one page says so")
    func mutated() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let waiting = await browser.askForLink()
        let csrf = waiting.forms.first?.fields["csrf"]
        let path = try await house.link().path
        let genuine = Array(path.utf8)
        var dice = Dice(seed: 5)
        var told: Set<String> = []
        for number in 0..<2_000 {
            var bytes = genuine
            for _ in 0...Int.random(in: 0...3, using: &dice) {
                let place = Int.random(in: 12..<bytes.count, using: &dice)
                switch Int.random(in: 0...3, using: &dice) {
                case 0: bytes[place] = UInt8.random(in: 0x21...0x7E, using: &dice)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0x20...0xFF, using: &dice), at: place)
                default: bytes = Array(bytes.prefix(max(place, 13)))
                }
                if bytes.count < 14 { break }
            }
            let target = String(decoding: bytes, as: UTF8.self)
            guard target.prefix(while: { $0 != "?" }) != path else { continue }
            let page =
                number.isMultiple(of: 10)
                ? await browser.post(waiting, ["csrf": csrf, "here": "1"], action: target) : await browser.get(target)
            #expect(page.status == 404, "\(target): \(page.status)")
            guard page.heading == "This link is no longer good" else { continue }
            told.insert(page.told())
        }
        #expect(told.count == 1)
        #expect(await browser.enter(by: path).target == "/account")
    }

    @Test(
        "ML4: another password, another address, and the end of all sessions end a link that lies in the mailbox",
        arguments: ["password", "everywhere", "operator", "disabled", "signedIn"])
    func ended(by deed: String) async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let asking = house.browser()
        await asking.askForLink()
        let link = try await house.link().path
        let owner = house.browser(from: "192.0.2.2")
        switch deed {
        case "password":
            await RecoveryJourney.ask(owner)
            let path = try await house.mailed(.recovery, to: "ada@example.org").path
            _ = await owner.submit(await owner.get(path), ["password": RecoveryJourney.new])
        case "everywhere":
            _ = await owner.signedIn()
            house.clock.advance(31)
            await asking.askForLink()
            let newer = try await house.link().path
            #expect(await asking.get(newer).status == 200)
            let page = await owner.get("/account/sessions")
            _ = await owner.forge(page, to: "/account/sessions/end-others")
            #expect(await asking.force(newer).status == 404)
        case "operator":
            _ = try await house.store.endAccess(
                of: ada.id, applications: true, sparingAdministrators: false, at: house.clock.now)
        case "disabled": _ = try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now)
        default: _ = await owner.signedIn()
        }
        for page in [await asking.get(link), await asking.force(link)] { #expect(page.status == 404, "\(deed)") }
        #expect(!asking.isSignedIn && Set(house.linkFaults) == ["superseded"])
    }
}
