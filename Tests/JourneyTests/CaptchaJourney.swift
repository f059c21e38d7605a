import Identity
import JSON
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Captchas at sign-in")
struct CaptchaJourney {
    private static let notShown =
        "Please send the form once more: there were failed tries, so we now check that no robot sends it."
    private static let again = "We could not check that you are not a robot. Please send the form once more."

    private func signIn(_ page: TestPage, in browser: TestBrowser, _ captcha: String?) async -> TestPage {
        await browser.submit(
            page, ["email": "ada@example.org", "password": TestHouse.password, "captcha": captcha], action: "/sign-in")
    }

    @Test("Nobody is asked before three failures; then the page has a puzzle, and its solution signs in (B025)")
    func wholeWay() async throws {
        let house = try await TestHouse.asking()
        _ = try await house.person()
        let browser = house.browser()
        let second = try await browser.fail(2)
        #expect(second.status == 422 && second.puzzle == nil && !second.text.contains("captcha"))
        let third = await browser.post(
            second, ["email": "ada@example.org", "password": "not the password at all"], action: "/sign-in")
        #expect(third.status == 422 && third.puzzle?["algorithm"] == "SHA-256")
        #expect(third.text.contains("This address and password do not match."))
        let script = try #require(third.text.firstMatch(of: /<script src="([^"]*-captcha\.js)" defer>/)?.1)
        #expect(await browser.get(String(script)).text.contains("ALTCHA"))
        #expect(third.header("Content-Security-Policy")?.contains("script-src 'self';") == true)
        #expect(await signIn(third, in: browser, try third.solution()).target == "/account")
        #expect(house.audit.count(.captchaRefused) == 0)
    }

    @Test("A page that was open before comes back with its address kept, a puzzle, and no password tried (B025)")
    func notShown() async throws {
        let house = try await TestHouse.asking()
        _ = try await house.person()
        let browser = house.browser()
        let early = await browser.get("/sign-in")
        _ = try await browser.fail(3)
        let failures = house.audit.count(.signInRefused)
        let page = await signIn(early, in: browser, nil)
        #expect(page.status == 422 && page.summary == Self.notShown && page.value(of: "email") == "ada@example.org")
        #expect(page.value(of: "password") == nil && page.cookies.isEmpty && page.reference != nil)
        #expect(house.audit.count(.signInRefused) == failures && house.audit.count(.captchaRefused) == 1)
        try await house.expect(
            page, Explained(.captcha, "had no captcha", "asked for it", "captcha.sign_in_after"),
            after: [.form, .formOrigin, .method])
        #expect(await signIn(page, in: browser, try page.solution()).target == "/account")
    }

