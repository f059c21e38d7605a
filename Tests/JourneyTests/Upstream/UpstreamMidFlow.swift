import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("What changes while somebody is at a provider counts when they come back")
struct UpstreamMidFlow {
    private static let refused = "You cannot sign in here with this GitHub account."

    /// Ada, connected with GitHub, has agreed there.
    private func away(connecting: Set<String> = []) async throws
        -> (upstream: UpstreamHouse, ada: Account, browser: TestBrowser, path: String)
    {
        let upstream = try await UpstreamHouse.make(connecting: connecting)
        let ada = try await upstream.house.person()
        try await upstream.house.connect(ada, "github")
        let browser = upstream.house.browser()
        let url = try await upstream.go("github", in: browser)
        let path = try upstream.agree(to: url, as: UpstreamHouse.identity("github", email: "ada@example.org"))
        return (upstream, ada, browser, path)
    }

    @Test("SO10: somebody disabled between going and coming back is not let in, and learns no more than that")
    func disabled() async throws {
        let (upstream, ada, browser, path) = try await away()
        _ = try await upstream.house.store.setStatus(.disabled, of: ada.id, at: upstream.house.clock.now)
        let page = await browser.get(path)
        #expect(page.status == 403 && page.heading == "Sign in" && page.summary == Self.refused && !browser.isSignedIn)
        try await upstream.house.expect(
            page, Explained(.policy, "disabled or deleted", "active", "martlet user enable"))
        #expect(upstream.refusals == ["github not_active"])
        #expect(try await upstream.house.written().sessions.isEmpty)
    }

