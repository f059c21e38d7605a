import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Connecting from the page of one's account")
struct ConnectedAccounts {
    static let page = "/account/security"
    static let connect = "/account/security/connect"

    private func ada() async throws -> (upstream: UpstreamHouse, ada: Account, browser: TestBrowser) {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        return (upstream, ada, await upstream.house.browser().signedIn())
    }

    private func go(_ id: String, _ browser: TestBrowser) async throws -> String {
        let away = await browser.post(await browser.get(Self.page), ["provider": id], action: Self.connect)
        return try #require(away.away, "\(away.status) \(away.heading) \(away.location ?? "")")
    }

    @Test(
        "B019, SO8: one more way to sign in, by a button and the provider; a mail and an event say so",
        arguments: UpstreamHouse.four)
    func connected(id: String) async throws {
        let (upstream, ada, browser) = try await ada()
        let before = try await upstream.house.written()
        let url = try await go(id, browser)
        #expect(
            try upstream[id].errands.last.map { $0.hint == nil } == true, "her address here is none of its business")
        // Whatever address it has there.
        let identity = try UpstreamHouse.identity(
            id, email: "ada.else@example.net", isVerified: false, label: "countess")
        let back = await browser.get(try upstream.agree(to: url, as: identity))
        #expect(back.status == 303 && back.location?.hasPrefix(Self.page) == true)
        let page = await browser.follow(back)
        #expect(page.text.contains("The account is connected.") && page.text.contains("countess"))
        let gained = try await upstream.house.gains(since: before)
        #expect(
            gained
                == Written(
                    identities: ["\(id) 583231 of ada@example.org"], letters: ["identity_linked ada@example.org"],
                    events: ["identity_linked how=person provider=\(id)"]), "\(gained)")
        #expect(try await upstream.house.store.account(id: ada.id) == ada, "B044: nothing else is another")
        #expect(try await upstream.signedIn(ada, by: id).isSignedIn)
    }

    @Test("SO8: five minutes after signing in the password is asked for before anybody is sent anywhere")
    func fresh() async throws {
        let (upstream, ada, browser) = try await ada()
        let form = await browser.get(Self.page)
        upstream.house.clock.advance(301)
        let reply = await browser.post(form, ["provider": "github"], action: Self.connect)
        #expect(reply.location == "/account/confirm?next=%2Faccount%2Fsecurity")
        #expect(try upstream["github"].errands.isEmpty)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO8: whoever takes longer than five minutes at the provider has proven too little by then")
    func staleMeanwhile() async throws {
        let (upstream, ada, browser) = try await ada()
        let path = try upstream.agree(to: try await go("github", browser), as: UpstreamHouse.identity("github"))
        upstream.house.clock.advance(301)
        let page = await browser.get(path)
        #expect(page.status == 409 || page.location?.hasPrefix("/account/confirm") == true, "\(page.status)")
        #expect(try await upstream.house.connections(of: ada).isEmpty)
        #expect(upstream.refusals == ["github overtaken"])
    }

    @Test("SO8: a link that one person began is not finished for another, nor for another session of theirs")
    func otherSession() async throws {
        for email in ["bob@example.org", "ada@example.org"] {
            let (upstream, ada, browser) = try await ada()
            let bob = try await upstream.house.person("bob@example.org")
            let path = try upstream.agree(to: try await go("github", browser), as: UpstreamHouse.identity("github"))
            _ = await browser.submit(await browser.get("/logout"), ["decision": "sign-out"])
            _ = await browser.signIn(await browser.get("/sign-in"), email)
            let page = await browser.get(path)
            #expect(page.status == 409, "\(page.status)")
            try await upstream.house.expect(page, Explained(.policy, "changed meanwhile", "", "begins again"))
            for account in [ada, bob] { #expect(try await upstream.house.connections(of: account).isEmpty) }
            #expect(upstream.refusals == ["github overtaken"])
        }
    }

    @Test("SO8: nobody signed in any more: the answer connects nothing, signs nobody in and makes no account")
    func signedOut() async throws {
        let (upstream, ada, browser) = try await ada()
        let path = try upstream.agree(to: try await go("github", browser), as: UpstreamHouse.identity("github"))
        _ = await browser.submit(await browser.get("/logout"), ["decision": "sign-out"])
        let page = await browser.get(path)
        #expect(page.status >= 400 || page.location?.hasPrefix("/sign-in") == true)
        #expect(!browser.isSignedIn)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
        #expect(try await upstream.house.written().accounts.count == 1)
        #expect(await browser.get(path).status == 400, "it is spent")
    }

    @Test("SO8: an answer to a link is no sign-in, and an answer to a sign-in is no link")
    func intents() async throws {
        let (upstream, ada, browser) = try await ada()
        let bob = try await upstream.house.person("bob@example.org")
        try await upstream.house.connect(bob, "github", "7")
        let path = try upstream.agree(to: try await go("github", browser), as: UpstreamHouse.identity("github", "7"))
        let page = await browser.get(path)
        #expect(page.status == 409)
        #expect(await browser.get("/account").text.contains("ada@example.org"), "still herself")
        let guest = upstream.house.browser()
        _ = try await upstream.comeBack(as: UpstreamHouse.identity("github", "8", email: "ada@example.org"), in: guest)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO8: in use elsewhere: said, with nothing of whose, and nothing changes")
    func elsewhere() async throws {
        let (upstream, ada, browser) = try await ada()
        let bob = try await upstream.house.person("bob@example.org")
        try await upstream.house.connect(bob, "discord")
        let before = try await upstream.house.written()
        let path = try upstream.agree(to: try await go("discord", browser), as: UpstreamHouse.identity("discord"))
        let page = await browser.get(path)
        #expect(page.status == 409 && page.summary == "This Discord account is in use elsewhere. Nothing was changed.")
        #expect(!page.text.contains("bob") && page.reference == page.header("X-Request-Id"))
        try await upstream.house.expect(page, Explained(.policy, "somebody else", "nobody has", "disconnected"))
        let gained = try await upstream.house.gains(since: before)
        #expect(gained == Written(events: ["upstream_refused provider=discord reason=owned_elsewhere"]))
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO8: what is connected already is connected once, without another mail")
    func again() async throws {
        let (upstream, ada, browser) = try await ada()
        for _ in 1...2 {
            let form = await browser.get(Self.page)
            let away = await browser.forge(form, ["provider": "github"], to: Self.connect)
            let path = try upstream.agree(to: try #require(away.away), as: UpstreamHouse.identity("github"))
            #expect(await browser.get(path).location?.hasPrefix(Self.page) == true)
        }
        #expect(try await upstream.house.connections(of: ada) == ["github 583231"])
        #expect(try await upstream.house.letters(.identityLinked).count == 1)
    }

    @Test(
        "SO10: a provider that there is not is nobody's to connect",
        arguments: ["", "x", "GitHub", "gitlab", "github "])
    func unknown(id: String) async throws {
        let (upstream, ada, browser) = try await ada()
        let page = await browser.post(await browser.get(Self.page), ["provider": id], action: Self.connect)
        #expect(page.status >= 400 && page.away == nil, "\(page.status)")
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO8: a fault at the provider is said on the page of the account; the person stays signed in")
    func fault() async throws {
        let (upstream, ada, browser) = try await ada()
        try upstream["github"].fail(with: .exchange(.sent("<script>alert(1)</script>")))
        let path = try upstream.agree(to: try await go("github", browser), as: UpstreamHouse.identity("github"))
        let page = await browser.get(path)
        #expect(page.status == 502 && page.summary?.contains("GitHub") == true && !page.text.contains("<script>alert"))
        #expect(await browser.get("/account").status == 200)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO8: by a link of staff, which proves nothing of who came, nothing is connected")
    func vouched() async throws {
        let (upstream, ada, browser) = try await ada()
        _ = try await upstream.house.store.database.change {
            try $0.execute("UPDATE sessions SET methods = '[\"staff_link\"]', proofs = NULL", [])
        }
        let reply = await browser.post(await browser.get(Self.page), ["provider": "github"], action: Self.connect)
        #expect(reply.location?.hasPrefix("/account/confirm") == true)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }
}
