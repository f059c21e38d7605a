import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Where a sign-in by mail leads")
struct MagicLinkReturns {
    @Test(
        "WB9, B054: no return path leads off this origin, from any of these pages",
        // A form with NUL is refused whole.
        arguments: RedirectPayloads.all.filter { !$0.utf8.contains(0) })
    func openRedirects(payload: String) async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let query = "next=" + FormEncoding.escape(payload)
        for path in ["/magic-link", "/magic-link/code", "/magic-link/mml_x"] {
            let page = await browser.get("\(path)?\(query)")
            #expect(page.forms.allSatisfy { $0.fields["next"] == nil } && !page.text.contains("next="), "\(path)")
        }
        let form = await browser.get("/magic-link")
        let sent = await browser.post(form, ["email": "ada@example.org", "next": payload], action: "/magic-link")
        #expect(sent.location == "/magic-link/code")
        let (path, code) = try await house.link()
        #expect(!path.contains("?"))
        let page = await browser.get("\(path)?\(query)")
        let typed = await browser.get("/magic-link/code")
        #expect(await browser.post(page, ["next": payload]).location == "/account")
        let again = await browser.post(typed, ["code": code, "next": payload], action: "/magic-link/code")
        #expect(again.location == "/account")
        #expect(await browser.get("/magic-link?\(query)").location == "/account")
    }

    @Test(
        "B052: a path of ours goes through the form, the mail, its code and a dead link",
        arguments: RedirectPayloads.good)
    func kept(path: String) async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let next = "next=" + FormEncoding.escape(path)
        let sent = await browser.askForLink(at: "/magic-link?" + next)
        #expect(sent.forms.first?.fields["next"] == path)
        let mail = try await house.link()
        let page = await browser.get(mail.path)
        let byLink = await browser.post(page, [:])
        #expect(byLink.location == path)
        house.clock.advance(61)
        let dead = await browser.get(mail.path)
        #expect(dead.status == 404 && dead.text.contains("href=\"/magic-link?next="))
        let other = house.browser(from: "192.0.2.2")
        let waiting = await other.askForLink(at: "/magic-link?" + next)
        let code = try await house.link().code
        #expect(await other.post(waiting, ["code": code], action: "/magic-link/code").location == path)
    }
}
