import Testing
import Web

@Suite("Where an authorization answer may go")
struct ReturnAddressAttacks {
    @Test(
        "An address that is not registered byte for byte gets a page and never a redirect (AZ1, AZ3)",
        arguments: [
            "https://evil.example/callback", "https://shop.example/callback/", "https://shop.example/Callback",
            "https://SHOP.example/callback", "HTTPS://shop.example/callback", "http://shop.example/callback",
            "https://shop.example:443/callback", "https://shop.example/callback?x=1", "https://shop.example/callback#f",
            "https://shop.example/callback#", "https://shop.example/callback?", "https://shop.example/",
            "https://shop.example", "https://user@shop.example/callback", "https://shop.example@evil.example/callback",
            "https://shop.example.evil.example/callback", "https://a.shop.example/callback",
            "https://shop.example./callback",
            "https://shop.example/callback/../callback", "https://shop.example/./callback",
            "https://shop.example/%63allback", "https://shop.example//callback", "https://shop.example/callback;x",
            "//shop.example/callback", "/callback", "shop.example/callback", "https:shop.example/callback",
            "https:\\\\shop.example/callback", " https://shop.example/callback", "https://shop.example/callback ",
            "https://shop.example/callback\t", "https://shop.example/callback\r\nX: y",
            "https://shop.example/callback\u{301}",
            "https://\u{17F}hop.example/callback", "https://shop.ex\u{E4}mple/callback", "javascript:alert(1)",
            "data:text/html,x", "https://shop.example/*", "https://bank.example/callback",
            "com.example.device:/callback",
            "https://app.example/callback", "https://shop.example/callback,https://shop.example/callback",
            "https://shop.example/callback https://evil.example/", "http://127.0.0.1/callback", "about:blank",
        ])
    func unregistered(address: String) async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(TestApp.shop.request(["redirect_uri": address]))
        #expect(page.status == 400 && page.location == nil)
        #expect(!page.text.contains("evil.example") && page.reference != nil)
    }

    @Test(
        "Of a loopback address only the port may differ (AZ1, CVE-2024-8883, CVE-2020-15233)",
        arguments: [
            ("http://127.0.0.1/callback", true), ("http://127.0.0.1:1/callback", true),
            ("http://127.0.0.1:65535/callback", true), ("http://[::1]:8123/callback", true),
            ("http://127.0.0.1:0/callback", false), ("http://127.0.0.1:65536/callback", false),
            ("http://127.0.0.1:/callback", false), ("http://127.0.0.1:-1/callback", false),
            ("http://127.0.0.1:+80/callback", false), ("http://127.0.0.1:8x/callback", false),
            ("http://127.0.0.1:\u{FF18}\u{FF10}/callback", false), ("http://127.0.0.1:80/callback/", false),
            ("http://127.0.0.1:80/Callback", false), ("http://127.0.0.1:80/callback?x=1", false),
            ("http://127.0.0.1:80/callback#x", false), ("http://127.0.0.1:80/", false), ("http://127.0.0.1:80", false),
            ("http://user@127.0.0.1:80/callback", false), ("http://127.0.0.1:80@evil.example/callback", false),
            ("http://127.0.0.1@evil.example/callback", false), ("http://127.0.0.1.evil.example/callback", false),
            ("http://127.0.0.2:80/callback", false), ("http://127.1:80/callback", false),
            ("http://2130706433:80/callback", false), ("http://0x7f.0.0.1/callback", false),
            ("http://localhost/callback", false), ("http://localhost:80/callback", false),
            ("http://[0:0:0:0:0:0:0:1]/callback", false), ("http://[::1%25lo]/callback", false),
            ("http://[::ffff:127.0.0.1]/callback", false), ("https://127.0.0.1/callback", false),
            ("HTTP://127.0.0.1/callback", false), ("com.example.device:/callback", true),
            ("com.example.device://callback", false), ("com.example.device:/callback/", false),
            ("COM.example.device:/callback", false), ("com.example.device:callback", false),
        ])
    func loopback(address: String, isGood: Bool) async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(TestApp.device.request(["redirect_uri": address, "prompt": "none"]))
        if isGood {
            #expect(page.location?.hasPrefix(address + "?error=login_required&") == true)
        } else {
            #expect(page.status == 400 && page.location == nil)
        }
    }

    @Test("Letters that Unicode calls equal are not equal in an address (AZ1)")
    func equivalentLetters() async throws {
        let kiosk = TestClients.device.replacing("127.0.0.1/callback", with: "127.0.0.1/Kiosk")
        let house = try await TestHouse(clients: ["device": kiosk])
        let good = await house.browser().get(
            TestApp.device.request(["redirect_uri": "http://127.0.0.1:99/Kiosk", "prompt": "none"]))
        #expect(good.answer["error"] == "login_required")
        let kelvin = await house.browser().get(
            TestApp.device.request(["redirect_uri": "http://127.0.0.1:99/\u{212A}iosk", "prompt": "none"]))
        #expect(kelvin.status == 400 && kelvin.location == nil)
    }

    @Test(
        "A client that is not registered gets a page and never a redirect (AZ3)",
        arguments: [
            nil, "", "unknown", "SHOP", " shop", "shop ", "shop/", "../shop", "shop.json", "sh*p", "s\u{301}hop",
        ])
    func unknownClient(id: String?) async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(TestApp.shop.request(["client_id": id]))
        #expect(page.status == 400 && page.location == nil)
        #expect(page.heading.contains("do not know this app"))
    }

    @Test("With several addresses registered one must be named; with one it need not be (AZ22)")
    func omitted() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let several = await browser.get(TestApp.bank.request(["redirect_uri": nil]))
        #expect(several.status == 400 && several.location == nil)
        let code = try await house.code(for: .shop, in: browser, ["redirect_uri": nil])
        let wrong = await TestApp.shop.exchange(
            code, at: house.reception, ["redirect_uri": "https://shop.example/other"])
        #expect(wrong.error == "invalid_grant")
        #expect(await TestApp.shop.exchange(code, at: house.reception, ["redirect_uri": nil]).status == 200)
    }

    @Test("A query that is part of the registered address stays, and the answer comes after it (AZ1)")
    func keptQuery() async throws {
        let house = try await TestHouse()
        let target = TestApp.bank.request(["redirect_uri": "https://bank.example/callback?kept=1", "prompt": "none"])
        let page = await house.browser().get(target)
        #expect(page.location?.hasPrefix("https://bank.example/callback?kept=1&error=login_required&") == true)
    }

    @Test("An address of another client is no address of this one, even for its own errors (AZ3)")
    func otherClients() async throws {
        let house = try await TestHouse()
        for (app, address) in [
            (TestApp.bank, TestApp.shop.redirectURI), (.shop, TestApp.bank.redirectURI),
            (.app, TestApp.shop.redirectURI),
        ] {
            let page = await house.browser().get(
                app.request(["redirect_uri": address, "response_type": "token", "scope": "nonsense"]))
            #expect(page.status == 400 && page.location == nil)
        }
    }
}
