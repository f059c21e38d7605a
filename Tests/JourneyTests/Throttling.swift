import Testing
import Web

@Suite("Guessing passwords")
struct Throttling {
    private static let wrong = "not the password at all"

    /// Sends wrong passwords and returns the statuses.
    private func guess(_ email: String, times: Int, in browser: TestBrowser) async -> [Int] {
        let form = await browser.get("/sign-in")
        var statuses: [Int] = []
        for _ in 0..<times {
            statuses.append(await browser.post(form, ["email": email, "password": Self.wrong]).status)
        }
        return statuses
    }

    @Test("After ten tries from one network even the right password waits, and Retry-After says how long (PW7)")
    func limit() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        #expect(await guess("ada@example.org", times: 10, in: browser) == Array(repeating: 422, count: 10))
        let form = await browser.get("/sign-in")
        house.clock.advance(100)
        let page = await browser.signIn(form, "ada@example.org")
        #expect(page.status == 429 && page.header("Retry-After") == "800")
        #expect(page.text.contains("14 minutes"))
        house.clock.advance(799)
        #expect(await browser.signIn(form, "ada@example.org").status == 429)
        house.clock.advance(1)
        #expect(await browser.signIn(form, "ada@example.org").target == "/account")
    }

    @Test("A new browser, another address of the network, other letters and people who do not exist count alike (PW7)")
    func sameLane() async throws {
        let house = try await TestHouse()
        for email in ["ada@example.org", "nobody@example.org"] {
            for number in 1...10 {
                let browser = house.browser(from: "192.0.2.\(number)")
                #expect(await guess(email, times: 1, in: browser) == [422])
            }
            let browser = house.browser(from: "192.0.2.200")
            #expect(await guess(email.uppercased(), times: 1, in: browser) == [429])
            #expect(await guess(" \(email) ", times: 1, in: browser) == [429])
        }
    }

    @Test("A stranger's guessing never keeps the owner's known browser out, nor a live session (PW9)")
    func knownBrowser() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (owner, live) = (house.browser(from: "192.0.2.50"), house.browser(from: "192.0.2.51"))
        for browser in [owner, live] { _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org") }
        owner.cookies["martlet-session"] = nil
        _ = await guess("ada@example.org", times: 30, in: house.browser(from: "192.0.2.99"))
        for network in 0..<20 {
            _ = await guess("ada@example.org", times: 10, in: house.browser(from: "198.51.\(network).9"))
        }
        let stranger = house.browser(from: "203.0.113.5")
        #expect(await guess("ada@example.org", times: 1, in: stranger) == [429])
        #expect(await owner.signIn(await owner.get("/sign-in"), "ada@example.org").target == "/account")
        #expect(await live.get("/account").status == 200)
    }

    @Test("A known browser that was stolen guesses no more than anybody else (PW7)")
    func stolenBrowser() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        browser.cookies["martlet-session"] = nil
        #expect(await guess("ada@example.org", times: 11, in: browser) == Array(repeating: 422, count: 10) + [429])
        let moved = house.browser(from: "203.0.113.5")
        moved.cookies = browser.cookies
        #expect(await moved.signIn(await moved.get("/sign-in"), "ada@example.org").status == 429)
    }

    @Test("Signing in oneself clears no other lane: one cannot guess at others without end (PW8)")
    func ownSuccess() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("eve@example.org")
        var admitted = 0
        for round in 1...12 {
            let own = house.browser()
            #expect(await own.signIn(await own.get("/sign-in"), "eve@example.org").target == "/account")
            admitted += await guess("ada@example.org", times: 1, in: house.browser()).count { $0 == 422 }
            #expect(admitted == min(round, 10))
        }
    }

    @Test("One network cannot try one password on everybody (PW7, IN9)")
    func spraying() async throws {
        let house = try await TestHouse()
        var statuses: [Int] = []
        for number in 0..<70 {
            statuses += await guess("person\(number)@example.org", times: 1, in: house.browser())
        }
        #expect(statuses.count { $0 == 422 } == 60)
        #expect(await guess("other@example.org", times: 1, in: house.browser(from: "203.0.113.1")) == [422])
    }

    @Test("Tries are counted together by all processes, and 40 at once get no more than ten (PW7, IN3)")
    func twoProcesses() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let statuses = await withTaskGroup(of: [Int].self) { group in
            for number in 0..<40 {
                let browser = house.browser(through: number.isMultiple(of: 2) ? sibling : nil)
                group.addTask { await guess("ada@example.org", times: 1, in: browser) }
            }
            return await group.reduce(into: [Int]()) { $0 += $1 }
        }
        #expect(statuses.count { $0 == 422 } == 10 && statuses.count { $0 == 429 } == 30)
        let browser = house.browser(through: sibling)
        #expect(await browser.signIn(await browser.get("/sign-in"), "ada@example.org").status == 429)
    }

    @Test("Naming another address in X-Forwarded-For wins no further tries (PW7, IN7)")
    func forwardedHeader() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        var statuses: [Int] = []
        for number in 0..<12 {
            let headers = ["X-Forwarded-For": "203.0.113.\(number)", "Forwarded": "for=203.0.113.\(number)"]
            let values = ["email": "ada@example.org", "password": Self.wrong]
            statuses.append(await browser.post(form, values, headers: headers).status)
        }
        #expect(statuses == Array(repeating: 422, count: 10) + [429, 429])
    }

    @Test("A refusal for too many tries says the same of a person there is and one there is not (PW10)")
    func refusalTellsNothing() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        var pages: Set<String> = []
        for email in ["ada@example.org", "nobody@example.org"] {
            let browser = house.browser()
            _ = await guess(email, times: 10, in: browser)
            let page = await browser.post(await browser.get("/sign-in"), ["email": email, "password": Self.wrong])
            let token = page.forms.first?.fields["csrf"] ?? ""
            pages.insert(
                "\(page.status) \(page.header("Retry-After") ?? "") "
                    + page.text.replacing(email, with: "…").replacing(token, with: "…")
                    .replacing(page.reference ?? "", with: "…")
                    // A passkey's challenge is another on each page.
                    .replacing(/data-options="[^"]*"/, with: ""))
        }
        #expect(pages.count == 1)
    }

    @Test("One network may begin so often and no more; others, and people signed in, go on (IN9)")
    func beginnings() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let known = house.browser(from: "203.0.113.5")
        _ = await known.signIn(await known.get("/sign-in"), "ada@example.org")
        var last = await house.browser(from: "203.0.113.9").get(TestApp.shop.request())
        #expect(last.status == 303)
        for _ in 0..<599 { last = await house.browser(from: "203.0.113.9").get(TestApp.shop.request()) }
        #expect(last.status == 303)
        let refused = await house.browser(from: "203.0.113.77").get(TestApp.shop.request())
        #expect(refused.status == 429 && refused.header("Retry-After") == "900" && refused.location == nil)
        #expect(await house.browser(from: "198.51.100.9").get(TestApp.shop.request()).status == 303)
        #expect(await known.get(TestApp.shop.request()).status == 303)
        house.clock.advance(901)
        #expect(await house.browser(from: "203.0.113.77").get(TestApp.shop.request()).status == 303)
    }
}
