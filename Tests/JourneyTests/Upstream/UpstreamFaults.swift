import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

/// One way in which nothing comes of it, and what a person and an operator are told.
struct UpstreamFaultCase: Sendable, CustomTestStringConvertible {
    let fault: UpstreamFault
    let status: Int
    let sentence: String
    /// Parts of what an operator reads: seen, expected, to repair.
    let seen: String
    let expected: String
    let repair: String

    var testDescription: String { "\(fault.reason): \(seen)" }

    /// What a provider might say, of all that must not stand on a page of ours.
    static let poison = "<script>alert(1)</script> see https://evil.example/help or call +1 555 0100"

    private static let failed = "Signing in with GitHub did not work. Try again, or sign in another way."
    private static let down = "GitHub does not answer. Try again in a minute, or sign in another way."

    static let all = [
        UpstreamFaultCase(
            fault: .denied, status: 200,
            sentence: "You did not go on at GitHub. Try again, or sign in another way.",
            seen: "error=access_denied", expected: "a code", repair: "said no"),
        UpstreamFaultCase(
            fault: .refused(.sent(poison)), status: 400, sentence: failed, seen: "evil.example", expected: "a code",
            repair: "refused the request"),
        UpstreamFaultCase(
            fault: .issuer(.sent("https://evil.example/")), status: 400, sentence: failed,
            seen: "https://evil.example/",
            expected: "RFC 9207", repair: "issuer, base_url and clock"),
        UpstreamFaultCase(
            fault: .unavailable("no answer within 5 seconds"), status: 503, sentence: down, seen: "within 5 seconds",
            expected: "within 5 seconds and 1 MiB", repair: "martlet check"),
        UpstreamFaultCase(
            fault: .answer(.sent(poison)), status: 502, sentence: failed, seen: "evil.example",
            expected: "as it documents it", repair: "martlet check"),
        UpstreamFaultCase(
            fault: .exchange(.sent(poison)), status: 502, sentence: failed, seen: "evil.example",
            expected: "tokens for the code", repair: "client_id, secret and the callback address"),
        UpstreamFaultCase(
            fault: .idToken("nonce: another"), status: 502, sentence: failed, seen: "nonce: another",
            expected: "passes every check", repair: "issuer, base_url and clock"),
        UpstreamFaultCase(
            fault: .identity(.sent(poison)), status: 502, sentence: failed, seen: "evil.example",
            expected: "whom the settings of github admit", repair: "organisation"),
    ]
}

