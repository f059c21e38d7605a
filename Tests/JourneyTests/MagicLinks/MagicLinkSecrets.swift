import Foundation
import HTTPTypes
import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Links and codes to sign in with are nobody's to find")
struct MagicLinkSecrets {
    @Test(
        "ML12, B083, B021, CF3: neither link nor code is in the database, the log, the record, a header or a later page"
    )
    func nowhere() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.askForLink(on: await browser.visit(TestApp.app.request()))
        let (path, code) = try await house.link()
        var bytes = try await house.database.bytes()
        let other = house.browser(from: "192.0.2.50")
        var pages = [
            await other.get(path), await other.force(path), await browser.get("/magic-link/code"),
            await browser.submit(
                await browser.get("/magic-link/code"), ["code": "AAAA-AAAA"], action: "/magic-link/code"),
        ]
        let page = await browser.get(path)
        pages.append(await browser.submit(page, [:]))
        house.clock.advance(61)
        pages += [await browser.get(path), await other.get(path), await browser.get("/account")]
        await house.flushExplanations()
        _ = try await house.storedEvents()
        bytes += try await house.database.bytes()
        let token = String(path.dropFirst("/magic-link/".count).prefix { $0 != "?" })
        for (name, secret) in [("token", token), ("code", code), ("code", code.replacing("-", with: ""))] {
            #expect(PlantedSecret(secret).traces(in: bytes).isEmpty, "\(name) is in the database")
            #expect(!house.log.lines.contains { $0.contains(secret) }, "\(name) is in the log")
            #expect(!house.audit.events.contains { "\($0)".contains(secret) }, "\(name) is in the record")
            for page in pages {
                // The form of a link is sent to where the link leads, and nowhere else is it named.
                let rest = page.text.replacing("action=\"\(path.prefix { $0 != "?" })\"", with: "")
                let headers = page.reply.headers.map { "\($0)" }.joined()
                #expect(
                    !rest.contains(secret) && !headers.contains(secret), "\(name) at \(page.status) \(page.heading)")
            }
        }
    }

    @Test(
        "ML12, B021: pages with a link in their address are kept by nobody, tell no other site, and are found by no one"
    )
    func headers() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let (browser, other) = (house.browser(), house.browser(from: "192.0.2.50"))
        await browser.askForLink()
        let path = try await house.link().path
        for page in [
            await browser.get(path), await other.get(path), await other.force(path),
            await other.get("/magic-link/x"), await browser.enter(by: path), await other.get(path),
        ] where page.target.hasPrefix("/magic-link/") {
            #expect(page.header("Cache-Control") == "no-store" && page.header("X-Robots-Tag") == "noindex")
            #expect(page.header("Referrer-Policy") == "no-referrer", "\(page.status)")
            #expect(page.text.matches(of: /(?:src|href)="(https?:)?\/\//).isEmpty)
        }
    }

    @Test(
        "B002, ML5: the link in the mail has the host of the settings, whatever the request says",
        arguments: OriginCrawl.lies)
    func host(_ lie: [String: String]) async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let form = await browser.get("/magic-link")
        let sent = await browser.post(form, ["email": "ada@example.org"], action: "/magic-link", headers: lie)
        #expect(sent.location == "/magic-link/code" || sent.status >= 400)
        for mail in try await house.mail() {
            #expect(!mail.message.contains("evil") && !mail.html.contains("evil") && mail.paths.count == 1)
            for link in mail.html.matches(of: /href="([^"]*)"/) {
                #expect(link.1.hasPrefix(TestHouse.origin + "/"), "\(link.1)")
            }
        }
        #expect(try await house.mail().count == (sent.status == 303 ? 1 : 0))
    }

    @Test("B083: a link has 256 bits of chance, a code nearly 40, and no two are alike")
    func chance() async throws {
        let house = try await TestHouse.linking()
        var tokens: Set<String> = []
        var codes: Set<String> = []
        for number in 0..<40 {
            let address = "p\(number)@example.org"
            _ = try await house.person(address)
            await house.browser(from: "10.\(number).0.1").askForLink(address)
            let (path, code) = try await house.link(to: address)
            tokens.insert(path)
            codes.insert(code)
            #expect(path.wholeMatch(of: /\/magic-link\/mml_[A-Za-z0-9_-]{43}/) != nil)
            #expect(code.wholeMatch(of: /[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}/) != nil)
        }
        #expect(tokens.count == 40 && codes.count == 40)
    }

    @Test("CF5, B143, B148: the reference on the page finds why; the page says the same, and the record each reason")
    func explained() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let (browser, other) = (house.browser(), house.browser(from: "192.0.2.50"))
        let sent = await browser.askForLink()
        let first = try await house.link().path
        let wrong = await browser.submit(sent, ["code": "AAAA-AAAA"], action: "/magic-link/code")
        try await house.expect(wrong, Explained(.mailProof, "code", "", ""), after: [.form, .formOrigin])
        house.clock.advance(31)
        await browser.askForLink()
        let second = try await house.link().path
        let overtaken = await browser.get(first)
        let elsewhere = await other.force(second)
        _ = await browser.enter(by: second)
        let used = await other.get(second)
        house.clock.advance(31)
        await other.askForLink()
        let third = try await house.link().path
        house.clock.advance(600)
        let expired = await other.get(third)
        let unknown = await other.force("/magic-link/mml_" + String(repeating: "A", count: 43))
        for (page, seen) in [
            (overtaken, "overtaken by a newer one"), (elsewhere, "did not ask for it"), (used, "that was used"),
            (expired, "has run out"), (unknown, "nobody was sent"),
        ] {
            #expect(page.reference == page.header("X-Request-Id") && page.reference?.count == 10, "\(seen)")
            try await house.expect(page, Explained(.mailProof, seen, "within 10 minutes", "mail_proof_refused"))
        }
        #expect(house.linkFaults == ["wrong_code", "superseded", "no_browser", "reused", "expired", "unknown"])
        let route = try await house.explanation(of: used).route
        #expect(!route.contains("mml_"), "\(route)")
    }
}
