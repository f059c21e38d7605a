import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("A proven address that has an account already: its person signs in as always, and says yes")
struct UpstreamConnect {
    /// Ada has come back from GitHub, which knows her address; here she has a password.
    private func waiting(_ id: String = "github", client: TestApp? = nil) async throws
        -> (upstream: UpstreamHouse, ada: Account, browser: TestBrowser, page: TestPage)
    {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        let browser = upstream.house.browser()
        var start: TestPage?
        if let client { start = await browser.visit(client.request()) }
        let identity = try UpstreamHouse.identity(id, email: "ada@example.org", label: "ada-at-\(id)")
        let page = try await upstream.enter(as: identity, in: browser, from: start)
        return (upstream, ada, browser, page)
    }

    @Test("SO2, B019: the page tells no more of the account than the address that was proven, masked; nobody is in")
    func page() async throws {
        let (upstream, ada, browser, page) = try await waiting()
        #expect(page.target == "/upstream/connect" && page.heading == "You already have an account")
        #expect(page.text.contains("a…@example.org") && !page.text.contains("Lovelace"))
        #expect(!page.text.contains(ada.id) && !browser.isSignedIn)
        let form = await browser.forge(
            page.forms.isEmpty ? await browser.get("/sign-in") : page, to: "/upstream/connect")
        #expect(form.status == 401 && !browser.isSignedIn)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO2, B019, SO8: after signing in with the password and a yes the account is connected, and a mail says so")
    func connect() async throws {
        let (upstream, ada, browser, page) = try await waiting()
        #expect(page.text.contains("href=\"/sign-in?next=%2Fupstream%2Fconnect\""))
        let asks = await browser.signIn(await browser.get("/sign-in?next=%2Fupstream%2Fconnect"), "ada@example.org")
        #expect(asks.target == "/upstream/connect" && asks.heading == "Connect GitHub with your account?")
        #expect(asks.text.contains("ada-at-github"))
        #expect(try await upstream.house.connections(of: ada).isEmpty, "not before the yes")
        let before = try await upstream.house.written()
        #expect(await browser.submit(asks, [:], action: "/upstream/connect").target == "/account")
        let gained = try await upstream.house.gains(since: before)
        #expect(
            gained
                == Written(
                    identities: ["github 583231 of ada@example.org"], letters: ["identity_linked ada@example.org"],
                    events: ["identity_linked how=person provider=github"]), "\(gained)")
        let mail = try await upstream.house.latestMail(to: "ada@example.org")
        #expect(mail.text.contains("GitHub") && mail.paths == ["/account/security", "/recovery"])
        #expect(try await upstream.signedIn(ada).isSignedIn)
        #expect(await browser.post(asks, [:], action: "/upstream/connect").location == "/account", "once")
        #expect(try await upstream.house.letters(.identityLinked).count <= 1)
    }

    @Test("B050, SO2: the request of an app is gone on with when all is done")
    func forApp() async throws {
        let (_, _, browser, page) = try await waiting(client: .app)
        #expect(page.heading == "You already have an account")
        let asks = await browser.signIn(await browser.get("/sign-in?next=%2Fupstream%2Fconnect"), "ada@example.org")
        let done = await browser.submit(asks, [:], action: "/upstream/connect")
        #expect(done.location?.hasPrefix("https://app.example/callback?") == true && done.answer["code"] != nil)
    }