@Suite("When nothing comes of signing in by a provider")
struct UpstreamFaults {
    @Test(
        "CF5, CF2: one sentence, the request alive, nothing made, one event, and why under the reference",
        arguments: UpstreamFaultCase.all)
    func fault(_ expected: UpstreamFaultCase) async throws {
        let upstream = try await UpstreamHouse.make()
        _ = try await upstream.house.person()
        let browser = upstream.house.browser()
        let start = await browser.visit(TestApp.shop.request())
        let url = try await upstream.go("github", in: browser, from: start)
        try upstream["github"].fail(with: expected.fault)
        let before = try await upstream.house.written()
        let page = await browser.get(try upstream.agree(to: url, as: UpstreamHouse.identity("github")))
        #expect(page.status == expected.status && page.heading == "Sign in to continue to Shop")
        #expect(page.summary == expected.sentence)
        #expect(page.reference == page.header("X-Request-Id") && page.reference?.count == 10)
        #expect(!page.text.contains("evil.example") && !page.text.contains("alert(1)"))
        let explained = Explained(.upstream, expected.seen, expected.expected, expected.repair)
        try await upstream.house.expect(page, explained)
        let gained = try await upstream.house.gains(since: before)
        #expect(
            gained == Written(events: ["upstream_refused provider=github reason=\(expected.fault.reason)"]), "\(gained)"
        )
        #expect(!browser.isSignedIn)
        let answer = await upstream.house.answer(
            to: .shop, after: await browser.signIn(page, "ada@example.org"), in: browser)
        #expect(answer.answer["code"] != nil, "the request is gone on with by the password")
    }

    @Test("CF5: after each of them the same button works at the next try", arguments: UpstreamFaultCase.all)
    func nextTry(_ expected: UpstreamFaultCase) async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let start = await browser.visit(TestApp.app.request())
        let url = try await upstream.go("github", in: browser, from: start)
        try upstream["github"].fail(with: expected.fault)
        let page = await browser.get(try upstream.agree(to: url, as: UpstreamHouse.identity("github")))
        try upstream["github"].fail(with: nil)
        let answer = try await upstream.enter(as: UpstreamHouse.identity("github"), in: browser, from: page)
        #expect(answer.answer["code"] != nil)
    }

    @Test("SO9: a provider that cannot even be gone to is said on the page, and leaves nothing behind")
    func start() async throws {
        let upstream = try await UpstreamHouse.make()
        try upstream["google"].failAtStart(with: .unavailable("no answer"))
        let browser = upstream.house.browser()
        let start = await browser.visit(TestApp.app.request())
        let page = await browser.post(start, [:], action: "/upstream/google")
        #expect(page.status == 503 && page.away == nil && page.heading == "Sign in to continue to App")
        #expect(page.summary?.hasPrefix("Google does not answer.") == true)
        try await upstream.house.expect(page, Explained(.upstream, "no answer", "google", "martlet check"))
        #expect(upstream.refusals == ["google unavailable"])
        #expect(
            try await upstream.house.store.database.read {
                try $0.rows("SELECT state FROM upstream_attempts", []).count
            } == 0)
        // Other providers are not touched.
        #expect(
            try await upstream.enter(as: UpstreamHouse.identity("github"), in: browser, from: page).answer["code"]
                != nil)
    }

    @Test(
        "CF5, WB1: what is brought back in the address stands on no page, whatever it is",
        arguments: ["error", "error_description", "error_uri", "error_reason", "code", "iss", "user", "state", "scope"])
    func reflected(name: String) async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let url = try await upstream.go("facebook", in: browser)
        var answer = ["error": "server_error", "error_description": "no"]
        answer[name] = UpstreamFaultCase.poison
        answer["state"] = name == "state" ? UpstreamFaultCase.poison : ScriptedProvider.parameter("state", of: url)
        let page = await browser.get(try upstream["facebook"].answer(answer))
        #expect(page.status == 400 && page.heading == "Sign in" && page.summary?.contains("Facebook") == true)
        for part in ["evil.example", "alert(1)", "+1 555", "server_error"] {
            #expect(!page.text.contains(part), "\(part)")
        }
        #expect(!page.reply.headers.contains { $0.value.contains("evil") })
        #expect(upstream.house.audit.count(.upstreamRefused) == 1)
        #expect(!upstream.house.audit.events.contains { "\($0)".contains("evil") })
    }

    @Test("CF5: faults of a house for which nobody is signed in lead back to where the person was going")
    func next() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let start = await browser.get("/sign-in?next=%2Faccount%2Fdata")
        let url = try await upstream.go("github", in: browser, from: start)
        let page = await browser.get(try upstream["github"].refuse(url, ["error": "access_denied"]))
        #expect(page.forms.allSatisfy { $0.fields["next"] == "/account/data" })
        #expect(
            try await upstream.comeBack(as: UpstreamHouse.identity("github"), in: browser, from: page).location
                == "/account/data")
    }

    @Test("CF5: whose paused request is over is told so kindly, and is signed in all the same")
    func requestOver() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let start = await browser.visit(TestApp.app.request())
        let url = try await upstream.go("github", in: browser, from: start)
        _ = try await upstream.house.store.database.change { try $0.execute("DELETE FROM pending_authorizations", []) }
        let page = await browser.visit(try upstream.agree(to: url, as: UpstreamHouse.identity("github")))
        #expect(page.status < 500 && page.answer["code"] == nil && browser.isSignedIn)
    }

    @Test("IN9: three hundred beginnings a quarter of an hour are enough for one network; the page says when again")
    func flood() async throws {
        let upstream = try await UpstreamHouse.make()
        let browser = upstream.house.browser()
        let page = await browser.get("/sign-in")
        for _ in 1...300 { _ = try await upstream.go("github", in: browser, from: page) }
        let refused = await browser.post(page, [:], action: "/upstream/github")
        #expect(refused.status == 429 && refused.header("Retry-After") != nil && refused.away == nil)
        try await upstream.house.expect(refused, Explained(.throttle, "upstream-network", "", ""))
        let other = upstream.house.browser(from: "198.51.100.20")
        _ = try await upstream.go("github", in: other)
        upstream.house.clock.advance(901)
        _ = try await upstream.go("github", in: browser, from: page)
    }
}

extension TestHouse {
    /// Through whatever an app's request still asks for.
    func answer(to app: TestApp, after page: TestPage, in browser: TestBrowser) async -> TestPage {
        guard page.forms.contains(where: { $0.action == "/consent" }) else { return page }
        return await browser.submit(page, ["decision": "allow"], action: "/consent")
    }
}