    @Test("SO10, IN3: nor somebody who is disabled while the provider is asked who it is")
    func disabledMeanwhile() async throws {
        let (upstream, ada, browser, path) = try await away()
        let house = upstream.house
        try upstream["github"].meanwhile {
            _ = try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now)
        }
        let page = await browser.get(path)
        #expect(page.status >= 400 && !browser.isSignedIn)
        #expect(try await house.written().sessions.isEmpty)
    }

    @Test(
        "SO10: an address that a disabled account has lets nobody in by another identity, and makes no second account")
    func disabledByAddress() async throws {
        let upstream = try await UpstreamHouse.make(connecting: Set(UpstreamHouse.four))
        let bob = try await upstream.house.person("bob@example.org")
        let gone = try await upstream.house.unprovenPerson()
        for account in [bob, gone] {
            _ = try await upstream.house.store.setStatus(.disabled, of: account.id, at: upstream.house.clock.now)
            let browser = upstream.house.browser()
            let page = try await upstream.comeBack(
                as: UpstreamHouse.identity("github", email: account.email.typed), in: browser)
            #expect(page.status == 403 && page.summary == Self.refused && !browser.isSignedIn)
            let after = try #require(try await upstream.house.store.account(id: account.id))
            #expect(after.isEmailVerified == account.isEmailVerified && after.passwordHash == account.passwordHash)
        }
        #expect(try await upstream.house.written().identities.isEmpty)
        #expect(try await upstream.house.written().accounts.count == 2)
    }

    @Test("SO10, B126: somebody who has deleted their account is asked whether to come back, and only then let in")
    func deleted() async throws {
        let (upstream, ada, browser, path) = try await away()
        _ = try await upstream.house.store.delete(ada.id, by: .person, mailing: [], at: upstream.house.clock.now)
        let asks = await browser.follow(await browser.get(path))
        #expect(asks.forms.contains { $0.action == "/come-back" } && !browser.isSignedIn, "\(asks.heading)")
        let page = await browser.submit(asks, [:], action: "/come-back")
        #expect(page.target == "/account" && browser.isSignedIn)
        #expect(try await upstream.house.store.account(id: ada.id)?.status == .active)
        let event = upstream.house.audit.events.last { $0.kind == .signIn }
        #expect(event?.details["method"] == "github")
    }

    @Test("SO10, B126: after the time for coming back there is no way in any more")
    func deletedLongAgo() async throws {
        let (upstream, ada, _, _) = try await away()
        _ = try await upstream.house.store.delete(ada.id, by: .person, mailing: [], at: upstream.house.clock.now)
        upstream.house.clock.advance(31 * 86_400)
        let browser = upstream.house.browser()
        let page = try await upstream.comeBack(
            as: UpstreamHouse.identity("github", email: "ada@example.org"), in: browser)
        #expect(page.status == 403 && !browser.isSignedIn)
        try await Housekeeping(house: upstream.house.house).purge()
        let written = try await upstream.house.written()
        #expect(written.identities.isEmpty && written.accounts.isEmpty)
    }

    @Test("SO10: somebody deleted by an operator is not asked back")
    func deletedByStaff() async throws {
        let (upstream, ada, browser, path) = try await away()
        _ = try await upstream.house.store.delete(
            ada.id, by: .operator, mailing: [], at: upstream.house.clock.now)
        let page = await browser.get(path)
        #expect(page.status == 403 && page.summary == Self.refused && !browser.isSignedIn)
    }

    @Test("SO10: a provider that was switched off meanwhile lets nobody in, known or new")
    func switchedOff() async throws {
        let (upstream, _, browser, path) = try await away()
        let sibling = try await upstream.sibling(keeping: ["google"])
        let moved = browser.moved(to: sibling)
        let page = await moved.get(path)
        #expect(page.status == 404 && !moved.isSignedIn, "\(page.status)")
        #expect(!page.text.contains("github-code") && !page.text.contains("action=\"/upstream/github\""))
        #expect(upstream.refusals == ["unknown off"])
        #expect(try upstream["github"].asked == 0)
        #expect(try await upstream.house.written().sessions.isEmpty)
    }

    @Test("SO10: nor does one that sign_in.methods names no more")
    func notOffered() async throws {
        let (upstream, _, browser, path) = try await away()
        let sibling = try await upstream.sibling(keeping: UpstreamHouse.four) { $0.order("password", "google") }
        let moved = browser.moved(to: sibling)
        let page = await moved.get(path)
        #expect(page.status >= 400 && !moved.isSignedIn, "\(page.status) \(page.location ?? "")")
        #expect(try await upstream.house.written().sessions.isEmpty)
    }

    @Test("SO10: who waits for a mail or a yes when the provider is switched off gets no account of it")
    func switchedOffWhileWaiting() async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        let sibling = try await upstream.sibling(keeping: ["google"])
        let browser = upstream.house.browser()
        let form = try await upstream.enter(as: UpstreamHouse.identity("github", email: nil), in: browser)
        let sent = await browser.submit(form, ["email": "grace@example.org"], action: "/upstream/address")
        let mail = try await upstream.house.mailed(.signUp)
        let moved = browser.moved(to: sibling)
        #expect(await moved.type(mail.code, on: sent).status >= 400 && !moved.isSignedIn)
        let other = upstream.house.browser()
        _ = try await upstream.comeBack(as: UpstreamHouse.identity("github", "8", email: "ada@example.org"), in: other)
        let asks = await other.signIn(await other.get("/sign-in?next=%2Fupstream%2Fconnect"), "ada@example.org")
        let late = other.moved(to: sibling)
        #expect(await late.post(asks, [:], action: "/upstream/connect").status != 200)
        #expect(try await upstream.house.connections(of: ada).isEmpty)
        #expect(try await upstream.house.written().accounts.count == 1)
    }

    @Test("SO8, IN3: an identity disconnected while its person is on the way lets them in no more")
    func disconnected() async throws {
        let (upstream, ada, browser, path) = try await away()
        let house = upstream.house
        try upstream["github"].meanwhile {
            _ = try await house.store.database.change { try $0.execute("DELETE FROM upstream_identities", []) }
        }
        let page = await browser.get(path)
        #expect(page.location != "/account" && !browser.isSignedIn)
        #expect(try await house.connections(of: ada).isEmpty)
    }

    @Test("B040: nobody may sign up any more when they come back: no account, and a sentence that says what to do")
    func signUpClosed() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let url = try await upstream.go("github", in: browser)
        let path = try upstream.agree(to: url, as: UpstreamHouse.identity("github"))
        let closed = try await upstream.sibling(keeping: UpstreamHouse.four) { $0.signUp.mode = .off }
        let moved = browser.moved(to: closed)
        let page = await moved.get(path)
        #expect(page.status == 403 && page.heading == "Sign in" && !moved.isSignedIn)
        #expect(page.summary?.hasPrefix("No account here is connected with this GitHub account.") == true)
        #expect(upstream.refusals == ["github no_account"])
        #expect(try await upstream.house.written().accounts.isEmpty)
    }

    @Test(
        "B133: where sign-up is closed, or for other domains, an identity that nobody has makes nothing",
        arguments: [SignUpPolicy.Mode.off, .invitation, .domains], ["grace@example.org", ""])
    func notAdmitted(mode: SignUpPolicy.Mode, email: String) async throws {
        let upstream = try await UpstreamHouse.make(signUp: mode) {
            if mode == .domains { $0.signUp.domains = [MailDomain("example.com")].compactMap { $0 } }
        }
        let browser = upstream.house.browser()
        let identity = try UpstreamHouse.identity("google", email: email.isEmpty ? nil : email)
        let page = try await upstream.comeBack(as: identity, in: browser)
        // Somebody with a mailbox in the right domain may still prove it.
        let isAsked = mode == .domains && email.isEmpty
        #expect(page.status == (isAsked ? 303 : 403), "\(page.status)")
        #expect(page.location == (isAsked ? "/upstream/address" : nil))
        let written = try await upstream.house.written()
        #expect(written.accounts.isEmpty && written.identities.isEmpty && written.letters.isEmpty)
    }
}
