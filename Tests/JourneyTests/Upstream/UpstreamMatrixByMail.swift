import HTTPTypes
import Identity
import OAuth
import Testing
import Web

@testable import martlet

/// The same, after the person has proven an address here because the provider has not.
@Suite("An address that a provider has not proven is proven by mail, and then the same rules hold")
struct UpstreamMatrixByMail {
    static let cells = UpstreamCell.all.filter { $0.outcome == .asksAddress && !$0.isSpoken }

    @Test("SO2, SO3, B045, ML9, PW10: by mail it is a new account, a claimed one, or nothing", arguments: cells)
    func byMail(_ cell: UpstreamCell) async throws {
        let upstream = try await cell.house()
        let (house, browser) = (upstream.house, upstream.house.browser())
        let form = try await upstream.enter(as: cell.identity(), in: browser)
        let before = try await house.written()
        let sent = await browser.submit(form, ["email": "grace@example.org"], action: "/upstream/address")
        #expect(sent.status == 200 && sent.heading == "Check your mail" && !browser.isSignedIn)
        let asked = try await house.gains(since: before)
        #expect(asked.accounts.isEmpty && asked.identities.isEmpty && asked.sessions.isEmpty)
        #expect(asked.letters == [letter(cell.situation) + " grace@example.org"])
        guard cell.situation != .proven else {
            let mail = try #require(try await house.letters(.alreadyRegistered).last)
            #expect(mail.code == nil && mail.path == "/sign-in" && mail.secondPath == "/recovery")
            // Of codes none is right, and what waits is nobody's way in.
            #expect(await browser.type("AAAA-AAAA", on: sent).status == 422)
            #expect(try await house.gains(since: before).identities.isEmpty && !browser.isSignedIn)
            return
        }
        let mail = try await house.mailed(try #require(Letter.Kind(rawValue: letter(cell.situation))))
        let done = await browser.type(mail.code, on: sent)
        #expect(done.target == "/account" && browser.isSignedIn, "\(done.status) \(done.heading)")
        let gained = try await house.gains(since: before, letting: cell.situation == .unproven)
        #expect(gained.accounts == ["grace@example.org, proven, no password, Grace Hopper"])
        #expect(gained.identities == ["\(cell.provider) \(UpstreamCell.subject) of grace@example.org"])
        #expect(gained.sessions == ["grace@example.org"])
        #expect(gained.letters.contains("welcome grace@example.org"))
        #expect(gained.events.contains("identity_linked how=mail provider=\(cell.provider)"))
        #expect(gained.events.contains("sign_in method=\(cell.provider)"))
    }

    private func letter(_ situation: UpstreamCell.Situation) -> String {
        switch situation {
        case .nobody, .elsewhere: "sign_up"
        case .proven: "already_registered"
        case .unproven: "verification"
        }
    }

    /// Somebody from Facebook before the page that asks for an address, in a house with Ada's account.
    private func asked(_ mode: SignUpPolicy.Mode = .open) async throws -> (UpstreamHouse, TestBrowser, TestPage) {
        let upstream = try await UpstreamHouse.make(signUp: mode) {
            if mode == .domains { $0.signUp.domains = [MailDomain("example.org")].compactMap { $0 } }
        }
        _ = try await upstream.house.person()
        let browser = upstream.house.browser()
        let identity = try UpstreamHouse.identity("facebook", email: nil)
        return (upstream, browser, try await upstream.enter(as: identity, in: browser))
    }

    @Test("PW10: the pages are the same whether or not somebody has the address")
    func uniform() async throws {
        var told: Set<String> = []
        for address in ["ada@example.org", "grace@example.org", "nobody@example.org"] {
            let (upstream, browser, form) = try await asked()
            _ = try await upstream.house.unprovenPerson()
            let sent = await browser.submit(form, ["email": address], action: "/upstream/address")
            let wrong = await browser.type("AAAA-AAAA", on: sent)
            told.insert(sent.told(address) + wrong.told(address))
        }
        #expect(told.count == 1)
    }

    @Test(
        "IN1: what is no address is said at the field, and nothing is sent",
        arguments: ["", " ", "grace", "@example.org", "a@b@c", "<script>alert(1)</script>", "x@example.com"])
    func malformed(typed: String) async throws {
        let (upstream, browser, form) = try await asked(.domains)
        let page = await browser.submit(form, ["email": typed], action: "/upstream/address")
        #expect(page.status == 422 && page.value(of: "email") == typed && page.reference != nil)
        #expect(!page.text.contains("<script>alert"))
        #expect(try await upstream.house.letters().isEmpty && !browser.isSignedIn)
    }

    @Test("ML2: in another browser neither link nor code of it signs anybody in, and no button says it would")
    func elsewhere() async throws {
        let (upstream, browser, form) = try await asked()
        let sent = await browser.submit(form, ["email": "grace@example.org"], action: "/upstream/address")
        let (path, code) = try await upstream.house.mailed(.signUp)
        let other = upstream.house.browser(from: "192.0.2.50")
        let look = await other.get(path)
        #expect(path.hasPrefix("/upstream-proof/") && look.status == 200)
        #expect(!look.forms.contains { $0.action.hasPrefix("/upstream-proof/") })
        let before = try await upstream.house.written()
        let values = ["password": "four lamps over harbour", "name": "Eve"]
        let forced = await other.forge(
            await other.visit("/account"), values, to: String(path.prefix { $0 != "?" }))
        #expect(forced.status >= 400 && !other.isSignedIn)
        let typed = await other.forge(await other.visit("/account"), ["code": code], to: sent.forms[0].action)
        #expect(typed.status >= 400 && !other.isSignedIn)
        let gained = try await upstream.house.gains(since: before)
        #expect(gained.accounts.isEmpty && gained.identities.isEmpty && gained.sessions.isEmpty)
        #expect(
            await browser.submit(await browser.get(path), [:]).target == "/account", "where it was asked for it is good"
        )
    }

