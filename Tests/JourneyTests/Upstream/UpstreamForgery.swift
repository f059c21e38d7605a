import HTTPTypes
import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Nobody is sent to a provider, or signed in from one, by somebody else")
struct UpstreamForgery {
    @Test("SO6: login CSRF: an attacker's answer in a victim's browser signs nobody in and connects nothing")
    func loginForgery() async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        let attacker = upstream.house.browser(from: "203.0.113.9")
        let victims = [
            upstream.house.browser(), await upstream.house.browser().signedIn(), try await begun(upstream),
        ]
        for victim in victims {
            let url = try await upstream.go("github", in: attacker)
            let path = try upstream.agree(
                to: url, as: UpstreamHouse.identity("github", "666", email: "eve@example.org"))
            let before = victim.cookies["martlet-session"]
            let page = await victim.get(path)
            #expect(page.status == 400 && victim.cookies["martlet-session"] == before)
            #expect(try await upstream.house.store.identities(of: ada.id).isEmpty)
        }
        #expect(try await upstream.house.written().identities.isEmpty)
        #expect(upstream.refusals == ["github state", "github state", "github state"])
    }

    /// On the way to GitHub themselves.
    private func begun(_ upstream: UpstreamHouse) async throws -> TestBrowser {
        let browser = upstream.house.browser()
        _ = try await upstream.go("github", in: browser)
        return browser
    }

    @Test("SO6: login CSRF with the attacker's code and the victim's own state: the code was given for another's")
    func swappedCode() async throws {
        let upstream = try await UpstreamHouse.make()
        let attacker = upstream.house.browser(from: "203.0.113.9")
        let theirs = try await upstream.go("github", in: attacker)
        let path = try upstream.agree(
            to: theirs, as: UpstreamHouse.identity("github", "666", email: "eve@example.org"))
        let victim = upstream.house.browser()
        let own = try await upstream.go("github", in: victim)
        let code = try #require(ScriptedProvider.parameter("code", of: path))
        let state = try #require(ScriptedProvider.parameter("state", of: own))
        let page = await victim.get(try upstream["github"].answer(["code": code, "state": state]))
        #expect(page.status == 502 && !victim.isSignedIn)
        #expect(upstream.refusals == ["github exchange"])
        #expect(try await upstream.house.written().accounts.isEmpty)
    }

    @Test("SO6: a link begins nothing: GET and HEAD of the address of a button send nobody anywhere")
    func byLink() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let page = await browser.get("/sign-in")
        let token = try #require(page.forms.first?.fields["csrf"])
        for method in [.get, .head] as [HTTPRequest.Method] {
            for target in ["/upstream/github", "/upstream/github?csrf=\(token)", "/upstream/nobody"] {
                let reply = await browser.send(method, target)
                #expect(reply.status == 405 || reply.status == 404, "\(method) \(target) \(reply.status)")
                #expect(reply.location == nil && reply.away == nil)
            }
        }
        #expect(try upstream["github"].errands.isEmpty)
    }

    @Test(
        "WB6: without the form's token, or from another site, a button does nothing",
        arguments: [
            "/upstream/github", "/account/security/connect", "/account/security/disconnect", "/upstream/connect",
        ])
    func forged(path: String) async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        try await upstream.house.connect(ada, "discord", "7")
        let browser = await upstream.house.browser().signedIn()
        let form = [(name: "provider", value: "github"), (name: "subject", value: "7")]
        #expect(await browser.send(.post, path, form: form).status == 403)
        let token = try #require(await browser.get("/account").forms.first?.fields["csrf"])
        let genuine = form + [(name: "csrf", value: token)]
        for headers in [["Origin": "https://evil.example"], ["Sec-Fetch-Site": "cross-site"]] {
            #expect(await browser.send(.post, path, form: genuine, headers: headers).status == 403)
        }
        #expect(await upstream.house.browser().send(.post, path, form: genuine).status == 403)
        #expect(try upstream["github"].errands.isEmpty)
        #expect(try await upstream.house.connections(of: ada) == ["discord 7"])
    }

    @Test("IN8: HEAD of the address that people come back to spends nothing and signs nobody in")
    func head() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let url = try await upstream.go("github", in: browser)
        let path = try upstream.agree(to: url, as: UpstreamHouse.identity("github"))
        for _ in 1...3 { _ = await browser.send(.head, path) }
        #expect(try upstream["github"].asked == 0 && upstream.refusals.isEmpty && !browser.isSignedIn)
        #expect(await browser.get(path).location == "/account")
    }

    @Test("SO5: a token of a provider, or a profile, is never taken from a browser")
    func postedToken() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let url = try await upstream.go("google", in: browser)
        let state = try #require(ScriptedProvider.parameter("state", of: url))
        for name in ["access_token", "id_token", "token", "email", "sub", "user"] {
            let page = await browser.get(
                try upstream["google"].answer([name: "{\"email\":\"ada@example.org\"}", "state": state]))
            #expect(page.status >= 400 && !browser.isSignedIn, "\(name)")
        }
        #expect(try await upstream.house.written().accounts.isEmpty)
    }

    @Test("SO6: an answer by form comes again as an address, says only what an answer says, and changes nothing itself")
    func formPost() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let url = try await upstream.go("github", in: browser)
        let path = try upstream.agree(to: url, as: UpstreamHouse.identity("github"))
        let code = try #require(ScriptedProvider.parameter("code", of: path))
        let state = try #require(ScriptedProvider.parameter("state", of: path))
        // As it comes from a page of the provider's: without any cookie of ours.
        let bare = upstream.house.browser()
        let form = [
            (name: "code", value: code), (name: "state", value: state), (name: "next", value: "https://evil.example/"),
            (name: "user", value: "x\r\nSet-Cookie: y=z"),
        ]
        let reply = await bare.send(
            .post, "/upstream/github/callback", form: form, headers: ["Sec-Fetch-Site": "cross-site"])
        let location = try #require(reply.location)
        #expect(reply.status == 303 && location.hasPrefix("/upstream/github/callback?"))
        #expect(!location.contains("evil") && !location.contains("\r") && !location.contains("\n"))
        #expect(try upstream["github"].asked == 0 && reply.cookies.isEmpty && !bare.isSignedIn)
        #expect(await bare.get(location).status == 400)
        #expect(await browser.get(location).location == "/account")
    }

    @Test("WB9: nothing that is brought back from a provider says where a person goes on to")
    func onward() async throws {
        let upstream = try await UpstreamHouse.make()
        for target in ["https://evil.example/", "//evil.example", "/logout"] {
            let browser = upstream.house.browser()
            let url = try await upstream.go("github", in: browser)
            let path = try upstream.agree(to: url, as: UpstreamHouse.identity("github"))
            let pairs = ["next", "request", "return_to"].map { (name: $0, value: target) }
            #expect(await browser.get(path + "&" + FormEncoding.encode(pairs)).location == "/account")
        }
    }

    @Test("AZ21: the request of an app in another browser is not gone on with by whoever brings its handle")
    func foreignRequest() async throws {
        let upstream = try await UpstreamHouse.make()
        let victim = upstream.house.browser()
        let handle = try #require(await victim.visit(TestApp.app.request()).handle)
        let attacker = upstream.house.browser(from: "203.0.113.9")
        let page = await attacker.get("/sign-in")
        let reply = await attacker.post(page, ["request": handle], action: "/upstream/github")
        if let url = reply.away {
            let back = await attacker.get(try upstream.agree(to: url, as: UpstreamHouse.identity("github")))
            #expect(back.location == "/account")
        }
        #expect(await victim.get("/authorize/continue?request=" + handle).location?.hasPrefix("/sign-in") == true)
    }
}
