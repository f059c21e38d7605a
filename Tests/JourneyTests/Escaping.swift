import Foundation
import Identity
import JSON
import OAuth
import Testing
import Web

@Suite("Text of others on our pages")
struct Escaping {
    /// A combining mark after a quote makes one `Character` of both; a browser still sees the quote.
    static let payload = "<script>x(1)</script>\"\u{301}onfocus=x(2) '\u{301}<img src=x>&amp;{{csrf}}{{{csrf}}}"

    private static let forbidden = [
        "<script>x", "<img src=x", "\"\u{301}", "'\u{301}", "\"onfocus", "&amp;{{csrf",
    ]

    /// Sought in bytes: a search by characters would overlook the very thing.
    private func isClean(_ page: TestPage) -> Bool {
        let bytes = Data(page.reply.body)
        return Self.forbidden.allSatisfy { bytes.range(of: Data($0.utf8)) == nil }
    }

    private func house(_ name: String) async throws -> TestHouse {
        let quoted = String(decoding: JSONValue.string(name).bytes(), as: UTF8.self)
        var clients = TestClients.all
        for (id, text) in clients {
            clients[id] = text.replacing(/"client_name": "[^"]*"/, with: "\"client_name\": \(quoted)")
        }
        let house = try await TestHouse(clients: clients)
        _ = try await house.person(
            "o'brien&co@example.org", roles: [Role(Self.payload), Role("x", context: Self.payload)],
            profile: Profile(name: Self.payload))
        return house
    }

    @Test("The name of a client or a person is text on every page, whatever it holds (WB7)")
    func names() async throws {
        let house = try await house(Self.payload)
        let browser = house.browser()
        let email = "o'brien&co@example.org"
        var pages = [await browser.visit(TestApp.shop.request())]
        pages.append(await browser.submit(pages[0], ["email": email, "password": "wrong"]))
        pages.append(await browser.signIn(pages[0], email))
        #expect(pages[2].target.hasPrefix("/consent?") && pages[2].text.contains("o&#39;brien&amp;co@example.org"))
        _ = await browser.submit(pages[2], ["decision": "allow"])
        pages.append(await browser.get("/account/applications"))
        #expect(pages[3].text.contains("&lt;script&gt;x(1)"))
        pages.append(await browser.visit(TestApp.app.request(["prompt": "select_account"])))
        pages.append(await browser.visit(TestApp.office.request()))
        pages.append(await browser.get("/logout?client_id=shop"))
        pages.append(await browser.visit(TestApp.app.request(["prompt": "login"])))
        pages.append(await browser.get("/account/password"))
        pages.append(await browser.submit(pages[3], [:], action: "/account/applications/remove"))
        pages.append(await house.browser().get("/logout?client_id=shop"))
        for page in pages {
            #expect(page.status < 500 && isClean(page), "\(page.target): \(page.text)")
        }
        #expect(Set(pages.map(\.heading)).count >= 8)
    }

    @Test("What is typed into a form comes back as text (WB7)")
    func typed() async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        let signIn = await browser.submit(await browser.get("/sign-in"), ["email": Self.payload, "password": "x"])
        #expect(signIn.status == 422 && isClean(signIn) && signIn.value(of: "email") == Self.payload)
        let link = try await house.setupLink()
        let setup = await browser.submit(
            await browser.get(link), ["name": Self.payload, "email": Self.payload, "password": Self.payload])
        #expect(setup.status == 422 && isClean(setup) && setup.value(of: "name") == Self.payload)
    }

    @Test("What a request carries comes back as text, or not at all (WB7, TK20)")
    func requests() async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        let escaped = FormEncoding.escape(Self.payload)
        var pages = [
            await browser.get(
                TestApp.app.request(["response_mode": "form_post", "prompt": "none", "state": Self.payload])),
            await browser.get("/\(escaped)"), await browser.get("/setup/\(escaped)"),
            await browser.get("/assets/\(escaped)"),
            await browser.get("/sign-in?request=\(escaped)"), await browser.get("/logout?client_id=\(escaped)"),
            await browser.get("/logout?post_logout_redirect_uri=\(escaped)"),
            await browser.get("/logout?id_token_hint=\(escaped)"),
            await browser.get("/logout?client_id=shop&state=\(escaped)"), await browser.get("/\(Self.payload)"),
        ]
        for (name, _) in TestApp.app.parameters() {
            pages.append(await browser.visit(TestApp.app.request([name: Self.payload])))
        }
        for name in ["prompt", "login_hint", "claims", "id_token_hint", "acr_values", "max_age", Self.payload] {
            pages.append(await browser.visit(TestApp.app.request([name: Self.payload])))
        }
        for page in pages { #expect(isClean(page) && page.status < 500, "\(page.target)") }
        #expect(pages[0].forms.first?.fields["state"] == Self.payload)
    }

    @Test("The name of the service and the links of its pages are text too (WB7)")
    func serviceName() async throws {
        let house = try await TestHouse.named(Self.payload)
        for path in ["/", "/sign-in", "/nowhere", "/signed-out", try await house.setupLink()] {
            let page = await house.browser().get(path)
            #expect(isClean(page) && page.text.contains("&lt;script&gt;x(1)"), "\(path)")
        }
    }

    @Test("A browser's name is never repeated, only recognised (WB7)")
    func userAgent() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.post(
            await browser.get("/sign-in"), ["email": "ada@example.org", "password": TestHouse.password],
            headers: ["User-Agent": "Firefox/1 \(Self.payload) Linux"])
        let page = await browser.get("/account/sessions")
        #expect(isClean(page) && page.text.contains("Firefox on Linux") && !page.text.contains("x(1)"))
    }
}