    @Test("SO2: whoever does not want to is not asked again, and nothing is connected")
    func later() async throws {
        let (upstream, ada, browser, page) = try await waiting(client: .app)
        let other = page.text.firstMatch(of: /class="ways"><a href="([^"]*)"/).map { TestPage.unescaped(String($0.1)) }
        let signIn = await browser.visit(try #require(other))
        #expect(await browser.signIn(signIn, "ada@example.org").answer["code"] != nil)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO8: somebody else who signs in in this browser cannot connect it, and is told whose it would be: masked")
    func otherPerson() async throws {
        let (upstream, ada, browser, _) = try await waiting()
        let bob = try await upstream.house.person("bob@example.org")
        let page = await browser.signIn(await browser.get("/sign-in?next=%2Fupstream%2Fconnect"), "bob@example.org")
        #expect(page.status == 200 && !page.forms.contains { $0.action == "/upstream/connect" })
        #expect(!page.text.contains("ada@example.org"))
        let forced = await browser.forge(await browser.get("/account"), to: "/upstream/connect")
        #expect(forced.status == 409)
        for account in [ada, bob] { #expect(try await upstream.house.connections(of: account).isEmpty) }
        #expect(upstream.refusals.last == "github overtaken")
    }

    @Test("SO8: what waits in one browser is not there in another, and not after a quarter of an hour")
    func bound() async throws {
        let (upstream, ada, browser, _) = try await waiting()
        let other = await upstream.house.browser(from: "192.0.2.50").signedIn()
        #expect(await other.get("/upstream/connect").location == "/account")
        #expect(await other.forge(await other.get("/account"), to: "/upstream/connect").location == "/account")
        _ = await browser.signedIn()
        upstream.house.clock.advance(PendingIdentity.lifetime)
        let page = await browser.visit("/upstream/connect")
        #expect(page.target != "/upstream/connect" || !page.forms.contains { $0.action == "/upstream/connect" })
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO8: a proof that is older than five minutes is asked for again before the yes, and before it is done")
    func stale() async throws {
        let (upstream, ada, browser, _) = try await waiting()
        let asks = await browser.signIn(await browser.get("/sign-in?next=%2Fupstream%2Fconnect"), "ada@example.org")
        upstream.house.clock.advance(301)
        let confirm = "/account/confirm?next=%2Fupstream%2Fconnect"
        #expect(await browser.get("/upstream/connect").location == confirm)
        #expect(await browser.post(asks, [:], action: "/upstream/connect").location == confirm)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
        let again = await browser.submit(await browser.get(confirm), ["password": TestHouse.password])
        #expect(again.target == "/upstream/connect")
        #expect(await browser.submit(again, [:], action: "/upstream/connect").target == "/account")
        #expect(try await upstream.house.connections(of: ada) == ["github 583231"])
    }

    @Test("SO2, ML9: an address that is no longer the account's, or no longer proven, connects with it no more")
    func addressGone() async throws {
        for change in ["email = 'a@new.example', canonical_email = 'a@new.example'", "email_verified = 0"] {
            let (upstream, ada, browser, _) = try await waiting()
            let asks = await browser.signIn(await browser.get("/sign-in?next=%2Fupstream%2Fconnect"), "ada@example.org")
            _ = try await upstream.house.store.database.change { try $0.execute("UPDATE accounts SET \(change)", []) }
            let page = await browser.post(asks, [:], action: "/upstream/connect")
            #expect(page.status >= 400 || page.location?.hasPrefix("/sign-in") == true, "\(page.status)")
            #expect(try await upstream.house.connections(of: ada).isEmpty, "\(change)")
        }
    }

    @Test("SO8: the identity was connected with somebody else meanwhile: in use elsewhere, nothing changes")
    func taken() async throws {
        let (upstream, ada, browser, _) = try await waiting()
        let bob = try await upstream.house.person("bob@example.org")
        let asks = await browser.signIn(await browser.get("/sign-in?next=%2Fupstream%2Fconnect"), "ada@example.org")
        try await upstream.house.connect(bob, "github")
        let page = await browser.post(asks, [:], action: "/upstream/connect")
        #expect(page.status == 409 && !page.text.contains("bob"))
        #expect(try await upstream.house.connections(of: ada).isEmpty)
        #expect(try await upstream.house.connections(of: bob) == ["github 583231"])
        #expect(upstream.refusals.last == "github owned_elsewhere")
        #expect(try await upstream.house.letters(.identityLinked).isEmpty)
    }
}
