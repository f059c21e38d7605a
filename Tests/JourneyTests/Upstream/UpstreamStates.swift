import HTTPTypes
import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("What comes back from a provider belongs to one browser, one provider and one try")
struct UpstreamStates {
    /// Grace has agreed at GitHub; the path by which her browser would come back.
    private struct Return {
        let upstream: UpstreamHouse
        let browser: TestBrowser
        let url: String
        let path: String
        var house: TestHouse { upstream.house }
    }

    private func agreed(by id: String = "github") async throws -> Return {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let url = try await upstream.go(id, in: browser)
        let path = try upstream.agree(to: url, as: UpstreamHouse.identity(id))
        return Return(upstream: upstream, browser: browser, url: url, path: path)
    }

    /// Back on the sign-in page, with nothing done, and the provider not even asked.
    private func expectRefused(
        _ page: TestPage, _ state: UpstreamFault.StateFault, at house: UpstreamHouse, asking: Int = 0,
        _ place: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(page.status == 400 && page.heading == "Sign in", "\(page.status)", sourceLocation: place)
        #expect(page.summary?.contains("began in another browser") == true, sourceLocation: place)
        #expect(page.reference == page.header("X-Request-Id"), sourceLocation: place)
        let seen = "a state that is \(state.rawValue.replacing("_", with: " ")) (not shown)"
        try await house.house.expect(
            page, Explained(.upstream, seen, "used once within 10 minutes", "cookies"), sourceLocation: place)
        let written = try await house.house.written()
        #expect(written.accounts.isEmpty && written.sessions.isEmpty && written.letters.isEmpty, sourceLocation: place)
        #expect(house.providers.map(\.asked).reduce(0, +) == asking, "a provider was asked", sourceLocation: place)
    }

    @Test(
        "SO6: without a state, or with one that nobody made, nobody comes in",
        arguments: [
            "", "x", "mus_", "mus_" + String(repeating: "A", count: 43), "mus_" + String(repeating: "A", count: 44),
            "mse_" + String(repeating: "A", count: 43), "' OR 1=1 --", "%00", "\u{301}",
        ])
    func unknown(state: String) async throws {
        let going = try await agreed()
        let code = try #require(ScriptedProvider.parameter("code", of: going.path))
        let page = await going.browser.get(try going.upstream["github"].answer(["code": code, "state": state]))
        try await expectRefused(page, state.isEmpty ? .missing : .unknown, at: going.upstream)
        #expect(going.upstream.refusals == ["github state"])
        #expect(await going.browser.get(going.path).location == "/account", "the right one is not spent by it")
    }

    @Test("SO6: an answer without any state, or with two, is nobody's")
    func missing() async throws {
        let going = try await agreed()
        let code = try #require(ScriptedProvider.parameter("code", of: going.path))
        let page = await going.browser.get("/upstream/github/callback?code=\(code)")
        try await expectRefused(page, .missing, at: going.upstream)
        let twice = await going.browser.get(going.path + "&state=x")
        try await expectRefused(twice, .missing, at: going.upstream)
        #expect(await going.browser.get("/upstream/github/callback").status == 400)
    }

    @Test("SO6, AZ21: in another browser a state is worth nothing, and is not spent there")
    func otherBrowser() async throws {
        let going = try await agreed()
        let other = going.house.browser(from: "192.0.2.50")
        let stranger = await other.get(going.path)
        try await expectRefused(stranger, .otherBrowser, at: going.upstream)
        _ = await other.get("/sign-in")
        let known = await other.get(going.path)
        try await expectRefused(known, .otherBrowser, at: going.upstream)
        #expect(!other.isSignedIn && going.upstream.refusals == ["github state", "github state"])
        #expect(await going.browser.get(going.path).location == "/account")
    }

    @Test("SO7: what one provider answers is not taken for another's, and is not spent there (mix-up)")
    func otherProvider() async throws {
        let going = try await agreed()
        for id in ["google", "discord", "facebook"] {
            let mixed = await going.browser.get(going.path.replacing("/github/", with: "/\(id)/"))
            try await expectRefused(mixed, .otherProvider, at: going.upstream)
            #expect(going.upstream.refusals.last == "\(id) state")
        }
        #expect(await going.browser.get(going.path).location == "/account")
    }

    @Test("SO7: an answer that names another issuer is refused; none is asked for a code")
    func issuer() async throws {
        let going = try await agreed()
        let page = await going.browser.get(going.path + "&iss=https%3A%2F%2Fevil.example")
        #expect(page.status == 400 && !page.text.contains("evil") && !going.browser.isSignedIn)
        try await going.house.expect(page, Explained(.upstream, "https://evil.example", "RFC 9207", "issuer"))
        #expect(going.upstream.refusals == ["github issuer"])
        #expect(await going.browser.get(going.path).status == 400, "the state is spent by it")
    }

    @Test("SO6, D9: a state is good for ten minutes and not for a second more", arguments: [(599, true), (600, false)])
    func expired(seconds: Int64, isGood: Bool) async throws {
        let going = try await agreed()
        going.house.clock.advance(seconds)
        let page = await going.browser.get(going.path)
        #expect(going.browser.isSignedIn == isGood)
        guard !isGood else { return }
        try await expectRefused(page, .expired, at: going.upstream)
    }

