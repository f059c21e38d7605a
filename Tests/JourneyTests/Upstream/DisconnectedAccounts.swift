import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Giving up a way to sign in")
struct DisconnectedAccounts {
    private static let page = "/account/security"
    private static let path = "/account/security/disconnect"

    /// Somebody without a password, who comes by these alone.
    private func grace(_ ids: [String], links: Bool = false) async throws
        -> (upstream: UpstreamHouse, grace: Account, browser: TestBrowser)
    {
        let upstream = try await UpstreamHouse.make {
            $0.magicLinks.policy = links ? .anybody : .optIn
        }
        let first = try #require(ids.first)
        let browser = upstream.house.browser()
        #expect(try await upstream.enter(as: UpstreamHouse.identity(first), in: browser).target == "/account")
        let grace = try #require(try await upstream.house.store.account(canonicalEmail: "grace@example.org"))
        for id in ids.dropFirst() { try await upstream.house.connect(grace, id) }
        return (upstream, grace, browser)
    }

    private func disconnect(_ id: String, _ browser: TestBrowser, subject: String = "583231") async -> TestPage {
        await browser.post(
            await browser.get(Self.page), ["provider": id, "subject": subject], action: Self.path)
    }

    @Test("B019, SO8: one way fewer; a mail and an event say so, and it leads in no more")
    func removed() async throws {
        let (upstream, grace, browser) = try await grace(["github", "google"])
        let before = try await upstream.house.written()
        let done = await disconnect("google", browser)
        #expect(done.status == 303)
        #expect(await browser.follow(done).text.contains("not connected any more"))
        let gained = try await upstream.house.gains(since: before, letting: true)
        #expect(
            gained
                == Written(
                    letters: ["identity_removed grace@example.org"], events: ["identity_removed provider=google"]))
        #expect(try await upstream.house.connections(of: grace) == ["github 583231"])
        let mail = try await upstream.house.latestMail(to: "grace@example.org", leading: "/recovery")
        #expect(mail.text.contains("Google"))
        let stranger = upstream.house.browser()
        let page = try await upstream.comeBack(as: UpstreamHouse.identity("google"), in: stranger)
        #expect(page.location == "/upstream/connect" && !stranger.isSignedIn)
    }

    @Test("SO8, B019: the last way in is not given up", arguments: UpstreamHouse.four.filter { $0 != "facebook" })
    func last(id: String) async throws {
        let (upstream, grace, browser) = try await grace([id])
        let page = await disconnect(id, browser)
        #expect(page.status == 409 && page.summary?.hasPrefix("This is the only way you can sign in.") == true)
        try await upstream.house.expect(page, Explained(.policy, "only way in", "another way", "password"))
        #expect(try await upstream.house.connections(of: grace) == ["\(id) 583231"])
        #expect(try await upstream.house.letters(.identityRemoved).isEmpty)
        #expect(upstream.house.audit.count(.identityRemoved) == 0)
    }

    @Test("SO8: a password is another way, and so are links by mail for whom they are for")
    func others() async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        let browser = try await upstream.signedIn(ada)
        #expect(await disconnect("github", browser).status == 303)
        let (linking, grace, own) = try await grace(["github"], links: true)
        #expect(await disconnect("github", own).status == 303)
        #expect(try await linking.house.connections(of: grace).isEmpty)
    }

    @Test(
        "SO8, SO10: a way in that is not offered here is none: a password where none is taken, another provider that is off"
    )
    func notOffered() async throws {
        let upstream = try await UpstreamHouse.make { $0.order("github", "google", "discord", "facebook") }
        let ada = try await upstream.house.person()
        let browser = try await upstream.signedIn(ada)
        #expect(await disconnect("github", browser).status == 409)
        try await upstream.house.connect(ada, "gitlab", "5")
        #expect(await disconnect("github", browser).status == 409)
        try await upstream.house.connect(ada, "discord", "5")
        #expect(await disconnect("github", browser).status == 303)
    }

    @Test("IN3, SO8: of two disconnects at once one is done, and a way in stays")
    func parallel() async throws {
        for _ in 1...3 {
            let (upstream, grace, browser) = try await grace(["github", "google"])
            let form = await browser.get(Self.page)
            let statuses = await withTaskGroup(of: Int.self) { group in
                for id in ["github", "google"] {
                    group.addTask {
                        await browser.post(form, ["provider": id, "subject": "583231"], action: Self.path).status
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [303, 409])
            #expect(try await upstream.house.connections(of: grace).count == 1)
            #expect(try await upstream.house.letters(.identityRemoved).count == 1)
        }
    }

    @Test("SO8: it needs a proof of the last five minutes")
    func fresh() async throws {
        let (upstream, grace, browser) = try await grace(["github", "google"])
        let form = await browser.get(Self.page)
        upstream.house.clock.advance(301)
        let values = ["provider": "google", "subject": "583231"]
        let reply = await browser.post(form, values, action: Self.path)
        #expect(reply.location == "/account/confirm?next=%2Faccount%2Fsecurity")
        #expect(try await upstream.house.connections(of: grace).count == 2)
    }

    @Test(
        "IN4: nobody gives up what is another's, or what there is not",
        arguments: [("github", "999"), ("discord", "583231"), ("", ""), ("github", ""), ("GITHUB", "583231")])
    func anothers(id: String, subject: String) async throws {
        let (upstream, grace, browser) = try await grace(["github", "google"])
        let bob = try await upstream.house.person("bob@example.org")
        try await upstream.house.connect(bob, "github", "999")
        let page = await disconnect(id, browser, subject: subject)
        #expect(page.status >= 400 && page.status < 500, "\(page.status)")
        #expect(try await upstream.house.connections(of: grace).count == 2)
        #expect(try await upstream.house.connections(of: bob) == ["github 999"])
        #expect(try await upstream.house.letters(.identityRemoved).isEmpty)
    }

    @Test("SO8: the proof dies with it: what waited in a browser from before is not connected afterwards")
    func proofDies() async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        let identity = try UpstreamHouse.identity("github", email: "ada@example.org")
        let other = upstream.house.browser(from: "192.0.2.50")
        #expect(try await upstream.comeBack(as: identity, in: other).location == "/upstream/connect")
        // Meanwhile she connects it herself, and gives it up again.
        let browser = try await upstream.signedIn(ada)
        #expect(await disconnect("github", browser).status == 303)
        #expect(await other.get("/upstream/connect").location == "/sign-in")
        _ = await other.signedIn()
        let forced = await other.forge(await other.get("/account"), to: "/upstream/connect")
        #expect(forced.location == "/account")
        #expect(try await upstream.house.connections(of: ada).isEmpty)
    }

    @Test("SO8: nor is it by a code that was mailed before")
    func mailedProofDies() async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        let other = upstream.house.browser(from: "192.0.2.50")
        let identity = try UpstreamHouse.identity("github", email: nil)
        let form = try await upstream.enter(as: identity, in: other)
        let sent = await other.submit(form, ["email": "new@example.org"], action: "/upstream/address")
        let code = try await upstream.house.mailed(.signUp, to: "new@example.org").code
        let browser = try await upstream.signedIn(ada)
        #expect(await disconnect("github", browser).status == 303)
        let late = await other.type(code, on: sent)
        #expect(late.status >= 400 && !other.isSignedIn, "\(late.status) \(late.target)")
        #expect(try await upstream.house.written().identities.isEmpty)
    }
}
