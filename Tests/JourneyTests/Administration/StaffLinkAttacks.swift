import HTTPTypes
import Identity
import JSON
import OAuth
import Storage
import Testing
import Web

@testable import martlet

@Suite("Attacks on links that staff make")
struct StaffLinkAttacks {
    private let why = StaffLinkJourney.why

    /// Why the last link that somebody pressed signed nobody in.
    private func lastReason(_ house: TestHouse) -> String? {
        let event = house.audit.events.last { $0.kind == .mailProofRefused }
        return event?.details["purpose"] == "staff_link" ? event?.details["reason"] : nil
    }

    /// Neither looking nor pressing opens anything; `form` is one that was loaded while the link was live.
    private func expectDead(_ link: String, _ form: TestPage, in browser: TestBrowser, _ comment: Comment) async {
        let seen = await browser.get(link)
        #expect(seen.status == 404 && seen.heading == "This link is no longer good", comment)
        let sent = await browser.post(form, [:])
        #expect(sent.status == 404 && browser.cookies["martlet-session"] == nil, comment)
    }

    @Test("B015: who becomes an administrator while the link is out does not come in by it")
    func appointed() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let link = try await StaffLinkJourney.link(for: ada, in: house, by: api)
        let browser = house.browser()
        let form = await browser.get(link)
        #expect(try await api.setRoles(of: ada.id, [["name": "administrator"]]).status == 200)
        let sent = await browser.post(form, [:])
        #expect(sent.status == 404 && browser.cookies["martlet-session"] == nil && lastReason(house) == "gate")
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).isEmpty)
        #expect(house.audit.count(.signIn) == 0)
    }

    @Test("ML1: of twenty browsers at once, at two processes, one is signed in")
    func race() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let sibling = try await house.sibling()
        let link = try await StaffLinkJourney.link(for: ada, in: house)
        var waiting: [(browser: TestBrowser, form: TestPage)] = []
        for number in 1...20 {
            let through = number.isMultiple(of: 2) ? sibling : house.reception
            let browser = house.browser(from: "192.0.2.\(number)", through: through)
            waiting.append((browser, await browser.get(link)))
        }
        let ready = waiting
        let statuses = await withTaskGroup(of: Int.self) { group in
            for (browser, form) in ready { group.addTask { await browser.post(form, [:]).status } }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 303 } == 1 && statuses.count { $0 == 404 } == 19, "\(statuses)")
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).count == 1)
        #expect(house.audit.count(.signIn) == 1)
        #expect(ready.count { $0.browser.cookies["martlet-session"] != nil } == 1)
    }

    @Test("ML1: once used it is dead for every other browser, and the record says why")
    func used() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let link = try await StaffLinkJourney.link(for: ada, in: house)
        let (browser, thief) = (house.browser(), house.browser(from: "198.51.100.66"))
        let form = await thief.get(link)
        #expect(await browser.post(await browser.get(link), [:]).status == 303)
        await expectDead(link, form, in: thief, "used")
        #expect(lastReason(house) == "reused")
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).count == 1)
    }

    @Test("ML4: the newest is good, those before it are dead; one of somebody else stays")
    func superseded() async throws {
        let house = try await TestAPI.house()
        let (ada, bob) = (try await house.person(), try await house.person("bob@example.org"))
        let api = try await TestAPI.own(house)
        let browser = house.browser()
        let (old, bobs) = (
            try await StaffLinkJourney.link(for: ada, in: house, by: api),
            try await StaffLinkJourney.link(for: bob, in: house, by: api)
        )
        let form = await browser.get(old)
        let new = try await StaffLinkJourney.link(for: ada, in: house, by: api)
        await expectDead(old, form, in: browser, "superseded")
        #expect(lastReason(house) == "superseded")
        #expect(await house.browser().get(bobs).status == 200)
        #expect(await browser.post(await browser.get(new), [:]).location == "/account")
    }

    @Test("B015: it is good for ten minutes and not a second longer, for looking as for pressing")
    func expired() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let link = try await StaffLinkJourney.link(for: ada, in: house)
        let browser = house.browser()
        house.clock.advance(599)
        let form = await browser.get(link)
        #expect(form.status == 200)
        house.clock.advance(1)
        await expectDead(link, form, in: browser, "expired")
        #expect(lastReason(house) == "expired")
    }

    /// What ends a link that is out.
    enum LinkEnding: String, CaseIterable {
        case disabled, deleted, signedIn, newPassword, signedOutEverywhere, gone
    }

    @Test("ML4, SE6: what ends a link, and enabling somebody again brings none back", arguments: LinkEnding.allCases)
    func ended(by ending: LinkEnding) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let link = try await StaffLinkJourney.link(for: ada, in: house, by: api)
        let (browser, own) = (house.browser(), house.browser(from: "192.0.2.2"))
        let form = await browser.get(link)
        #expect(form.status == 200)
        switch ending {
        case .disabled: _ = await api.call(.post, "/people/\(ada.id)/disable", why)
        case .deleted: _ = try await house.store.delete(ada.id, by: .person, mailing: [], at: house.clock.now)
        case .gone: _ = await api.call(.post, "/people/\(ada.id)/purge", why)
        case .signedOutEverywhere: _ = await api.call(.post, "/people/\(ada.id)/end-sessions", why)
        case .signedIn: _ = await own.signedIn()
        case .newPassword:
            await RecoveryJourney.ask(own)
            let mail = try await house.latestMail(to: "ada@example.org", leading: "/recovery/")
            let page = await own.get(try #require(mail.paths.first))
            #expect(await own.submit(page, ["password": RecoveryJourney.new]).heading == "Sign in")
        }
        await expectDead(link, form, in: browser, "\(ending)")
        if ending == .disabled || ending == .deleted {
            #expect(await api.call(.post, "/people/\(ada.id)/enable", why).status == 200)
            await expectDead(link, form, in: browser, "\(ending), and enabled again")
        }
    }

    @Test("WB6: without the form of this very browser nothing is spent")
    func forged() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let link = try await StaffLinkJourney.link(for: ada, in: house)
        let (browser, other) = (house.browser(), house.browser(from: "192.0.2.2"))
        let (form, foreign) = (await browser.get(link), await other.get(link))
        let token = foreign.forms.first?.fields["csrf"]
        for csrf in [nil, "", "x", token] {
            #expect(await browser.post(form, ["csrf": csrf]).status == 403)
        }
        let crossed = await browser.post(form, [:], headers: ["Origin": "https://evil.example"])
        #expect(crossed.status == 403 && crossed.cookies.isEmpty)
        #expect(await house.browser(from: "192.0.2.3").post(form, [:]).status == 403)
        #expect(house.audit.count(.signIn) == 0)
        #expect(await browser.post(form, [:]).status == 303)
    }

    @Test("ML2: whoever sends the link on cannot send anybody into an app's sign-in, or elsewhere, with it")
    func leadsToTheAccountAlone() async throws {
        let house = try await TestAPI.house()
        let (ada, bob) = (try await house.person(), try await house.person("bob@example.org"))
        let link = try await StaffLinkJourney.link(for: ada, in: house)
        let asker = house.browser(from: "192.0.2.66")
        let handle = try #require(await asker.visit(TestApp.app.request()).handle)
        let victim = await house.browser().signedIn("bob@example.org")
        let page = await victim.get("\(link)?request=\(handle)&next=/account/delete")
        #expect(page.status == 200 && !page.text.contains(handle) && !page.text.contains("/account/delete"))
        let done = await victim.post(page, ["request": handle, "next": "/account/delete"])
        #expect(done.location == "/account")
        // Whoever was signed in on this browser is not any more (SE13).
        #expect(try await house.store.sessions(of: bob.id, at: house.clock.now).isEmpty)
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).count == 1)
        #expect(await asker.get("/sign-in?request=\(handle)").status == 200)
    }

    @Test("What is no link of staff, by a letter or in length, is dead, and all of it alike")
    func mutated() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let link = try await StaffLinkJourney.link(for: ada, in: house)
        let browser = house.browser()
        let form = await browser.get(link)
        let token = String(link.dropFirst("/staff-link/".count))
        let swapped = token.replacing("mml_", with: "mrt_")
        let upper = token.uppercased()
        let blank = "mml_" + String(repeating: "A", count: 43)
        for wrong in [
            "", "x", swapped, upper, blank, token + "A", String(token.dropLast()), "%00", token + "%00", token + "/",
            " \(token)", "mml_", token + "\u{301}",
        ] {
            let seen = await browser.get("/staff-link/\(wrong)")
            #expect(seen.status == 404 && !seen.text.contains("example.org"), "\(wrong)")
            let sent = await browser.forge(form, to: "/staff-link/\(wrong)")
            #expect(sent.status == 404 && sent.cookies.isEmpty, "\(wrong): \(sent.status)")
        }
        #expect(house.audit.count(.signIn) == 0)
        #expect(await browser.post(form, [:]).status == 303)
    }

    /// A live proof of a purpose for a person, as a verb keeps it.
    private func keep(_ purpose: MailProof.Purpose, for account: Account, in house: TestHouse) async throws -> String {
        let link = try OpaqueToken(.mailLink, from: house.house.rooms.random)
        let proof = MailProof(
            link: link.digest, code: TokenDigest(bytes: Array(1...32)), purpose: purpose, accountID: account.id,
            address: account.email, browser: TokenDigest(bytes: Array(2...33)), createdAt: house.clock.now,
            expiresAt: house.clock.now + 600)
        try await house.store.begin(proof, with: .init(), at: house.clock.now)
        return link.plaintext
    }

    @Test(
        "JW4: a link from a mail is no link of staff, and a link of staff none from a mail",
        arguments: MailProof.Purpose.allCases.filter { $0 != .staffLink })
    func purposes(purpose: MailProof.Purpose) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let mine = try await StaffLinkJourney.link(for: ada, in: house)
        let other = try await keep(purpose, for: ada, in: house)
        let browser = house.browser()
        let form = await browser.get(mine)
        #expect(await browser.get("/staff-link/\(other)").status == 404)
        #expect(await browser.forge(form, to: "/staff-link/\(other)").status == 404)
        let elsewhere = mine.replacing("/staff-link/", with: "/\(purpose.pathSegment)/")
        let sent = await browser.forge(form, ["password": RecoveryJourney.new], to: elsewhere)
        #expect(await browser.get(elsewhere).status != 200 && sent.status != 303 && sent.cookies.isEmpty)
        #expect(browser.cookies["martlet-session"] == nil)
        #expect(try await house.store.account(id: ada.id)?.passwordHash == ada.passwordHash)
        #expect(await browser.post(form, [:]).location == "/account")
    }

    @Test("It proves no mailbox: an address that counts as unproven stays so")
    func provesNothing() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let link = try await StaffLinkJourney.link(for: ada, in: house)
        _ = try await house.store.database.change {
            try $0.execute("UPDATE accounts SET email_verified = 0 WHERE canonical_email = 'ada@example.org'", [])
        }
        let browser = house.browser()
        _ = await browser.post(await browser.get(link), [:])
        let account = try #require(try await house.store.account(id: ada.id))
        #expect(!account.isEmailVerified && account.passwordHash == ada.passwordHash)
        #expect(house.audit.count(.addressVerified) == 0)
        #expect(try await house.letters(.welcome).isEmpty)
    }

    @Test("B016, ML12: the link is in no row, no event, no line of the log and no mail, used or not")
    func secrecy() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let link = try await StaffLinkJourney.link(for: ada, in: house, by: api)
        let browser = house.browser()
        let done = await browser.submit(await browser.get(link), [:])
        let unused = try await StaffLinkJourney.link(for: ada, in: house, by: api)
        _ = await browser.get(unused)
        let mails = try await house.mail()
        let events = try await house.storedEvents().map { "\($0)" }.joined()
        #expect(events.contains("staff_link_made") && !mails.isEmpty)
        let rows = try await house.rows()
        for secret in [link, unused].map({ $0.replacing("/staff-link/", with: "") }) {
            #expect(!rows.contains(secret) && !events.contains(secret) && !done.text.contains(secret))
            #expect(!house.log.lines.contains { $0.contains(secret) })
            #expect(!mails.contains { ($0.text + $0.html).contains(secret) })
            #expect(await !api.call(.get, "/people/\(ada.id)/events").text.contains(secret))
        }
    }
}