    @Test("SO6: an answer is good once: a replay opens nothing, here or for another provider's code")
    func replay() async throws {
        let going = try await agreed()
        #expect(await going.browser.get(going.path).location == "/account")
        going.browser.cookies = going.browser.cookies.filter { !$0.key.contains("session") }
        let again = await going.browser.get(going.path)
        #expect(again.status == 400 && !going.browser.isSignedIn)
        try await going.house.expect(again, Explained(.upstream, "a state that is spent", "", ""))
        let other = try going.upstream.agree(
            to: going.url, as: UpstreamHouse.identity("github", "999", email: "eve@example.org"))
        #expect(await going.browser.get(other).status == 400 && !going.browser.isSignedIn)
        #expect(try going.upstream["github"].asked == 1)
        #expect(try await going.house.written().accounts.count == 1)
    }

    @Test("SO6: a fault spends the state as well: whoever sees it in an address cannot try again")
    func spentByFault() async throws {
        let going = try await agreed()
        try going.upstream["github"].fail(with: .unavailable("no answer"))
        #expect(await going.browser.get(going.path).status == 503)
        try going.upstream["github"].fail(with: nil)
        let again = await going.browser.get(going.path)
        #expect(again.status == 400 && !going.browser.isSignedIn)
        #expect(going.upstream.refusals == ["github unavailable", "github state"])
    }

    @Test("SO6, IN3: of answers that come at once with one state one opens a session")
    func parallel() async throws {
        let going = try await agreed()
        let sibling = try await going.house.sibling()
        let browsers =
            (1...8).map { _ in going.browser.moved(to: going.house.reception) }
            + (1...8).map { _ in going.browser.moved(to: sibling) }
        let statuses = await withTaskGroup(of: Int.self) { group in
            for browser in browsers { group.addTask { await browser.get(going.path).status } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 303 } == 1 && statuses.count { $0 == 400 } == 15, "\(statuses)")
        #expect(browsers.count { $0.isSignedIn } == 1)
        let written = try await going.house.written()
        #expect(written.sessions == ["grace@example.org"] && written.accounts.count == 1)
        #expect(going.upstream.refusals.count == 15)
    }

    @Test("IN3: of two people's first sign-ins with one identity at once, one account comes")
    func parallelFirst() async throws {
        let upstream = try await UpstreamHouse.make()
        var returns: [(TestBrowser, String)] = []
        for _ in 1...6 {
            let browser = upstream.house.browser()
            let url = try await upstream.go("google", in: browser)
            returns.append((browser, try upstream.agree(to: url, as: UpstreamHouse.identity("google"))))
        }
        let statuses = await withTaskGroup(of: Int.self) { group in
            for (browser, path) in returns { group.addTask { await browser.get(path).status } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.allSatisfy { $0 == 303 || $0 == 409 } && statuses.contains(303), "\(statuses)")
        let written = try await upstream.house.written()
        #expect(written.accounts.count == 1 && written.identities.count == 1)
        #expect(written.letters.filter { $0.hasPrefix("welcome") } == ["welcome grace@example.org"])
    }

    @Test("SO6, SO4: state, verifier and nonce have 256 bits of chance, and none tells another")
    func chance() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let page = await browser.get("/sign-in")
        for _ in 1...30 { _ = try await upstream.go("github", in: browser, from: page) }
        let errands = try upstream["github"].errands
        #expect(errands.count == 30)
        for value in errands.flatMap({ [String($0.state.dropFirst(4)), $0.challenge, $0.nonce] }) {
            #expect(value.wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil, "\(value)")
        }
        #expect(Set(errands.flatMap { [$0.state.dropFirst(4), $0.challenge[...], $0.nonce[...]] }).count == 90)
        #expect(errands.allSatisfy { $0.returnTo == TestHouse.origin + "/upstream/github/callback" })
    }

    @Test("SO6, CF3: neither state nor code is in the database, the log or the record")
    func nowhere() async throws {
        let going = try await agreed()
        _ = await going.house.browser(from: "192.0.2.50").get(going.path)
        let page = await going.browser.get(going.path)
        _ = await going.browser.get(going.path)
        await going.house.flushExplanations()
        _ = try await going.house.storedEvents()
        let bytes = try await going.house.database.bytes()
        let state = try #require(ScriptedProvider.parameter("state", of: going.path))
        let code = try #require(ScriptedProvider.parameter("code", of: going.path))
        for (name, secret) in [("state", state), ("code", code)] {
            #expect(PlantedSecret(secret).traces(in: bytes).isEmpty, "\(name) is in the database")
            #expect(!going.house.log.lines.contains { $0.contains(secret) }, "\(name) is in the log")
            #expect(!going.house.audit.events.contains { "\($0)".contains(secret) }, "\(name) is in the record")
            #expect(!page.reply.headers.contains { $0.value.contains(secret) }, "\(name) goes on")
        }
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.header("Cache-Control") == "no-store")
    }
}
