import Identity
import OAuth
import TestSupport
import Testing

@testable import Web

@Suite("Forms of one's account that do nothing, and say why")
struct AccountRefusals {
    /// A form whose value is none of the page's own.
    struct Wrong: Sendable, CustomTestStringConvertible {
        let page: String
        let action: String
        let field: String
        let status: Int
        let words: String
        let seen: String
        var testDescription: String { action }
    }

    private static let lists: [Wrong] = [
        ("/account", "/account/notices/dismiss", "notice"), ("/account/sessions", "/account/sessions/end", "session"),
        ("/account/sessions", "/account/browsers/forget", "browser"),
        ("/account/applications", "/account/applications/remove", "application"),
        ("/account/security", "/account/factors/remembered/forget", "browser"),
        ("/account/security", "/account/factors/remove", "factor"),
    ].map { (page: String, action: String, field: String) -> Wrong in
        Wrong(
            page: page, action: action, field: field, status: 404, words: "Nothing was changed.",
            seen: "not this person's")
    }

    private static let choices: [Wrong] = ["notices", "magic-links"].map { name in
        Wrong(
            page: "/account/preferences", action: "/account/preferences/" + name, field: "value", status: 422,
            words: "choose one of the answers", seen: "a choice that the page")
    }

    static let forms: [Wrong] = lists + choices

    @Test(
        "B068: what there is not is refused with a sentence and a reference under which it is explained",
        arguments: forms, ["no-such-thing", "", "x' OR '1'='1", String(repeating: "x", count: 2000)])
    func nothing(form: Wrong, value: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let page = await browser.forge(await browser.get(form.page), [form.field: value], to: form.action)
        #expect(page.status == form.status && page.text.contains(form.words))
        #expect(page.text.contains("id=\"error-summary\"") && page.text.contains("<title>Error: "))
        let reference = try #require(page.reference)
        #expect(page.text.contains(reference) && (value.isEmpty || !page.text.contains(value)))
        try await house.expect(page, Explained(.form, form.seen, "page", "The person"))
    }

    @Test("IN9: pictures may be sent twenty times an hour; then the page says how long to wait, and nothing is kept")
    func pictures() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        let (browser, other) = (
            await house.browser().signedIn(), await house.browser(from: "192.0.2.2").signedIn("bob@example.org")
        )
        let page = await browser.get("/account/profile")
        for number in 0..<20 {
            let bytes = number.isMultiple(of: 2) ? SamplePictures.png : [1, 2, 3]
            #expect(await browser.upload(page, bytes).status == (number.isMultiple(of: 2) ? 303 : 422))
        }
        for bytes in [SamplePictures.png, SamplePictures.jpeg, [1, 2, 3]] {
            let refused = await browser.upload(page, bytes)
            #expect(refused.status == 429 && refused.header("Retry-After") == "3600")
            #expect(refused.text.contains("60 minutes") && refused.text.contains("id=\"error-summary\""))
            try await house.expect(refused, Explained(.throttle, "picture-upload", "fewer", "how long"))
        }
        #expect(house.audit.count(.pictureChanged) == 10)
        #expect(await other.upload(await other.get("/account/profile"), SamplePictures.png).status == 303)
        let own = await browser.get("/account/profile")
        #expect(await browser.submit(own, [:], action: "/account/picture/remove").status == 200, "removing is free")
        house.clock.advance(3600)
        #expect(await browser.upload(page, SamplePictures.png).status == 303)
    }

    @Test("IN9: data may be taken along ten times an hour")
    func exports() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let page = await browser.get("/account/data")
        for _ in 0..<10 { #expect(await browser.post(page, [:], action: "/account/export").status == 200) }
        for _ in 0..<3 {
            let refused = await browser.post(page, [:], action: "/account/export")
            #expect(refused.status == 429 && refused.header("Retry-After") == "3600")
            #expect(refused.header("Content-Disposition") == nil && refused.text.contains("60 minutes"))
            try await house.expect(refused, Explained(.throttle, "data-export", "fewer", "how long"))
        }
        #expect(house.audit.count(.dataExported) == 10)
    }

    @Test("The address that one has already is no incomplete one: the record says so")
    func sameAddress() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let form = await browser.get("/account/address")
        for (typed, seen) in [("ADA@example.org", "has already"), ("", "no address"), ("ada", "no e-mail address")] {
            let page = await browser.post(form, ["email": typed])
            #expect(page.status == 422)
            try await house.expect(
                page, Explained(.credentials, seen, typed == "ADA@example.org" ? "another" : "an e-mail", ""))
        }
    }

    @Test(
        "WB6: a browser that has lost its cookie and kept its session gets another with the page, and its forms work",
        arguments: [
            ("/account/password", ["current": "wrong", "password": "x"], 422), ("/account/address", ["email": ""], 422),
            ("/account/address/confirm", ["code": "AAAA-AAAA"], 422), ("/account/confirm", ["password": "wrong"], 422),
            ("/account/confirm/code", ["code": "AAAA-AAAA"], 422), ("/account/profile", ["birthdate": "never"], 422),
        ])
    func lostCookie(path: String, values: [String: String], status: Int) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let isConfirmation = path.hasPrefix("/account/confirm")
        if isConfirmation { house.clock.advance(301) }
        let old = browser.cookies["martlet-browser"]
        browser.cookies["martlet-browser"] = nil
        let page = await browser.get(path)
        let new = browser.cookies["martlet-browser"]
        #expect(page.status == 200 && new != nil && new != old)
        #expect(await browser.post(page, values, action: path).status == status)
        browser.cookies["martlet-browser"] = old
        #expect(await browser.post(page, values, action: path).status == 403)
    }
}
