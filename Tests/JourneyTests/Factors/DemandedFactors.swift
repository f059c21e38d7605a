import Identity
import OAuth
import Testing

@testable import Web
@testable import martlet

@Suite("Where a second factor or a level is demanded without an app")
struct DemandedFactors {
    private static let setUp = "/account/factors/set-up?next=%2Fadmin"

    @Test("MF6: an administrator whose time to set up a factor is over sets one up before anything is shown")
    func due() async throws {
        let house = try await TestHouse {
            $0.secondFactor.requiredRoles = ["administrator"]
            $0.secondFactor.grace = 600
        }
        _ = try await house.person(roles: [.administrator])
        let browser = await house.browser().signedIn("ada@example.org")
        #expect(await browser.get("/admin").status == 200, "from here on the time runs")
        house.clock.advance(599)
        #expect(await browser.get("/admin").status == 200)
        house.clock.advance(1)
        #expect(await browser.get("/admin").location == Self.setUp)
        #expect(await browser.get(Self.setUp).status == 200)
        // The first factor ends what was open elsewhere.
        _ = try await house.addApp()
        #expect(await browser.get("/account").location == "/sign-in")
    }

    @Test("AZ20: a level that the role demands holds for the pages of administration; what the person has is asked for")
    func level() async throws {
        let house = try await TestHouse {
            $0.secondFactor.roleLevels = [.init(name: "administrator", level: AuthenticationLevel.double)]
        }
        _ = try await house.person(roles: [.administrator])
        let browser = await house.browser().signedIn("ada@example.org")
        #expect(await browser.get("/admin").location == Self.setUp)
        let factors = try await house.addApp()
        // Whole without the factor is only who comes in from a remembered browser.
        let code = factors.authenticator.code(at: house.clock.now)
        _ = await browser.prove(code, on: await browser.halfSignedIn(), remember: true)
        browser.cookies["martlet-session"] = nil
        #expect(await browser.halfSignedIn().target == "/account")
        let page = await browser.visit("/admin")
        #expect(page.target.hasPrefix("/second-factor"))
        house.clock.advance(30)
        let next = factors.authenticator.code(at: house.clock.now)
        #expect(await browser.prove(next, on: page).location == "/admin")
        #expect(await browser.get("/admin").status == 200)
    }

    @Test("AZ20: a factor that was just proven and reaches too little leads to setting up another, not in a circle")
    func tooLittle() async throws {
        let house = try await TestHouse {
            $0.secondFactor.roleLevels = [.init(name: "administrator", level: AuthenticationLevel.resistant)]
        }
        _ = try await house.person(roles: [.administrator])
        let factors = try await house.addApp()
        let browser = house.browser()
        let code = factors.authenticator.code(at: house.clock.now)
        #expect(await browser.prove(code, on: await browser.halfSignedIn()).status == 303)
        #expect(await browser.get("/admin").location == Self.setUp)
    }

    @Test("B105: a token of a sign-in without the factor reads nothing either, once there is one")
    func reading() async throws {
        let house = try await TestAPI.house()
        let root = try await house.person("root@example.org", roles: [.administrator])
        let api = try await TestAPI.person(house, "root@example.org")
        #expect(await api.call(.get, "/people").status == 200)
        // As if one had come by another way than setting it up, which ends what was open before.
        try await house.lose(root)
        let refused = await api.call(.get, "/people")
        #expect(refused.status == 401 && refused.problem == "insufficient_user_authentication", "\(refused.text)")
        #expect(refused.header("WWW-Authenticate")?.contains("acr_values=") == true)
    }

    @Test("MF8: setting up the first factor ends the tokens from before it")
    func ended() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let api = try await TestAPI.person(house, "root@example.org")
        #expect(await api.call(.get, "/people").status == 200)
        _ = try await house.addApp("root@example.org")
        let refused = await api.call(.get, "/people")
        #expect(refused.status == 401 && refused.problem == "invalid_token", "\(refused.text)")
    }

    @Test("MF9: whose factor was waived and is lost begins the wait from a whole session, and others do not")
    func waived() async throws {
        let house = try await TestHouse { $0.secondFactor.exemptRoles = ["staff"] }
        let ada = try await house.person(roles: [Role("staff")])
        try await house.lose(ada)
        let browser = await house.browser().half()
        let step = await browser.visit("/account/address")
        #expect(step.target.hasPrefix("/second-factor") && step.text.contains(TestBrowser.lost))
        let form = await browser.askForRecovery()
        _ = await browser.type(try await house.recoveryCode(), on: form)
        #expect(try await house.stopLinks().count == 1)
        house.clock.advance(TestHouse.recoveryWait)
        let later = await house.browser().half()
        #expect(try await later.finishRecovery(house).status == 303)
        #expect(try await house.factorCount(of: ada) == 0)
    }

    @Test("Where nothing can be set up the page says what to do, and leads back and out")
    func nothing() async throws {
        let house = try await TestHouse { $0.secondFactor.methods = [] }
        _ = try await house.person()
        let page = await house.browser().signedIn("ada@example.org").get("/account/factors/set-up")
        #expect(page.status == 200 && page.text.contains("nothing that you can set up"))
        #expect(page.text.contains("href=\"/account/security\"") && page.text.contains("href=\"/logout\""))
    }

    @Test("IN9: one network may send so many answers of passkeys, at both places, and no more")
    func passkeys() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.addApp()
        let (browser, half) = (house.browser(from: "203.0.113.9"), house.browser(from: "203.0.113.10"))
        let form = await browser.get("/sign-in")
        let step = await half.halfSignedIn()
        for _ in 0..<60 {
            #expect(await browser.forge(form, ["answer": "{}"], to: "/sign-in/passkey").status != 429)
        }
        let refused = await browser.forge(form, ["answer": "{}"], to: "/sign-in/passkey")
        #expect(refused.status == 429 && refused.header("Retry-After") == "900")
        #expect(await half.forge(step, ["answer": "{}"], to: "/second-factor/passkey").status == 429)
        let other = house.browser(from: "198.51.100.9")
        let elsewhere = await other.forge(await other.get("/sign-in"), ["answer": "{}"], to: "/sign-in/passkey")
        #expect(elsewhere.status != 429)
        #expect(house.audit.count(.requestThrottled) == 2)
    }
}
