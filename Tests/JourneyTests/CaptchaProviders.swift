import Identity
import Testing
import Web

@testable import martlet

@Suite("Captchas of other companies in pages")
struct CaptchaProviders {
    private func house(
        _ provider: CaptchaProvider, standIn: String? = nil
    ) async throws -> TestHouse {
        try await TestHouse {
            $0.captcha.provider = provider
            $0.captcha.siteKey = "site-key-of-ours"
            $0.captcha.secretKey = SecretText(text: "secret-key-of-ours")
            $0.captcha.signInAfter = 0
            // Nobody listens there.
            $0.captcha.standIn = standIn
        }
    }

    @Test(
        "The widget's hosts are allowed on the page that shows it and nowhere else, none of them by a star (WB3)",
        arguments: [
            (
                CaptchaProvider.recaptcha, "g-recaptcha", "https://www.google.com/recaptcha/api.js",
                "script-src 'self' https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/;"
            ),
            (
                .hcaptcha, "h-captcha", "https://js.hcaptcha.com/1/api.js",
                "script-src 'self' https://js.hcaptcha.com https://newassets.hcaptcha.com;"
            ),
            (
                .turnstile, "cf-turnstile", "https://challenges.cloudflare.com/turnstile/v0/api.js",
                "script-src 'self' https://challenges.cloudflare.com;"
            ),
        ])
    func policy(provider: CaptchaProvider, name: String, script: String, sources: String) async throws {
        let house = try await house(provider)
        let page = await house.browser().get("/sign-in")
        #expect(
            page.text.contains(
                "<div class=\"\(name)\" data-sitekey=\"site-key-of-ours\" data-action=\"sign_in\">"))
        #expect(page.text.contains("<script src=\"\(script)\" async defer></script>"))
        #expect(!page.text.contains("secret-key-of-ours") && page.puzzle == nil)
        let policy = try #require(page.header("Content-Security-Policy"))
        #expect(policy.contains(sources) && policy.contains("; frame-src https://"))
        for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
            #expect(policy.contains(part))
        }
        #expect(!policy.contains("*") && !policy.contains("unsafe") && !policy.contains("http:"))
        for other in ["/", "/signed-out", "/nowhere", "/setup/x", "/authorize"] {
            let elsewhere = await house.browser().get(other).header("Content-Security-Policy") ?? ""
            #expect(!elsewhere.contains("https:") && !elsewhere.contains("frame-src"), "\(other)")
        }
    }

    @Test(
        "An outage keeps the form and lets nobody pass, whatever was sent (B025, CF5)",
        arguments: [CaptchaProvider.recaptcha, .hcaptcha, .turnstile])
    func outage(provider: CaptchaProvider) async throws {
        let house = try await house(provider, standIn: "http://127.0.0.1:9")
        _ = try await house.person()
        let browser = house.browser()
        let page = await browser.get("/sign-in")
        let field = try #require(
            provider.hosted.map {
                $0 == .turnstile
                    ? "cf-turnstile-response" : $0 == .hcaptcha ? "h-captcha-response" : "g-recaptcha-response"
            })
        let form = ["email": "ada@example.org", "password": TestHouse.password]
        let kept = await browser.post(page, form.merging([field: "an answer"]) { $1 })
        #expect(kept.status == 503 && kept.value(of: "email") == "ada@example.org" && kept.cookies.isEmpty)
        #expect(kept.summary == "It could not be checked that you are not a robot. Wait a minute, then try again.")
        try await house.expect(kept, Explained(.captcha, "no usable answer", "yes or no", "captcha.provider: altcha"))
        // Neither leaving it out nor another provider's field is a way around.
        for other in [[:], [field: ""], ["captcha": "x"], ["x-\(field)": "an answer"]] {
            let unanswered = await browser.post(page, form.merging(other) { $1 })
            #expect(unanswered.status == 422 && unanswered.cookies.isEmpty)
            #expect(unanswered.summary?.hasPrefix("Please answer the check below") == true)
        }
        #expect(house.audit.events.compactMap { $0.details["reason"] }.contains("unavailable"))
        #expect(!house.log.lines.contains { $0.contains("an answer") || $0.contains("secret-key-of-ours") })
    }
}
