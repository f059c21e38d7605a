import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("A person is the provider and its subject, and nothing else")
struct UpstreamKeys {
    private func written(_ upstream: UpstreamHouse) async throws -> [String] {
        try await upstream.house.written().identities
    }

    @Test("SO1: another subject with the same name, label and address is somebody else, who is asked")
    func sameName() async throws {
        let upstream = try await UpstreamHouse.make(connecting: [])
        _ = try await upstream.enter(as: UpstreamHouse.identity("github", "1"), in: upstream.house.browser())
        let other = upstream.house.browser()
        let page = try await upstream.comeBack(as: UpstreamHouse.identity("github", "2"), in: other)
        #expect(page.location == "/upstream/connect" && !other.isSignedIn)
        let absent = upstream.house.browser()
        let nameless = try await upstream.comeBack(
            as: UpstreamHouse.identity("github", "3", email: nil), in: absent)
        #expect(nameless.location == "/upstream/address" && !absent.isSignedIn)
        #expect(try await written(upstream) == ["github 1 of grace@example.org"])
    }

    @Test(
        "SO1: subjects are compared byte by byte",
        arguments: [
            ("abc", "ABC"), ("1", "01"), ("1", "1 "), ("é", "e\u{301}"), ("1", "1\u{200B}"), ("a", "а"), ("1", "１"),
        ])
    func bytes(own: String, other: String) async throws {
        let upstream = try await UpstreamHouse.make(connecting: [])
        _ = try await upstream.enter(
            as: UpstreamHouse.identity("discord", own, email: "ada@example.org"), in: upstream.house.browser())
        let browser = upstream.house.browser()
        _ = try await upstream.enter(
            as: UpstreamHouse.identity("discord", other, email: "bob@example.org"), in: browser)
        #expect(browser.isSignedIn)
        let identities = try await written(upstream)
        #expect(
            identities.count == 2
                && identities.contains { $0.utf8.elementsEqual("discord \(other) of bob@example.org".utf8) })
    }

    @Test("SO1: the same subject at another provider is somebody else")
    func otherProvider() async throws {
        let upstream = try await UpstreamHouse.make()
        _ = try await upstream.enter(as: UpstreamHouse.identity("github", "7"), in: upstream.house.browser())
        for id in ["google", "discord", "facebook"] {
            let browser = upstream.house.browser()
            let page = try await upstream.comeBack(as: UpstreamHouse.identity(id, "7"), in: browser)
            #expect(page.location == "/upstream/connect" && !browser.isSignedIn, "\(id)")
        }
    }

    @Test("SO1, B044: somebody's address there may come to be another's: the key wins, and the other is not touched")
    func addressOfAnother() async throws {
        let upstream = try await UpstreamHouse.make(connecting: Set(UpstreamHouse.four))
        let house = upstream.house
        let bob = try await house.person("bob@example.org")
        let ada = try await house.person("ada@example.org")
        try await house.connect(bob, "google")
        let browser = house.browser()
        _ = try await upstream.enter(as: UpstreamHouse.identity("google", email: "ada@example.org"), in: browser)
        #expect(await browser.get("/account").text.contains("bob@example.org"))
        #expect(try await house.connections(of: ada).isEmpty)
        #expect(try await house.store.account(id: bob.id) == bob, "nothing of the account is another")
    }

    @Test(
        "B044: what a provider says later changes nothing that is a person's own here",
        arguments: [
            ("grace@new.example", "Someone Else"), ("grace@example.org", ""), ("", "Grace Brewster Murray Hopper"),
        ])
    func later(email: String, name: String) async throws {
        let upstream = try await UpstreamHouse.make()
        let house = upstream.house
        let browser = house.browser()
        _ = try await upstream.enter(as: UpstreamHouse.identity("github"), in: browser)
        let own = await browser.post(
            await browser.get("/account/profile"), ["name": "Amazing Grace"], action: "/account/profile")
        #expect(own.status == 303)
        let before = try #require(try await house.store.account(canonicalEmail: "grace@example.org"))
        let again = house.browser()
        let changed = try UpstreamHouse.identity(
            "github", email: email.isEmpty ? nil : email, name: name.isEmpty ? nil : name, label: "gone-fishing")
        #expect(try await upstream.enter(as: changed, in: again).target == "/account")
        #expect(try await house.store.account(id: before.id) == before)
        #expect(before.profile.name == "Amazing Grace" && before.email.typed == "grace@example.org")
        let identities = try await house.store.identities(of: before.id)
        #expect(identities.map(\.label) == ["gone-fishing"], "what is shown of it follows the provider")
        #expect(identities.first?.lastUsedAt == house.clock.now)
        let claims = try TestTokens.claims(
            try await house.tokens(for: .shop, in: again, as: "grace@example.org", ["scope": "openid profile email"]).id
        )
        #expect(claims["sub"]?.stringValue == before.id)
    }

    @Test("SO1, B044: a username there is no username here, and finds nobody")
    func username() async throws {
        let upstream = try await UpstreamHouse.make { $0.signUp.username = .optional }
        let house = upstream.house
        let ada = try await house.person(profile: Profile(name: "Ada", preferredUsername: "grace"))
        let browser = house.browser()
        _ = try await upstream.enter(as: UpstreamHouse.identity("github", label: "grace"), in: browser)
        let grace = try #require(try await house.store.account(canonicalEmail: "grace@example.org"))
        #expect(grace.profile.preferredUsername == nil && grace.id != ada.id && browser.isSignedIn)
        #expect(try await house.store.account(id: ada.id)?.profile.preferredUsername == "grace")
    }

    @Test(
        "B044, WB1: a name that no name is here is left out, and any other is only text",
        arguments: ["<script>alert(1)</script>", "\u{202E}ecarG", String(repeating: "n", count: 5000), "\u{0}", " "])
    func names(name: String) async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let page = try await upstream.enter(
            as: UpstreamHouse.identity("discord", name: name, label: name.contains("\u{0}") ? nil : name), in: browser)
        #expect(page.target == "/account" && browser.isSignedIn)
        for path in ["/account", "/account/profile", "/account/security"] {
            let shown = await browser.get(path)
            #expect(shown.status == 200 && !shown.text.contains("<script>alert"), "\(path)")
        }
        let grace = try #require(try await upstream.house.store.account(canonicalEmail: "grace@example.org"))
        #expect((grace.profile.name?.count ?? 0) < 300)
    }
}
