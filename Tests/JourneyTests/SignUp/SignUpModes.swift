import Identity
import JSON
import OAuth
import Testing

@testable import Web
@testable import martlet

@Suite("Who may sign up")
struct SignUpModes {
    private func house(_ mode: SignUpPolicy.Mode) async throws -> TestHouse {
        try await TestHouse {
            $0.signUp.mode = mode
            if mode == .domains { $0.signUp.domains = ["example.org", "example.net"].compactMap(MailDomain.init) }
        }
    }

    @Test("JW12, AZ18: prompt=create is published where it leads to a form", arguments: SignUpPolicy.Mode.allCases)
    func published(mode: SignUpPolicy.Mode) async throws {
        let house = try await house(mode)
        let metadata = await house.browser().get("/.well-known/openid-configuration")
        let prompts = try #require(metadata["prompt_values_supported"]?.stringsValue)
        let isOffered = mode == .open || mode == .domains
        #expect(prompts.contains("create") == isOffered && prompts.contains("login"))
        let page = await house.browser().visit(TestApp.app.request(["prompt": "create"]))
        #expect(page.target.hasPrefix(isOffered ? "/sign-up?" : "/sign-in?"))
        let sentence =
            switch mode {
            case .off: "New accounts cannot be created here."
            case .invitation: "New accounts are by invitation."
            case .open, .domains: "Create account"
            }
        #expect(page.text.contains(sentence))
        #expect(await house.browser().get("/sign-in").text.contains("Create an account") == isOffered)
        #expect(await house.browser().get("/").text.contains("Create an account") == isOffered)
    }

    @Test("Where sign-up is closed there is neither form nor account", arguments: [SignUpPolicy.Mode.off, .invitation])
    func closed(mode: SignUpPolicy.Mode) async throws {
        let house = try await house(mode)
        let browser = house.browser()
        let page = await browser.get("/sign-up")
        #expect(page.status == 403 && page.forms.isEmpty)
        #expect(page.text.contains(mode == .off ? "cannot be created here" : "by invitation"))
        try await house.expect(page, Explained(.signUpPolicy, "would like", mode.rawValue, "martlet user add"))
        let post = await browser.post(
            await browser.get("/sign-in"), TestBrowser.draft.mapValues(Optional.some), action: "/sign-up")
        #expect(post.status == 403)
        #expect(try await house.letters().isEmpty)
    }

    @Test("B147: an address outside the domains is refused plainly; one inside gets its mail")
    func domains() async throws {
        let house = try await house(.domains)
        let browser = house.browser()
        let form = await browser.get("/sign-up")
        #expect(form.text.contains("An address at example.org, example.net."))
        for address in ["grace@evil.example", "grace@sub.example.org", "grace@example.org.evil.example"] {
            let page = await browser.signUp(form, ["email": address])
            #expect(page.status == 422 && page.value(of: "email") == address)
            #expect(page.text.contains("Accounts are only for addresses"))
        }
        #expect(try await house.letters().isEmpty)
        #expect(await browser.signUp(form, ["email": "Grace@EXAMPLE.net"]).target == "/sign-up/code")
    }

    @Test("B025, IN9: a form filled in faster than people type comes back with what was typed, and nothing is sent")
    func captcha() async throws {
        let house = try await TestHouse.open { $0.captcha.provider = .altcha }
        let browser = house.browser()
        let page = await browser.signUp(await browser.get("/sign-up"))
        #expect(page.status == 422 && page.value(of: "email") == "grace@example.org")
        #expect(page.value(of: "password") == nil && page.text.contains("<title>Error: "))
        #expect(try await house.letters().isEmpty)
        try await house.expect(
            page, Explained(.captcha, "", "", ""), after: [.form, .formOrigin, .signUpPolicy, .credentials])
    }

    @Test("IN9: a network that sends the form too often is told to wait, whatever the address")
    func throttled() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let form = await browser.get("/sign-up")
        for number in 0..<60 { _ = await browser.signUp(form, ["email": "a\(number)@example.org"]) }
        let page = await browser.signUp(form)
        #expect(page.status == 429 && page.header("Retry-After") == "900")
        try await house.expect(page, Explained(.throttle, "sign-up-network", "900 seconds", "trusted_proxies"))
        // Mail has a limit of its own, which is not told.
        #expect(try await house.letters(.signUp).count == 20)
    }
}
