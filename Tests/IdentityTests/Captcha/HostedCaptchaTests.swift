import Identity
import OAuth
import Synchronization
import Testing

@Suite("B046, B089: another company's captcha")
struct HostedCaptchaTests {
    private static let good = #"{"success":true,"hostname":"id.example.org","action":"sign_up","cdata":"x"}"#

    private static let outage = CaptchaRefusal(.unavailable, detail: "Outage()")

    private func fault(
        _ body: String, status: Int = 200, by provider: HostedCaptcha.Provider = .turnstile,
        for form: CaptchaForm = .signUp, response: String? = "answer of the widget"
    ) async -> CaptchaFault? {
        let fetcher = ScriptedFetcher { _ in
            OutboundResponse(status: status, contentType: "application/json", body: Array(body.utf8))
        }
        return await captcha(provider, fetcher).refusal(of: response, for: form)?.fault
    }

    private func captcha(_ provider: HostedCaptcha.Provider, _ fetcher: ScriptedFetcher) -> HostedCaptcha {
        HostedCaptcha(
            provider, siteKey: "site-key", secretKey: "secret-key-1", hostname: "id.example.org", fetcher: fetcher)
    }

    @Test("The provider is asked by POST with secret and answer, at its own address (IN11)")
    func request() async throws {
        let addresses: [HostedCaptcha.Provider: String] = [
            .recaptcha: "https://www.google.com/recaptcha/api/siteverify",
            .hcaptcha: "https://api.hcaptcha.com/siteverify",
            .turnstile: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        ]
        for provider in HostedCaptcha.Provider.allCases {
            let fetcher = ScriptedFetcher { _ in
                OutboundResponse(status: 200, contentType: nil, body: Array(Self.good.utf8))
            }
            #expect(await captcha(provider, fetcher).refusal(of: "a&b=c\r\nX: y", for: .signUp) == nil)
            let request = try #require(fetcher.requests.first)
            #expect(request.method == "POST" && request.url == addresses[provider] && fetcher.requests.count == 1)
            let body = String(decoding: request.body ?? [], as: UTF8.self)
            #expect(body == "secret=secret-key-1&response=a%26b%3Dc%0D%0AX%3A%20y&sitekey=site-key")
            #expect(request.headers.allSatisfy { !$0.value.contains("secret-key") })
        }
    }

