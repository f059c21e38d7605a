import HTTPTypes
import Identity
import JSON
import OAuth
import Storage
import Testing
import Web

@testable import martlet

@Suite("Links to sign in with that staff make")
struct StaffLinkJourney {
    static let why: JSONValue = ["reason": "lost the telephone"]

    /// Where a new link leads, made by an app on its own behalf unless somebody else is named.
    static func link(for person: Account, in house: TestHouse, by api: TestAPI? = nil) async throws -> String {
        let caller: TestAPI
        if let api { caller = api } else { caller = try await TestAPI.own(house) }
        let page = await caller.call(.post, "/people/\(person.id)/sign-in-link", why)
        try #require(page.status == 201, "\(page.text)")
        let url = try #require(page["magic_url"]?.stringValue)
        try #require(url.hasPrefix(TestHouse.origin + "/staff-link/mml_"))
        return String(url.dropFirst(TestHouse.origin.count))
    }

    @Test(
        "B015, B016: the answer has the link, once; the person is told by mail, and the record says who, whom and why")
    func made() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let page = await api.call(.post, "/people/\(ada.id)/sign-in-link", Self.why)
        #expect(page.status == 201 && page.header("Cache-Control") == "no-store" && page.header("ETag") == nil)
        #expect(Set(page.json?.keys ?? []) == ["magic_url", "expires_at", "link_id"])
        #expect(page["expires_at"]?.stringValue == "\(house.clock.now + StaffLinks.lifetime)")
        let name = try #require(page["link_id"]?.stringValue)
        #expect(name.wholeMatch(of: /[0-9a-f]{16}/) != nil)
        let mail = try await house.latestMail(to: "ada@example.org")
        #expect(mail.subject == "A link to sign in to your account at localhost was made")
        #expect(mail.paths == ["/account", "/recovery"] && mail.code == nil)
        #expect(mail.text.contains("once, for \(StaffLinks.lifetime / 60) minutes"))
        for word in ["mml_", "staff-link", "telephone", name] { #expect(!(mail.text + mail.html).contains(word)) }
        let event = try #require(try await house.storedEvents(.staffLinkMade).first)
        #expect(event.actor == "client:robot" && event.subject == ada.id && event.network == "198.51.100.0/24")
        #expect(event.details == ["method": "api", "why": "lost the telephone", "link_id": name])
        #expect(house.log.lines.contains { $0.contains("\"link_id\": \(name)") })
    }

