import Foundation
import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("What people and operators hear of signing in by a provider")
struct UpstreamNotices {
    @Test(
        "B094: a sign-in by a provider from a browser not seen before is told, with what it was by",
        arguments: UpstreamHouse.four)
    func notice(id: String) async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        _ = await upstream.house.browser().signedIn()
        try await upstream.house.connect(ada, id)
        let stranger = upstream.house.browser(from: "203.0.113.9")
        let identity = try UpstreamHouse.identity(id, email: "ada@example.org")
        #expect(try await upstream.enter(as: identity, in: stranger).target == "/account")
        let mail = try await upstream.house.latestMail(to: "ada@example.org", leading: "/not-me/")
        #expect(mail.text.contains("203.0.113.9"))
        let name = try #require(UpstreamHouse.names[id])
        #expect(mail.text.contains("Signed in with: \(name)"), "\(mail.text)")
        // "This was not me" ends it.
        let anywhere = upstream.house.browser(from: "198.51.100.20")
        _ = await anywhere.post(await anywhere.get(try #require(mail.paths.first)), [:])
        #expect(await stranger.get("/account").status != 200)
    }

    @Test("B094: who has just made the account by it, or claimed it, is told nothing but welcome")
    func first() async throws {
        for isClaimed in [false, true] {
            let upstream = try await UpstreamHouse.make()
            if isClaimed { _ = try await upstream.house.unprovenPerson() }
            _ = try await upstream.enter(as: UpstreamHouse.identity("github"), in: upstream.house.browser())
            #expect(try await upstream.house.letters().map(\.kind) == [.welcome])
        }
    }

    @Test("B137: who is connected with a provider asks for a link and is told which button is theirs, without a link")
    func hint() async throws {
        let upstream = try await UpstreamHouse.make { $0.magicLinks.policy = .anybody }
        let ada = try await upstream.house.person()
        _ = try await upstream.signedIn(ada)
        await upstream.house.browser().askForLink()
        #expect(try await upstream.house.letters(.magicLink).isEmpty)
        let mail = try await upstream.house.latestMail(to: "ada@example.org", leading: "/sign-in")
        #expect(mail.text.contains("GitHub") && mail.code == nil && !mail.text.contains("/magic-link/"), "\(mail.text)")
    }

    @Test("B137: also who has connected it and never used it; and nobody any more who has given it up")
    func hintByConnection() async throws {
        let upstream = try await UpstreamHouse.make { $0.magicLinks.policy = .anybody }
        let ada = try await upstream.house.person()
        try await upstream.house.connect(ada, "google")
        await upstream.house.browser().askForLink()
        #expect(try await upstream.house.letters(.magicLink).isEmpty)
        #expect(try await upstream.house.letters(.magicLinkNotForYou).count == 1)
        let browser = await upstream.house.browser().signedIn()
        let values = ["provider": "google", "subject": "583231"]
        let done = await browser.post(
            await browser.get("/account/security"), values, action: "/account/security/disconnect")
        #expect(done.status == 303)
        upstream.house.clock.advance(61)
        await upstream.house.browser().askForLink()
        #expect(try await upstream.house.letters(.magicLink).count == 1)
    }

    @Test("B019, B045: the account page says what is connected, since when and when it was used; the export does too")
    func shown() async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        try await upstream.house.connect(ada, "google")
        upstream.house.clock.advance(1)
        let browser = try await upstream.signedIn(ada, by: "discord", "80351110224678912")
        let page = await browser.get("/account/security")
        for part in ["Connected accounts", "Google", "Discord", "grace"] {
            #expect(page.text.contains(part), "\(part)")
        }
        let connects = page.forms.filter { $0.action == "/account/security/connect" }.compactMap {
            $0.fields["provider"]
        }
        #expect(connects == ["github", "facebook"])
        let removals = page.forms.filter { $0.action == "/account/security/disconnect" }
        #expect(removals.map { $0.fields["provider"] } == ["google", "discord"])
        let export = await browser.post(await browser.get("/account/data"), [:], action: "/account/export")
        #expect(export.status == 200 && export.text.contains("80351110224678912") && export.text.contains("discord"))
    }

    @Test("SO11, CF3: no token of a provider, and no secret of ours there, is kept or written down")
    func tokens() async throws {
        let upstream = try await UpstreamHouse.speaking()
        for id in UpstreamHouse.four {
            let browser = upstream.house.browser()
            let identity = try UpstreamHouse.identity(id, email: "\(id)@example.org")
            _ = try await upstream.enter(as: identity, in: browser)
        }
        await upstream.house.flushExplanations()
        let bytes = try await upstream.house.database.bytes()
        for secret in UpstreamHouse.four.flatMap({ ["token-of-\($0)", "secret-of-\($0)"] }) {
            #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret)")
            #expect(!upstream.house.log.lines.contains { $0.contains(secret) })
        }
        let requests = try #require(upstream.web).requests
        #expect(!requests.isEmpty && requests.allSatisfy { $0.url.hasPrefix("https://") })
        #expect(!requests.contains { $0.url.contains("secret-of-") })
    }
}
