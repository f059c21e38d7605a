import Identity
import OAuth
import Testing
import Web

@testable import Storage
@testable import martlet

@Suite("Whoever was there before the owner of an address keeps nothing")
struct UpstreamPreHijack {
    private static let squatting = "squatters long password here"

    /// Somebody has taken Grace's address and set up what they could: a password, an identity of their own, a session, a
    /// grant with offline access, links by mail, allowed apps.
    private func squatted(with settings: (inout Settings) -> Void = { _ in }) async throws
        -> (upstream: UpstreamHouse, account: Account, squatter: TestBrowser, refresh: String)
    {
        let upstream = try await UpstreamHouse.make(settings: settings)
        let house = upstream.house
        let account = try await house.person(
            "grace@example.org", password: Self.squatting, profile: Profile(name: "Not Grace"))
        try await house.connect(account, "discord", "666")
        try await house.optIn(account)
        let squatter = house.browser(from: "203.0.113.9")
        _ = await squatter.signIn(await squatter.get("/sign-in"), "grace@example.org", password: Self.squatting)
        let tokens = try await house.tokens(
            for: .shop, in: squatter, as: "grace@example.org", ["scope": "openid offline_access"])
        // As it would be where sessions outlive what was never proven: the worst there could be.
        _ = try await house.store.database.change { try $0.execute("UPDATE accounts SET email_verified = 0", []) }
        return (upstream, account, squatter, try #require(tokens.refresh))
    }

    private func expectGone(
        _ upstream: UpstreamHouse, _ account: Account, _ squatter: TestBrowser, _ refresh: String,
        _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let house = upstream.house
        let after = try #require(try await house.store.account(id: account.id))
        #expect(after.isEmailVerified && after.passwordHash == nil, sourceLocation: place)
        #expect(try await house.store.consents(of: account.id).isEmpty, sourceLocation: place)
        #expect(await squatter.visit("/account").target.hasPrefix("/sign-in"), sourceLocation: place)
        let refused = await TestApp.shop.refresh(refresh, at: house.reception)
        #expect(refused.error == "invalid_grant", sourceLocation: place)
        let again = house.browser(from: "203.0.113.9")
        let page = await again.signIn(await again.get("/sign-in"), "grace@example.org", password: Self.squatting)
        #expect(page.status == 422 && !again.isSignedIn, sourceLocation: place)
        let theirs = try UpstreamHouse.identity("discord", "666", email: "eve@example.org")
        let other = house.browser(from: "203.0.113.9")
        _ = try await upstream.comeBack(as: theirs, in: other)
        let owner = try await house.store.identity(theirs.key)?.accountID
        #expect(owner != account.id, "the squatter's identity leads into the account", sourceLocation: place)
        let links = try await house.store.preferences(of: account.id).magicLinks
        #expect(!links, "what they preferred", sourceLocation: place)
    }

    @Test("ML9, SO2: after the owner comes by GitHub the squatter has no password, identity, session, grant or consent")
    func byProvider() async throws {
        let (upstream, account, squatter, refresh) = try await squatted()
        let owner = upstream.house.browser()
        let page = try await upstream.enter(as: UpstreamHouse.identity("github"), in: owner)
        #expect(page.target == "/account" && owner.isSignedIn)
        #expect(try await upstream.house.connections(of: account) == ["github 583231"])
        try await expectGone(upstream, account, squatter, refresh)
        #expect(await owner.get("/account").status == 200)
        let kinds = try await upstream.house.posted(about: account)
        #expect(kinds.filter { $0 != .signInNotice } == [.welcome])
    }

    @Test("ML9, SO2: the same when the owner has proven the mailbox by our own mail after Facebook")
    func byMail() async throws {
        let (upstream, account, squatter, refresh) = try await squatted()
        let owner = upstream.house.browser()
        let identity = try UpstreamHouse.identity("facebook", isVerified: false)
        let form = try await upstream.enter(as: identity, in: owner)
        let sent = await owner.submit(form, ["email": "grace@example.org"], action: "/upstream/address")
        #expect(await squatter.get("/account").status != 500)
        let done = await owner.type(try await upstream.house.mailed(.verification).code, on: sent)
        #expect(done.target == "/account" && owner.isSignedIn)
        #expect(try await upstream.house.connections(of: account) == ["facebook 583231"])
        try await expectGone(upstream, account, squatter, refresh)
    }

    @Test("ML9: what the squatter has under way at a provider is not connected after the owner has come")
    func underWay() async throws {
        let upstream = try await UpstreamHouse.make()
        let house = upstream.house
        let account = try await house.person("grace@example.org", password: Self.squatting)
        let squatter = house.browser(from: "203.0.113.9")
        _ = await squatter.signIn(await squatter.get("/sign-in"), "grace@example.org", password: Self.squatting)
        let security = await squatter.get("/account/security")
        let away = await squatter.post(security, ["provider": "google"], action: "/account/security/connect")
        let path = try upstream.agree(
            to: try #require(away.away), as: UpstreamHouse.identity("google", "666", email: "eve@example.org"))
        _ = try await house.store.database.change { try $0.execute("UPDATE accounts SET email_verified = 0", []) }
        _ = try await upstream.enter(as: UpstreamHouse.identity("github"), in: house.browser())
        let page = await squatter.get(path)
        #expect(page.status != 200 && !(page.location ?? "").contains("done="))
        #expect(try await house.connections(of: account) == ["github 583231"])
    }

    @Test("SO2: an unproven address connects with nobody, however often it comes and whatever is switched on")
    func neverByUnproven() async throws {
        let upstream = try await UpstreamHouse.make(connecting: Set(UpstreamHouse.four))
        let house = upstream.house
        let accounts = [try await house.person("ada@example.org"), try await house.unprovenPerson()]
        for id in UpstreamHouse.four {
            for account in accounts {
                let browser = house.browser()
                let identity = try UpstreamHouse.identity(
                    id, "9", email: account.email.typed, isVerified: false)
                for _ in 1...2 {
                    #expect(try await upstream.comeBack(as: identity, in: browser).location == "/upstream/address")
                }
                #expect(await browser.get("/upstream/connect").location == "/sign-in")
                #expect(!browser.isSignedIn)
            }
        }
        for account in accounts { #expect(try await house.connections(of: account).isEmpty) }
    }

    @Test("ML9, SO2: a known identity does not lead into an account whose own address nobody has proven")
    func knownUnproven() async throws {
        let upstream = try await UpstreamHouse.make()
        let grace = try await upstream.house.unprovenPerson()
        try await upstream.house.connect(grace, "github")
        let browser = upstream.house.browser()
        let form = try await upstream.enter(
            as: UpstreamHouse.identity("github", email: "other@example.org"), in: browser)
        #expect(form.heading == "Your email address" && !browser.isSignedIn)
        let page = await browser.submit(form, ["email": grace.email.typed], action: "/upstream/address")
        let done = await browser.type(try await upstream.house.mailed(.verification).code, on: page)
        #expect(done.target == "/account" && browser.isSignedIn)
        // Whoever set a password before is not let in by it.
        #expect(try await upstream.house.store.account(id: grace.id)?.passwordHash == nil)
        #expect(try await upstream.house.connections(of: grace).count == 1)
    }
}
