import Identity
import OAuth
import Testing
import Web

@Suite("The first administrator")
struct FirstAdministratorJourney {
    private static let good = [
        "name": "Ada Lovelace", "email": "ada@example.org", "password": "seventeen purple lanterns",
    ]

    @Test("A setup link makes one administrator, who is then signed in, and works only once (PW13)")
    func once() async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        let browser = house.browser()
        let page = await browser.submit(await browser.get(link), Self.good)
        #expect(page.target == "/account" && page.status == 200)
        let account = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
        #expect(account.roles == [.administrator] && account.isEmailVerified)
        #expect(house.audit.count(.administratorCreated) == 1)

        let second = house.browser(from: "192.0.2.2")
        #expect(await second.get(link).status == 404)
        await #expect(throws: FirstAdministrator.AlreadyThere.self) { try await house.setupLink() }
    }

    @Test("A setup link that was used refuses a form that was open before (PW13)")
    func openForm() async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        let (first, second) = (house.browser(), house.browser(from: "192.0.2.2"))
        let form = await second.get(link)
        _ = await first.submit(await first.get(link), Self.good)
        let late = await second.submit(
            form, Self.good.merging(["email": "eve@example.org"]) { $1 })
        #expect(late.status == 404)
        #expect(try await house.store.account(canonicalEmail: "eve@example.org") == nil)
    }

    @Test("Looking at a setup link spends nothing, however often and by whatever method (PW13, ML3)")
    func looking() async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        for _ in 0..<5 {
            #expect(await house.browser().get(link).status == 200)
            #expect(await house.browser().send(.head, link).status == 200)
        }
        let browser = house.browser()
        #expect(await browser.submit(await browser.get(link), Self.good).target == "/account")
    }

    @Test("A setup link works for 24 hours and not a second longer (PW13)", arguments: [(86_399, 200), (86_400, 404)])
    func expiry(seconds: Int, status: Int) async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        let browser = house.browser()
        let form = await browser.get(link)
        house.clock.advance(Int64(seconds))
        #expect(await browser.get(link).status == status)
        let page = await browser.submit(form, Self.good)
        #expect((page.target == "/account") == (status == 200))
    }

    @Test("A new setup link ends the one before (PW13)")
    func superseded() async throws {
        let house = try await TestHouse()
        let (old, new) = (try await house.setupLink(), try await house.setupLink())
        #expect(await house.browser().get(old).status == 404)
        #expect(await house.browser().get(new).status == 200)
    }

    @Test("A link that was never made shows one page, by GET and by POST, and says nothing more (PW13, TK21)")
    func unknown() async throws {
        let house = try await TestHouse()
        let real = try await house.setupLink()
        let browser = house.browser()
        let form = await browser.get(real)
        let wrong = [
            "/setup/", "/setup/x", "/setup/msl_", String(real.dropLast()), real + "A", real + "/", real.uppercased(),
            real.replacing("msl_", with: "mpa_"), "/setup/%00", "/setup/../" + real,
        ]
        for target in wrong {
            let page = await browser.get(target)
            #expect(page.status == 404, "\(target)")
            let post = await browser.post(form, Self.good, action: target)
            #expect(post.status == 404 || post.status == 403, "\(target): \(post.status)")
        }
        #expect(try await house.store.hasAdministrator() == false)
    }

    @Test("Bad input keeps what was typed but the password, names every problem and spends nothing (PW3, PW4, PW13)")
    func badInput() async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        let browser = house.browser()
        let page = await browser.submit(
            await browser.get(link), ["name": "", "email": "not an address", "password": "short"])
        #expect(page.status == 422)
        #expect(page.value(of: "email") == "not an address")
        #expect(page.value(of: "password") == nil && !page.text.contains("short\""))
        for field in ["name", "email", "password"] { #expect(page.text.contains("href=\"#\(field)\""), "\(field)") }
        #expect(page.text.contains("<title>Error: "))

        let kept = await browser.submit(
            page, ["name": "Ada", "email": "ada@example.org", "password": "ada@example.org1"])
        #expect(kept.status == 422 && kept.value(of: "name") == "Ada")
        #expect(await browser.submit(kept, Self.good).target == "/account")
    }

    @Test(
        "Passwords that are short, too long, common or personal are refused, long plain ones are not (PW1-PW3)",
        arguments: [
            ("fourteen chars", 422), (String(repeating: "k7&", count: 342), 422), ("passwordpassword", 422),
            ("ada lovelace ada", 422), ("aaaaaaaaaaaaaaaaaaaa", 422), ("four lamps over harbour", 200),
            (String(repeating: "lantern-73.", count: 8), 200),
        ])
    func passwords(password: String, status: Int) async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        let browser = house.browser()
        let page = await browser.submit(
            await browser.get(link), Self.good.merging(["password": password]) { $1 })
        #expect(page.status == status, "\(password)")
    }

    @Test("A setup form without its token, or from another browser, makes nobody (WB6)")
    func forged() async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        let (browser, other) = (house.browser(), house.browser(from: "192.0.2.2"))
        let form = await browser.get(link)
        _ = await other.get(link)
        #expect(await browser.post(form, Self.good.merging(["csrf": "x"]) { $1 }).status == 403)
        #expect(await other.post(form, Self.good).status == 403)
        #expect(await browser.post(form, Self.good, headers: ["Origin": "https://evil.example"]).status == 403)
        #expect(try await house.store.hasAdministrator() == false)
    }

    @Test("Nobody becomes an administrator by adding fields to the form (IN4)")
    func extraFields() async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        let browser = house.browser()
        let extra = ["id": "root", "roles": "owner", "status": "disabled", "is_email_verified": "0"]
        _ = await browser.submit(await browser.get(link), Self.good.merging(extra) { $1 })
        let account = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
        #expect(account.roles == [.administrator] && account.id != "root" && account.status == .active)
    }

    @Test("Of 50 people who send the form at once, through two processes, one becomes administrator (PW13, IN3)")
    func race() async throws {
        let house = try await TestHouse()
        let sibling = try await house.sibling()
        let link = try await house.setupLink()
        let landed = await withTaskGroup(of: String.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let browser = house.browser(
                        from: "192.0.2.\(number)", through: number.isMultiple(of: 2) ? sibling : nil)
                    let form = await browser.get(link)
                    let draft = Self.good.merging(["email": "person\(number)@example.org"]) { $1 }
                    return await browser.submit(form, draft).target
                }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(landed.count { $0 == "/account" } == 1)
        #expect(try await house.store.accounts(after: nil, limit: 100).count == 1)
        #expect(house.audit.count(.administratorCreated) == 1)
    }
}
