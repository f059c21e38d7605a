import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Captchas at sign-up")
struct SignUpCaptcha {
    private func house(_ change: @escaping (inout CaptchaSettings) -> Void = { _ in }) async throws
        -> TestHouse
    {
        try await TestHouse.open {
            $0.captcha.provider = .altcha
            $0.captcha.difficulty = 1000
            change(&$0.captcha)
        }
    }

    @Test("B025: a puzzle stands in the form, and its solution makes mail, once")
    func wholeWay() async throws {
        let house = try await house()
        let browser = house.browser()
        let form = await browser.get("/sign-up")
        let solution = try form.solution()
        house.clock.advance(2)
        #expect(await browser.signUp(form, ["captcha": solution]).target == "/sign-up/code")
        #expect(try await house.letters(.signUp).count == 1)
        let again = await browser.signUp(form, ["captcha": solution, "email": "other@example.org"])
        #expect(again.status == 422 && again.value(of: "email") == "other@example.org" && again.puzzle != nil)
        try await house.expect(again, Explained(.captcha, "used before", "a new one", "new puzzle"))
        #expect(try await house.letters().count == 1)
    }

    @Test("IN9: within a second nothing is sent, whatever was solved; the second try goes through")
    func timing() async throws {
        let house = try await house()
        let browser = house.browser()
        let form = await browser.get("/sign-up")
        let page = await browser.signUp(form, ["captcha": try form.solution()])
        #expect(page.status == 422 && page.summary?.hasPrefix("We could not check that you are not a robot.") == true)
        try await house.expect(page, Explained(.captcha, "within a second", "a person", "next try"))
        house.clock.advance(2)
        #expect(await browser.signUp(page, ["captcha": try page.solution()]).target == "/sign-up/code")
    }

    @Test("A solution of sign-in's puzzle, another browser's, and a form that never asked send nothing")
    func foreign() async throws {
        let house = try await house { $0.signInAfter = 0 }
        let (browser, other) = (house.browser(), house.browser())
        let form = await browser.get("/sign-up")
        let foreign = try [await browser.get("/sign-in").solution(), await other.get("/sign-up").solution()]
        house.clock.advance(5)
        for solution in foreign {
            let page = await browser.signUp(form, ["captcha": solution])
            try await house.expect(page, Explained(.captcha, "not made here for this form", "", ""))
        }
        for mark in [nil, "", "1800000000.x"] as [String?] {
            let page = await browser.signUp(form, ["captcha": try form.solution(), "captcha_page": mark])
            try await house.expect(page, Explained(.captcha, "had no captcha", "", ""))
        }
        #expect(try await house.letters().isEmpty)
    }

    @Test("IN9: without a script five go through in a quarter of an hour, the sixth is told how long to wait")
    func withoutScript() async throws {
        let house = try await house()
        let browser = house.browser()
        let form = await browser.get("/sign-up")
        house.clock.advance(2)
        for number in 0..<5 {
            #expect(await browser.signUp(form, ["email": "a\(number)@example.org"]).target == "/sign-up/code")
        }
        let page = await browser.signUp(form, ["email": "a5@example.org"])
        #expect(
            page.status == 429 && page.header("Retry-After") == "900" && page.value(of: "email") == "a5@example.org")
        #expect(
            page.summary?.contains("JavaScript is off. Turn it on and load this page again, or wait 15 minutes") == true
        )
        #expect(try await house.letters(.signUp).count == 5)
    }

    @Test("Somebody who has an account already is asked and answered the same (PW10)")
    func oneAnswer() async throws {
        let house = try await house()
        _ = try await house.person()
        var seen: Set<String> = []
        for email in ["ada@example.org", "nobody@example.org"] {
            let browser = house.browser()
            let form = await browser.get("/sign-up")
            house.clock.advance(2)
            let refused = await browser.signUp(form, ["email": email, "captcha": "x"])
            let taken = await browser.signUp(form, ["email": email, "captcha": try form.solution()])
            seen.insert("\(refused.status) \(refused.summary ?? "") \(taken.status) \(taken.target)")
        }
        #expect(seen.count == 1)
    }

    @Test("A form with faulty fields comes back without its solution being spent, and captcha.sign_up turns it off")
    func unspent() async throws {
        let house = try await house()
        let browser = house.browser()
        let form = await browser.get("/sign-up")
        let solution = try form.solution()
        house.clock.advance(2)
        #expect(await browser.signUp(form, ["captcha": solution, "email": "x"]).status == 422)
        #expect(await browser.signUp(form, ["captcha": solution]).target == "/sign-up/code")
        let off = try await self.house { $0.signUp = false }
        let stranger = off.browser()
        #expect(await stranger.signUp(await stranger.get("/sign-up")).target == "/sign-up/code")
    }
}
