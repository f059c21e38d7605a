import HTTPTypes
import Identity
import OAuth
import TestSupport
import Testing

@testable import Web
@testable import martlet

@Suite("Attacks on sign-up and on links from mails")
struct SignUpAttacks {
    /// All that a reply tells, but what differs for everybody: the form token, the reference, and what was typed.
    private func told(_ page: TestPage, _ address: String) -> String {
        var text = page.text.replacing(address, with: "ADDRESS")
        for form in page.forms { text = text.replacing(form.fields["csrf"] ?? "-", with: "CSRF") }
        if let reference = page.reference { text = text.replacing(reference, with: "REFERENCE") }
        let headers = page.reply.headers.filter { !["x-request-id", "set-cookie"].contains($0.name.canonicalName) }
            .map { "\($0)" }
        return "\(page.status) \(headers.sorted()) \(text)"
    }

    @Test("PW10, B022, B062: an address that somebody has is answered like one that nobody has, to the byte")
    func enumeration() async throws {
        let house = try await TestHouse.open()
        _ = try await house.person("known@example.org")
        let disabled = try await house.person("disabled@example.org")
        _ = try await house.store.setStatus(.disabled, of: disabled.id, at: house.clock.now)
        _ = try await house.unprovenPerson("unproven@example.org", password: nil)
        var answers: [String: [String]] = [:]
        let addresses = ["known@example.org", "KNOWN@example.org", "disabled@example.org", "unproven@example.org"]
        for (number, address) in (addresses + ["nobody@example.org"]).enumerated() {
            let browser = house.browser(from: "192.0.2.\(number)")
            let form = await browser.get("/sign-up")
            let redirect = await browser.post(form, TestBrowser.draft.merging(["email": address]) { $1 })
            var pages = [redirect, await browser.follow(redirect)]
            for _ in 0..<6 { pages.append(await browser.type("ABCDEFGH", on: pages[1])) }
            pages.append(await browser.submit(pages[1], [:], action: "/sign-up/again"))
            house.clock.advance(31)
            pages.append(await browser.submit(pages[1], [:], action: "/sign-up/again"))
            answers[address] = pages.map { told($0, address) }
        }
        let expected = try #require(answers["nobody@example.org"])
        for address in addresses { #expect(answers[address] == expected, "\(address)") }
        #expect(try await house.store.accounts(after: nil, limit: 9).count == 3)
        #expect(try await house.letters(.signUp).map(\.to.canonical) == ["nobody@example.org", "nobody@example.org"])
        #expect(try await house.letters(.alreadyRegistered).count == 8)
    }

    @Test("B072: a link is good at the address of its own purpose and at no other")
    func purposes() async throws {
        let house = try await TestHouse.open()
        let account = try await house.unprovenPerson()
        let browser = house.browser()
        _ = await browser.signUp(await browser.get("/sign-up"), ["email": "new@example.org"])
        _ = await browser.signIn(await browser.get("/sign-in"), "grace@example.org")
        let mails = [
            MailProof.Purpose.signUp: try await house.mailed(.signUp, to: "new@example.org"),
            .verification: try await house.mailed(.verification),
        ]
        for (purpose, mail) in mails {
            let token = try #require(mail.path.split(separator: "/").last)
            for other in MailProof.Purpose.allCases where other != purpose {
                for method in [HTTPRequest.Method.get, .post] {
                    let path = "/\(other.pathSegment)/\(token)"
                    let page =
                        method == .get
                        ? await browser.get(path)
                        : await browser.post(
                            await browser.get("/sign-in"), ["password": TestHouse.password], action: path)
                    #expect(page.status >= 400 && page.status < 500, "\(purpose) at \(path)")
                    #expect(page.cookies.allSatisfy { !$0.contains("session") })
                }
            }
        }
        // Codes keep to their purpose, too.
        let forms = (await browser.get("/sign-up/code"), await browser.get("/verification/code"))
        #expect(await browser.type(try #require(mails[.verification]).code, on: forms.0).status == 422)
        #expect(await browser.type(try #require(mails[.signUp]).code, on: forms.1).status == 422)
        #expect(try await house.store.account(id: account.id)?.isEmailVerified == false)
        #expect(await browser.type(try #require(mails[.verification]).code, on: forms.1).target == "/account")
    }

    @Test("B005, B004: of ten thousand mutated links none opens anything or breaks anything, and one page says so")
    func mutated() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let waiting = await browser.signUp(await browser.get("/sign-up"))
        let (path, _) = try await house.mailed(.signUp)
        let genuine = Array(path.utf8)
        var dice = Dice(seed: 4)
        var texts: Set<String> = []
        for number in 0..<10_000 {
            var bytes = genuine
            for _ in 0...Int.random(in: 0...3, using: &dice) {
                let place = Int.random(in: 9..<bytes.count, using: &dice)
                switch Int.random(in: 0...3, using: &dice) {
                case 0: bytes[place] = UInt8.random(in: 0x21...0x7E, using: &dice)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0x20...0xFF, using: &dice), at: place)
                default: bytes = Array(bytes.prefix(max(place, 10)))
                }
                if bytes.count < 11 { break }
            }
            let target = String(decoding: bytes, as: UTF8.self)
            guard target != path, target.prefix(while: { $0 != "?" }) != path else { continue }
            let page =
                number.isMultiple(of: 10)
                ? await browser.post(waiting, ["csrf": waiting.forms.first?.fields["csrf"]], action: target)
                : await browser.get(target)
            #expect(page.status == 404, "\(target): \(page.status)")
            guard page.heading == "This link is no longer good" else { continue }
            texts.insert(told(page, "grace@example.org"))
        }
        #expect(texts.count == 1)
        #expect(await browser.submit(await browser.get(path), [:]).target == "/account")
    }

    @Test("B004, ML1: unknown, used, expired, superseded and cut links get the same page, and the request is kept")
    func deadLinks() async throws {
        let house = try await TestHouse.open()
        func fresh(_ address: String, _ peer: String) async throws -> (TestBrowser, TestPage, String) {
            let browser = house.browser(from: peer)
            let waiting = await browser.signUp(
                await browser.visit(TestApp.app.request(["prompt": "create"])), ["email": address])
            return (browser, waiting, try await house.mailed(.signUp, to: address).path)
        }
        let (first, waiting, used) = try await fresh("used@example.org", "192.0.2.1")
        _ = await first.submit(await first.get(used), [:])
        let (_, _, expired) = try await fresh("expired@example.org", "192.0.2.2")
        house.clock.advance(600)
        let (browser, page, superseded) = try await fresh("newer@example.org", "192.0.2.3")
        house.clock.advance(31)
        _ = await browser.submit(page, [:], action: "/sign-up/again")
        let handle = try #require(waiting.handle)
        var texts: Set<String> = []
        let unknown = "/sign-up/mml_" + String(repeating: "A", count: 43)
        for path in [used, expired, superseded, String(used.prefix(40)), unknown] {
            let target = "\(path.prefix { $0 != "?" })?request=\(handle)"
            let dead = await house.browser().get(target)
            #expect(dead.status == 404, "\(target)")
            #expect(dead.text.contains("href=\"/sign-up?request=\(handle)\""), "the request is kept")
            texts.insert(told(dead, "nobody@example.org"))
        }
        #expect(texts.count == 1)
    }

    @Test(
        "WB9, B054: no return path leads off this origin, from any of these pages",
        // A form with NUL is refused whole.
        arguments: RedirectPayloads.all.filter { !$0.utf8.contains(0) })
    func openRedirects(payload: String) async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let query = "next=" + FormEncoding.escape(payload)
        for path in ["/sign-in", "/sign-up", "/sign-up/code", "/verification/code", "/sign-up/mml_x"] {
            let page = await browser.get("\(path)?\(query)")
            #expect(page.forms.allSatisfy { $0.fields["next"] == nil } && !page.text.contains("next="), "\(path)")
        }
        let waiting = await browser.signUp(await browser.get("/sign-up"), ["next": payload])
        #expect(waiting.target == "/sign-up/code")
        let (path, code) = try await house.mailed(.signUp)
        #expect(!path.contains("?"))
        let done = await browser.post(waiting, ["code": code, "next": payload], action: "/sign-up/code")
        #expect(done.location == "/account")
        let later = house.browser(from: "192.0.2.9")
        let signedIn = await later.post(
            await later.get("/sign-in"),
            ["email": "grace@example.org", "password": "four lamps over harbour", "next": payload])
        #expect(signedIn.location == "/account")
    }

    @Test("AZ21, ML2: the request of another browser is neither finished nor told by a link or a code")
    func otherRequest() async throws {
        let house = try await TestHouse.open()
        let victim = house.browser(from: "192.0.2.2")
        let handle = try #require(await victim.visit(TestApp.app.request()).handle)
        let browser = house.browser()
        let waiting = await browser.signUp(await browser.get("/sign-up"))
        let (path, code) = try await house.mailed(.signUp)
        let link = await browser.get("\(path)?request=\(handle)")
        #expect(link.status == 200 && !link.text.contains("App"))
        let done = await browser.post(waiting, ["code": code, "request": handle], action: "/sign-up/code")
        let landed = await browser.follow(done)
        #expect(landed.answer["code"] == nil && landed.status == 400)
        #expect(await victim.visit("/authorize/continue?request=\(handle)").target.hasPrefix("/sign-in?"))
        #expect(victim.cookies["martlet-session"] == nil)
    }

    @Test("IN4: no field of the form gives a role, an id or another address", arguments: ["/sign-up", "link"])
    func extraFields(place: String) async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let extra: [String: String?] = [
            "id": "root", "roles": "administrator", "role": "administrator", "email_verified": "1",
            "status": "disabled", "account_id": "root", "username": "root", "purpose": "recovery",
        ]
        let form = await browser.get("/sign-up")
        let waiting = await browser.signUp(form, place == "/sign-up" ? extra : [:])
        let (path, code) = try await house.mailed(.signUp)
        if place == "/sign-up" {
            _ = await browser.type(code, on: waiting)
        } else {
            let other = house.browser(from: "192.0.2.2")
            let own = ["name": "Grace", "password": "quiet rivers at midnight", "email": "eve@example.org"]
            let more = extra.merging(own) { $1 }
            #expect(await other.submit(await other.get(path), more).target == "/account")
        }
        #expect(try await house.store.accounts(after: nil, limit: 9).map(\.email.canonical) == ["grace@example.org"])
        let grace = try #require(try await house.store.account(canonicalEmail: "grace@example.org"))
        #expect(grace.roles.isEmpty && grace.id != "root" && grace.profile.preferredUsername == nil)
    }

    @Test("WB6: a confirmation sent from elsewhere, or with another browser's token, confirms nothing")
    func forged() async throws {
        let house = try await TestHouse.open()
        let (browser, other) = (house.browser(), house.browser(from: "192.0.2.2"))
        let waiting = await browser.signUp(await browser.get("/sign-up"))
        let (path, code) = try await house.mailed(.signUp)
        let (link, foreign) = (await browser.get(path), await other.get(path))
        #expect(await browser.post(link, ["csrf": "x"]).status == 403)
        #expect(await other.post(link, ["password": TestHouse.password]).status == 403)
        #expect(await browser.post(link, [:], headers: ["Origin": "https://evil.example"]).status == 403)
        #expect(await browser.post(waiting, ["code": code, "csrf": nil], action: "/sign-up/code").status == 403)
        #expect(await house.browser(from: "192.0.2.3").post(foreign, [:]).status == 403)
        #expect(try await house.store.accounts(after: nil, limit: 1).isEmpty)
        // A page without a referrer makes browsers send this.
        let headers = ["Origin": "null", "Sec-Fetch-Site": "same-origin"]
        #expect(await browser.post(link, [:], headers: headers).location == "/account")
    }

    @Test("IN3: two hundred confirmations at once, through two processes, make one account and one session")
    func race() async throws {
        let house = try await TestHouse.open()
        let sibling = try await house.sibling()
        let browser = house.browser()
        _ = await browser.signUp(await browser.get("/sign-up"))
        let (path, _) = try await house.mailed(.signUp)
        let link = await browser.get(path)
        let locations = await withTaskGroup(of: String?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let copy = browser.moved(to: number.isMultiple(of: 2) ? sibling : house.reception)
                    return await copy.post(link, [:]).location
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(locations.count { $0 == "/account" } == 1)
        let accounts = try await house.store.accounts(after: nil, limit: 9)
        #expect(accounts.count == 1 && house.audit.count(.accountCreated) == 1)
        #expect(try await house.store.sessions(of: accounts.first?.id ?? "", at: house.clock.now).count == 1)
        #expect(try await house.letters(.welcome).count == 1)
    }

    @Test("B016, CF3: neither links, codes nor passwords stand in the log, in events or in explanations")
    func secrets() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let waiting = await browser.signUp(await browser.get("/sign-up"))
        let (path, code) = try await house.mailed(.signUp)
        _ = await browser.type("AAAA-BBBB", on: waiting)
        _ = await browser.get(path)
        _ = await browser.get(path + "A")
        _ = await browser.type(code, on: waiting)
        let token = path.replacing("/sign-up/", with: "")
        let events = try await house.storedEvents().map { "\($0)" }
        await house.flushExplanations()
        let explained = try await house.store.explanations(latest: 50, at: house.clock.now).map { "\($0)" }
        for text in house.log.lines + events + explained {
            for secret in [token, code, code.replacing("-", with: ""), "four lamps", "AAAA-BBBB", "grace@"] {
                #expect(!text.contains(secret), "\(secret) in \(text)")
            }
        }
        #expect(house.log.lines.contains { $0.contains("/sign-up/…") })
    }
}