    @Test("B015: it signs in once, in whichever browser, to the account page; the page shows the address masked")
    func signsIn() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let path = try await Self.link(for: ada, in: house)
        let browser = house.browser(from: "203.0.113.40")
        let page = await browser.get(path)
        #expect(page.status == 200 && page.heading == "Sign in with this link?")
        #expect(page.text.contains("a…@example.org") && !page.text.contains("ada@") && !page.text.contains("Lovelace"))
        #expect(page.text.contains("The people who run localhost made this link."))
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.header("Cache-Control") == "no-store")
        #expect(page.header("X-Robots-Tag") == "noindex" && page.forms.count == 1)
        #expect(await browser.get("/account").location == "/sign-in")
        let done = await browser.post(page, [:])
        #expect(done.status == 303 && done.location == "/account")
        #expect(await browser.get("/account").status == 200)
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).map(\.methods) == [["staff_link"]])
        let event = try #require(try await house.storedEvents(.signIn).first)
        #expect(event.actor == "person:\(ada.id)" && event.network == "203.0.113.0/24")
        #expect(event.details["method"] == "staff_link")
        #expect(try await house.store.signInMethods(of: ada.id).map(\.method) == ["staff_link"])
    }

    @Test("ML3: opened ahead of the person, by GET and HEAD and from anywhere, it still signs in")
    func prefetched() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let path = try await Self.link(for: ada, in: house)
        for number in 1...5 {
            let scanner = house.browser(from: "198.51.100.\(number + 20)")
            for method in [HTTPRequest.Method.get, .head] {
                let page = await scanner.send(method, path)
                #expect(page.status == 200 && page.text.isEmpty == (method == .head))
            }
            #expect(scanner.cookies["martlet-session"] == nil)
        }
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).isEmpty)
        #expect(house.audit.count(.signIn) == 0 && house.audit.count(.mailProofRefused) == 0)
        let browser = house.browser()
        #expect(await browser.submit(await browser.get(path), [:]).target == "/account")
    }

    @Test("ML11: apps are told that staff answer for it, and that no mailbox or password was proven")
    func methods() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let browser = house.browser()
        _ = await browser.post(await browser.get(try await Self.link(for: ada, in: house)), [:])
        let tokens = try await house.tokens(for: .shop, in: browser)
        let claims = try TestTokens.claims(tokens.id)
        #expect(claims["amr"] == ["staff_link"] && claims["auth_time"] == .integer(house.clock.now.seconds))
    }

    @Test("B077: the notice of such a sign-in says by what it was")
    func notice() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        house.clock.advance(3601)
        let browser = house.browser()
        _ = await browser.post(await browser.get(try await Self.link(for: ada, in: house)), [:])
        let mail = try await house.latestMail(to: "ada@example.org", leading: "/not-me/")
        #expect(mail.text.contains("\nSigned in with: A link made by the people who run this service\n"))
    }

    @Test("An administrator makes one under their own name, and needs a proof of the last five minutes")
    func administrator() async throws {
        let house = try await TestAPI.house()
        let (ada, root) = (
            try await house.person(), try await house.person("root@example.org", roles: [.administrator])
        )
        let api = try await TestAPI.person(house, "root@example.org")
        _ = try await Self.link(for: ada, in: house, by: api)
        #expect(try await house.storedEvents(.staffLinkMade).first?.actor == "person:\(root.id)")
        house.clock.advance(301)
        let late = await api.call(.post, "/people/\(ada.id)/sign-in-link", Self.why)
        #expect(late.status == 401 && late.problem == "insufficient_user_authentication")
        #expect(house.audit.count(.staffLinkMade) == 1)
    }

    @Test("Who may change people without reading them is told the link, and nothing of the person")
    func writeOnly() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house, scope: "martlet.people.write")
        let page = await api.call(.post, "/people/\(ada.id)/sign-in-link", Self.why)
        #expect(page.status == 201 && !page.text.contains("ada") && !page.text.contains("Lovelace"))
    }

    @Test("It is made of the person as they were seen, where the app says what it saw (If-Match)")
    func precondition() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let path = "/people/\(ada.id)/sign-in-link"
        let tag = try #require(await api.call(.get, "/people/\(ada.id)").header("ETag"))
        #expect(await api.call(.post, path, Self.why, headers: ["If-Match": tag]).status == 201)
        _ = try await api.setRoles(of: ada.id, [["name": "staff"]])
        let late = await api.call(.post, path, Self.why, headers: ["If-Match": tag])
        #expect(late.status == 412 && late.problem == "changed_meanwhile" && !late.text.contains("mml_"))
        #expect(house.audit.count(.staffLinkMade) == 1)
    }

    @Test("B018: who came in by it and has no password can set one after a code by mail, and signs in with that")
    func firstPassword() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        _ = try await house.store.database.change {
            try $0.execute("UPDATE accounts SET password_hash = NULL WHERE canonical_email = 'ada@example.org'", [])
        }
        let browser = house.browser()
        _ = await browser.post(await browser.get(try await Self.link(for: ada, in: house)), [:])
        let asked = await browser.submit(
            await browser.visit("/account/password"), [:], action: "/account/confirm/mail")
        let mail = try #require(try await house.mail(to: "ada@example.org").last { $0.code != nil })
        let form = await browser.submit(asked, ["code": mail.code])
        #expect(form.status == 200 && form.heading == "Set a password")
        #expect(await browser.post(form, ["password": RecoveryJourney.new]).status == 200)
        let other = house.browser(from: "192.0.2.2")
        let signIn = await other.signIn(await other.get("/sign-in"), "ada@example.org", password: RecoveryJourney.new)
        #expect(signIn.target == "/account")
    }

    @Test("A second click of the same browser leads where the first one led, for a minute")
    func doubleClick() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let browser = house.browser()
        let form = await browser.get(try await Self.link(for: ada, in: house))
        #expect(await browser.post(form, [:]).location == "/account")
        let again = await browser.post(form, [:])
        #expect(again.status == 303 && again.location == "/account" && again.cookies.isEmpty)
        house.clock.advance(60)
        #expect(await browser.post(form, [:]).status == 404)
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).count == 1)
    }
}