    @Test(
        "What is not a plain yes is no (CF5)",
        arguments: [
            (#"{"success":false}"#, CaptchaFault.denied), (#"{"success":false,"error-codes":[]}"#, .denied),
            (#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#, .denied),
            (#"{"success":false,"error-codes":["already-seen-response"]}"#, .denied),
            (#"{"success":false,"error-codes":["invalid-input-secret"]}"#, .wrongKey),
            (#"{"success":false,"error-codes":["x","missing-input-secret"]}"#, .wrongKey),
            (#"{"success":false,"error-codes":["internal-error"]}"#, .unavailable),
            (#"{"success":"true","hostname":"id.example.org","action":"sign_up"}"#, .unavailable),
            (#"{"success":1,"hostname":"id.example.org","action":"sign_up"}"#, .unavailable),
            (#"{"hostname":"id.example.org","action":"sign_up"}"#, .unavailable),
            (#"{"success":true,"success":true,"hostname":"id.example.org"}"#, .unavailable),
            (#"{"success":true,"action":"sign_up"}"#, .wrongHost),
            (#"{"success":true,"hostname":"","action":"sign_up"}"#, .wrongHost),
            (#"{"success":true,"hostname":"evil.example","action":"sign_up"}"#, .wrongHost),
            (#"{"success":true,"hostname":"id.example.org.evil.example","action":"sign_up"}"#, .wrongHost),
            (#"{"success":true,"hostname":["id.example.org"],"action":"sign_up"}"#, .wrongHost),
            (#"{"success":true,"hostname":"ID.example.org","action":"sign_up"}"#, .wrongHost),
            (#"{"success":true,"hostname":"id.example.org"}"#, .wrongAction),
            (#"{"success":true,"hostname":"id.example.org","action":"recovery"}"#, .wrongAction),
            ("", .unavailable), ("<html>Busy</html>", .unavailable), ("[]", .unavailable), ("true", .unavailable),
            (String(repeating: "[", count: 5000), .unavailable),
        ])
    func answers(body: String, expected: CaptchaFault) async {
        #expect(await fault(body) == expected)
    }

    @Test(
        "Any other status is no answer, whatever the body says",
        arguments: [100, 201, 204, 301, 302, 403, 404, 429, 500, 503])
    func statuses(status: Int) async {
        #expect(await fault(Self.good, status: status) == .unavailable)
    }

    @Test("An operator is told how an answer failed, and nothing of what it said")
    func detail() async throws {
        let fetcher = ScriptedFetcher { _ in
            OutboundResponse(status: 502, contentType: "text/html", body: Array("<p>secret-key-1".utf8))
        }
        let refusal = try #require(await captcha(.hcaptcha, fetcher).refusal(of: "x", for: .recovery))
        #expect(refusal.finding.seen.text == "no usable answer of the provider: status 502, 15 bytes")
        #expect(Self.outage.finding.seen.text.hasSuffix("Outage()"))
    }

    @Test("A refusal with 400 is a refusal, a success with 400 is none")
    func badRequest() async {
        #expect(await fault(#"{"success":false,"error-codes":["invalid-input-response"]}"#, status: 400) == .denied)
        #expect(await fault(Self.good, status: 400) == .denied)
    }

    @Test("Where a provider tells no action, none is asked for; Turnstile's must be the form's")
    func actions() async {
        for provider in [HostedCaptcha.Provider.recaptcha, .hcaptcha] {
            #expect(await fault(#"{"success":true,"hostname":"id.example.org"}"#, by: provider) == nil)
        }
        #expect(await fault(Self.good) == nil)
        #expect(await fault(Self.good, for: .recovery) == .wrongAction)
    }

    @Test("Nothing sent, or far too much, is refused without asking anybody")
    func unasked() async {
        let fetcher = ScriptedFetcher { _ in throw Outage() }
        let hosted = captcha(.turnstile, fetcher)
        #expect(await hosted.refusal(of: nil, for: .signUp) == CaptchaRefusal(.unanswered))
        #expect(await hosted.refusal(of: String(repeating: "x", count: 16_385), for: .signUp)?.fault == .malformed)
        #expect(fetcher.requests.isEmpty)
        #expect(await hosted.refusal(of: "x", for: .signUp) == Self.outage)
    }

    @Test("Printed, it shows neither key (CF3)")
    func printing() {
        let hosted = captcha(.hcaptcha, ScriptedFetcher { _ in throw Outage() })
        var text = "\(hosted) \(String(reflecting: hosted))"
        dump(CaptchaJudge.hosted(hosted), to: &text)
        #expect(!text.contains("secret-key") && text.contains("hcaptcha"))
    }

    @Test("A provider is asked about three hundred answers of a network in a quarter of an hour, not more (IN9)")
    func manyQuestions() async throws {
        let door = try await Door()
        let fetcher = ScriptedFetcher { _ in throw Outage() }
        let captcha = Captcha(
            judge: .hosted(captcha(.turnstile, fetcher)), rules: CaptchaRules(), key: [1], throttle: door.throttle,
            spent: door.store, accounts: door.store, browsers: door.store, audit: door.audit)
        for number in 0...300 {
            let place = CaptchaPlace.at(number % 2 == 0 ? .signUp : .recovery)
            let mark = captcha.pageMark(for: place, at: Door.noon)
            let outcome = try await captcha.check(pageMark: mark, response: "x", at: place, Door.noon + 9)
            let expected = number < 300 ? Self.outage : CaptchaRefusal(.tooMany, retryAfter: 900)
            #expect(outcome == .refused(expected))
        }
        #expect(fetcher.requests.count == 300)
        let elsewhere = CaptchaPlace.at(.recovery, from: "192.0.2.1")
        let mark = captcha.pageMark(for: elsewhere, at: Door.noon)
        let outcome = try await captcha.check(pageMark: mark, response: "x", at: elsewhere, Door.noon)
        #expect(outcome == .refused(Self.outage))
    }

    @Test("An outage keeps the form and tells the figures apart from a refusal; no limited way stands open (CF5)")
    func failsClosed() async throws {
        let door = try await Door()
        let tallies = Tallies()
        let captcha = Captcha(
            judge: .hosted(captcha(.recaptcha, ScriptedFetcher { _ in throw Outage() })), rules: CaptchaRules(),
            key: [1], throttle: door.throttle, spent: door.store, accounts: door.store,
            browsers: door.store, audit: door.audit, tally: { tallies.add($1) })
        let here = CaptchaPlace.at(.recovery)
        let mark = captcha.pageMark(for: here, at: Door.noon)
        for (response, refusal) in [("x", Self.outage), (nil, CaptchaRefusal(.unanswered))] {
            let outcome = try await captcha.check(pageMark: mark, response: response, at: here, Door.noon)
            #expect(outcome == .refused(refusal))
        }
        #expect(tallies.all == [.unavailable, .refused])
        #expect(door.audit.events.map { $0.details["reason"] } == ["unavailable", "unanswered"])
    }
}

private struct Outage: Error {}

/// A provider that says what it is told to.
private final class ScriptedFetcher: HTTPFetcher {
    private let kept = Mutex<[OutboundRequest]>([])
    private let answer: @Sendable (OutboundRequest) throws -> OutboundResponse

    init(_ answer: @escaping @Sendable (OutboundRequest) throws -> OutboundResponse) {
        self.answer = answer
    }

    var requests: [OutboundRequest] { kept.withLock { $0 } }

    func fetch(_ request: OutboundRequest) async throws -> OutboundResponse {
        kept.withLock { $0.append(request) }
        return try answer(request)
    }
}