    @Test("ML1: link and code are good once and for fifteen minutes at most, by HEAD and GET never")
    func once() async throws {
        let (upstream, browser, form) = try await asked()
        let sent = await browser.submit(form, ["email": "grace@example.org"], action: "/upstream/address")
        let (path, code) = try await upstream.house.mailed(.signUp)
        for method in [.get, .head, .get] as [HTTPRequest.Method] { _ = await browser.send(method, path) }
        #expect(!browser.isSignedIn)
        let late = browser.moved(to: upstream.house.reception)
        #expect(await browser.type(code, on: sent).target == "/account")
        #expect(await late.type(code, on: sent).status >= 400 && !late.isSignedIn)
        #expect(try await upstream.house.written().sessions.count == 1)

        let (other, slow, page) = try await asked()
        let waiting = await slow.submit(page, ["email": "grace@example.org"], action: "/upstream/address")
        let second = try await other.house.mailed(.signUp)
        other.house.clock.advance(901)
        #expect(await slow.type(second.code, on: waiting).status >= 400)
        #expect(await slow.get(second.path).status == 404 && !slow.isSignedIn)
    }

    @Test("SO8: whoever has nothing to wait for is asked for no address")
    func nothing() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let page = await browser.get("/sign-in")
        #expect(await browser.get("/upstream/address").location == "/sign-in")
        let forged = await browser.forge(page, ["email": "grace@example.org"], to: "/upstream/address")
        #expect(forged.location == "/sign-in")
        #expect(try await upstream.house.letters().isEmpty)
        let (late, waiting, form) = try await asked()
        late.house.clock.advance(PendingIdentity.lifetime)
        #expect(await waiting.post(form, ["email": "grace@example.org"]).location == "/sign-in")
        #expect(try await late.house.letters().isEmpty)
    }
}
