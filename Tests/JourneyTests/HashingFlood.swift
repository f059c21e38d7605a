import Testing
import Web

@Suite("A flood of passwords to hash")
struct HashingFlood {
    @Test(
        "With every hashing thread busy and the line full, everything that hashes nothing goes on (PW6, IN13)",
        .timeLimit(.minutes(5)))
    func flood() async throws {
        let gate = Gate()
        let house = try await TestHouse.narrow(gate)
        _ = try await house.person()
        gate.open()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let offline = ["scope": "openid offline_access"]
        let tokens = try await house.tokens(for: .shop, in: browser, offline)
        gate.close()

        let (first, second) = (house.browser(from: "192.0.2.2"), house.browser(from: "192.0.2.3"))
        async let running = first.signIn(await first.get("/sign-in"), "ada@example.org")
        while gate.waiting == 0 { await Task.yield() }
        async let queued = second.signIn(await second.get("/sign-in"), "ada@example.org")
        while !house.isHashingFull { await Task.yield() }

        for number in 0..<20 {
            let third = house.browser(from: "198.51.100.\(number)")
            let page = await third.signIn(await third.get("/sign-in"), "nobody@example.org")
            #expect(page.status == 503 && page.header("Retry-After") == "2")
            #expect(page.text.contains("Many people are signing in right now."))
        }
        for path in ["/.well-known/openid-configuration", "/jwks.json", "/account", "/sign-in?switch=1"] {
            #expect(await browser.visit(path).status == 200, "\(path)")
        }
        let own = await TestApp.bank.call("/token", ["grant_type": "client_credentials"], at: house.reception)
        #expect(own.status == 200)
        #expect(await TestApp.shop.refresh(tokens.refresh ?? "", at: house.reception).status == 200)
        #expect(await TestApp.shop.introspect(tokens.access, at: house.reception).isActive == true)
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 200)
        #expect(try await house.code(for: .shop, in: browser, offline).isEmpty == false)

        gate.open()
        #expect(await running.target == "/account")
        #expect(await queued.target == "/account")
        let late = house.browser(from: "198.51.100.1")
        #expect(await late.signIn(await late.get("/sign-in"), "ada@example.org").target == "/account")
    }
}