    @Test("A solution is good once, at one page's browser, and not after it was altered; each time the form is kept")
    func refusals() async throws {
        let house = try await TestHouse.asking()
        _ = try await house.person()
        let (browser, other) = (house.browser(), house.browser())
        let page = try await browser.fail(3)
        let spent = try page.solution()
        #expect(
            await browser.post(page, ["email": "ada@example.org", "password": "x", "captcha": spent]).status == 422)
        let foreign = try await other.get("/sign-in").solution()
        let cases: [(String, String)] = [
            (spent, "used before"), (foreign, "not made here"), ("x", "cannot be read"),
            (String(repeating: "A", count: 9000), "cannot be read"), (spent + "AAAA", "cannot be read"),
        ]
        for (captcha, seen) in cases {
            let refused = await signIn(page, in: browser, captcha)
            #expect(refused.status == 422 && refused.summary == Self.again && refused.puzzle != nil)
            #expect(refused.value(of: "email") == "ada@example.org" && !refused.text.contains(TestHouse.password))
            try await house.expect(refused, Explained(.captcha, seen, "", "puzzle"))
        }
        #expect(house.audit.count(.captchaRefused) == cases.count)
        #expect(await other.get("/account").status == 303)
    }

    @Test("IN3: a solution that one process took, the other refuses", .timeLimit(.minutes(5)))
    func twoProcesses() async throws {
        let house = try await TestHouse.asking()
        _ = try await house.person()
        let browser = house.browser()
        let page = try await browser.fail(3)
        let solution = try page.solution()
        let elsewhere = browser.moved(to: try await house.sibling())
        let wrong = ["email": "ada@example.org", "password": "not the password at all", "captcha": solution]
        let taken = await browser.post(page, wrong)
        #expect(taken.summary?.contains("do not match") == true)
        let replayed = await signIn(page, in: elsewhere, solution)
        #expect(replayed.status == 422 && replayed.summary == Self.again)
        // A puzzle of one is solved at the other.
        #expect(await signIn(replayed, in: browser, try replayed.solution()).target == "/account")
    }

    @Test("Without a script five go through, then the page says what to do and how long to wait (IN9)")
    func withoutScript() async throws {
        let house = try await TestHouse.asking()
        _ = try await house.person()
        let browser = house.browser()
        var page = try await browser.fail(3)
        #expect(page.text.contains("<noscript>"))
        for _ in 0..<5 {
            page = await browser.post(page, ["email": "ada@example.org", "password": "not the password at all"])
            #expect(page.status == 422 && page.summary?.contains("do not match") == true)
        }
        house.clock.advance(60)
        let full = await signIn(page, in: browser, nil)
        #expect(full.status == 429 && full.header("Retry-After") == "840")
        #expect(
            full.summary?.contains("JavaScript is off. Turn it on and load this page again, or wait 14 minutes") == true
        )
        try await house.expect(full, Explained(.captcha, "without a script", "solved", "JavaScript"))
        // With one, nothing of that matters.
        #expect(await signIn(full, in: browser, try full.solution()).target == "/account")
    }

    @Test("A page left open for an hour still signs in: what was solved too late passes as if there were no script")
    func late() async throws {
        let house = try await TestHouse.asking { $0.signInAfter = 0 }
        _ = try await house.person()
        let browser = house.browser()
        let page = await browser.get("/sign-in")
        house.clock.advance(3600)
        #expect(await signIn(page, in: browser, try page.solution()).target == "/account")
    }

    @Test("A page left open where too many have sent forms without scripts is not told that JavaScript is off")
    func lateInAFullLane() async throws {
        let house = try await TestHouse.asking { $0.signInAfter = 0 }
        _ = try await house.person()
        let browser = house.browser()
        let page = await browser.get("/sign-in")
        let solution = try page.solution()
        house.clock.advance(3600)
        let other = house.browser(from: "192.0.2.77")
        let form = await other.get("/sign-in")
        for _ in 0..<5 { _ = await signIn(form, in: other, nil) }
        #expect(await signIn(form, in: other, nil).status == 429)
        let late = await signIn(page, in: browser, solution)
        #expect(late.status == 422 && late.summary == Self.again && late.header("Retry-After") == nil)
        try await house.expect(late, Explained(.captcha, "more than ten minutes", "newer", "another puzzle"))
        #expect(await signIn(late, in: browser, solution).status == 422)
        #expect(await signIn(late, in: browser, try late.solution()).target == "/account")
    }

    @Test("An address that nobody has is asked for like one that somebody has, page for page (PW10)")
    func oneAnswer() async throws {
        let house = try await TestHouse.asking()
        _ = try await house.person()
        var seen: [String] = []
        for (number, email) in ["ada@example.org", "nobody@example.org"].enumerated() {
            var pages: [String] = []
            for attempt in 1...4 {
                // Each from elsewhere: only the address has failed before.
                let browser = house.browser(from: "198.51.\(number * 10 + attempt).1")
                let page = try await browser.fail(1, as: email)
                pages.append("\(page.status) \(page.summary ?? "") \(page.puzzle == nil)")
            }
            seen.append(pages.joined(separator: "\n").replacing(email, with: "…"))
        }
        #expect(seen[0] == seen[1] && seen[0].contains(Self.notShown))
    }

    @Test("Strangers who fail elsewhere do not make it ask where the person has signed in before (PW9)")
    func atHome() async throws {
        let house = try await TestHouse.asking()
        _ = try await house.person()
        let home = house.browser(from: "203.0.113.1")
        _ = await home.signIn(await home.get("/sign-in"), "ada@example.org")
        _ = await home.submit(await home.get("/logout"), ["decision": "sign-out"])
        for number in 1...4 { _ = try await house.browser(from: "198.51.\(number).1").fail(1) }
        #expect(await home.signIn(await home.get("/sign-in"), "ada@example.org").target == "/account")
        let stranger = house.browser(from: "203.0.113.1")
        #expect(await stranger.signIn(await stranger.get("/sign-in"), "ada@example.org").summary == Self.notShown)
    }

    @Test("A form with faulty fields spends no solution")
    func faultyFields() async throws {
        let house = try await TestHouse.asking { $0.signInAfter = 0 }
        _ = try await house.person()
        let browser = house.browser()
        let page = await browser.get("/sign-in")
        let solution = try page.solution()
        #expect(await browser.post(page, ["email": "ada", "password": "", "captcha": solution]).status == 422)
        #expect(await signIn(page, in: browser, solution).target == "/account")
    }

    @Test("Off is off: neither after failures nor at once is anything asked, noted or said")
    func off() async throws {
        let house = try await TestHouse.asking { ($0.provider, $0.signInAfter) = (.off, 0) }
        let page = try await house.browser().fail(5)
        #expect(page.puzzle == nil && !page.text.contains("captcha") && page.summary?.contains("do not match") == true)
    }
}
