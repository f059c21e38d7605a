import Identity
import JSON
import OAuth
import Synchronization
import TestSupport
import Testing

@Suite("SO9: what comes over the wire")
struct WireTests {
    private static let token = "https://discord.com/api/oauth2/token"
    private static let me = "https://discord.com/api/v10/users/@me"

    private let upstream = ScriptedUpstream()
    private let secrets: UpstreamSecrets

    init() throws {
        secrets = try .sample()
        upstream.on(Self.token, ["access_token": "d-1", "token_type": "Bearer"])
        upstream.on(Self.me, ["id": "1", "username": "nelly"])
    }

    private func discord(
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) -> any UpstreamConversation {
        UpstreamConversations.make(.sample(.discord), fetcher: upstream, wait: wait)
    }

    private func fault(_ answer: OutboundResponse) async -> String? {
        upstream.on(Self.me) { _ in answer }
        return await discord().fault(secrets)?.words
    }

    @Test("Redirections are never followed", arguments: [300, 301, 302, 303, 307, 308])
    func redirections(status: Int) async {
        let words = await fault(.json(["id": "1"], status: status))
        #expect(words == "answer: users/@me: status \(status), a redirection, which is never followed")
        #expect(upstream.requests.count == 2)
    }

    @Test("Whatever is not 200 is no profile", arguments: [100, 201, 204, 206, 400, 401, 403, 404, 410])
    func statuses(status: Int) async {
        #expect(
            await fault(.json(["id": "1"], status: status))?.hasPrefix("answer: users/@me: status \(status)") == true)
    }

    @Test("What is broken there is an outage", arguments: [429, 500, 502, 503, 504, 599])
    func outages(status: Int) async {
        let page = OutboundResponse(status: status, contentType: "text/html", body: Array("<h1>Bad Gateway".utf8))
        #expect(await fault(page) == "unavailable: users/@me: status \(status)")
    }

    @Test(
        "Only JSON is JSON",
        arguments: [
            nil, "", "text/html", "text/json", "application/javascript", "application/jsonp",
            "application/x-www-form-urlencoded",
            "text/html; application/json", "application/jwt",
        ])
    func types(type: String?) async {
        #expect(await fault(.json(["id": "1"], type: type))?.hasPrefix("answer: users/@me: content type") == true)
    }

    @Test(
        "JSON by any of its names",
        arguments: ["application/json", "Application/JSON ;charset=utf-8", "application/x+json"])
    func goodTypes(type: String) async {
        #expect(await fault(.json(["id": "1", "username": "n"], type: type)) == nil)
    }

    @Test("Half, twice, too deep, too long, or no JSON at all is no answer")
    func bodies() async {
        let bodies = [
            "", "{\"id\":\"1\"", "{\"id\":\"1\",\"id\":\"2\"}", "[]", "\"1\"", "null", "<html>", "id=1",
            "{\"id\":\"1\"} x", "{\"id\":\"a\\u0000b\"}", "{\"a\":" + String(repeating: "[", count: 20) + "]",
            "{\"a\":\(String(repeating: "[", count: 17))\(String(repeating: "]", count: 17))}",
            "{\"id\":\"1\",\"a\":\"\(String(repeating: "x", count: 1 << 20))\"}",
        ]
        for body in bodies {
            let answer = OutboundResponse(status: 200, contentType: "application/json", body: Array(body.utf8))
            let words = await fault(answer)
            #expect(words?.hasPrefix("answer: users/@me: not") == true, "\(body.prefix(40)): \(words ?? "none")")
        }
    }

    @Test("An access token that no header could hold is none")
    func tokens() async {
        let tokens: [JSONValue?] = [
            nil, .null, "", "a b", "a\r\nX: y", "ä", 7, .string(String(repeating: "a", count: 16_385)),
        ]
        for token in tokens {
            var answer: JSONObject = ["token_type": "Bearer"]
            answer["access_token"] = token
            upstream.on(Self.token, .object(answer))
            #expect(await discord().fault(secrets)?.reason == "exchange")
        }
        upstream.on(Self.token, ["access_token": "d-1", "token_type": "mac"])
        #expect(await discord().fault(secrets)?.reason == "exchange")
        #expect(upstream.requests(to: Self.me).isEmpty)
    }

    @Test("Five seconds in all: whoever hangs, the person is told, even if the wire heeds nothing")
    func deadline() async {
        let gate = Turnstile(places: 0)
        let asked = Turnstile(places: 0)
        upstream.on(Self.me) { _ in
            asked.leave()
            await gate.enter()
            return .json(["id": "1"])
        }
        let waited = Mutex<[Duration]>([])
        let conversation = discord { duration in
            waited.withLock { $0.append(duration) }
            await asked.enter()
        }
        let fault = await conversation.fault(secrets)
        #expect(fault?.words == "unavailable: no complete answer within five seconds")
        #expect(waited.withLock { $0 } == [.seconds(5)])
        gate.leave()
    }

    @Test("Discovery counts in the five seconds, and on the way there too")
    func slowDiscovery() async throws {
        let gate = Turnstile(places: 0)
        upstream.on("https://op.example/.well-known/openid-configuration") { _ in
            await gate.enter()
            return .json([:])
        }
        let conversation = UpstreamConversations.make(
            .sample(.openid) { $0.issuer = "https://op.example" }, fetcher: upstream, wait: { _ in })
        #expect(await conversation.fault(secrets)?.reason == "unavailable")
        await #expect(throws: UpstreamFault.self) { _ = try await conversation.address(secrets) }
        gate.leave()
    }

    @Test("Five outages running open the breaker; thirty seconds later one is let through")
    func breaker() async {
        let conversation = discord()
        upstream.on(Self.me) { _ in throw Unreachable() }
        for _ in 0..<5 {
            #expect(await conversation.fault(secrets)?.words == "unavailable: users/@me: Unreachable()")
        }
        let asked = upstream.requests.count
        for seconds: Int64 in [0, 1, 29] {
            #expect(await conversation.fault(secrets, at: .sample + seconds)?.words.contains("left alone") == true)
            await #expect(throws: UpstreamFault.self) {
                _ = try await conversation.address(secrets, at: .sample + seconds)
            }
        }
        #expect(upstream.requests.count == asked)
        #expect(await conversation.fault(secrets, at: .sample + 30)?.words.contains("Unreachable") == true)
        #expect(await conversation.fault(secrets, at: .sample + 59)?.words.contains("left alone") == true)
        upstream.on(Self.me, ["id": "1", "username": "n"])
        #expect(await conversation.fault(secrets, at: .sample + 60) == nil)
        #expect(await conversation.fault(secrets, at: .sample + 60) == nil)
    }

    @Test("One trial at a time, and a clock that was put back holds nobody up")
    func trial() async {
        let gate = Turnstile(places: 0)
        let asked = Turnstile(places: 0)
        let conversation = discord()
        upstream.on(Self.me, status: 503, [:])
        for _ in 0..<5 { _ = await conversation.fault(secrets) }
        upstream.on(Self.me) { _ in
            asked.leave()
            await gate.enter()
            return .json(["id": "1", "username": "n"])
        }
        async let first = conversation.fault(secrets, at: .sample + 30)
        await asked.enter()
        #expect(await conversation.fault(secrets, at: .sample + 30)?.words.contains("left alone") == true)
        gate.leave()
        #expect(await first == nil)
        upstream.on(Self.me, status: 503, [:])
        for _ in 0..<5 { _ = await conversation.fault(secrets) }
        #expect(await conversation.fault(secrets, at: .sample + -100)?.words.contains("left alone") == false)
    }

    @Test("What is refused or meaningless is an answer: it opens nothing, and breaks the row of outages")
    func refusalsAreAnswers() async {
        let conversation = discord()
        for number in 0..<12 {
            upstream.on(Self.me, status: number % 4 == 3 ? 404 : 503, [:])
            #expect(await conversation.fault(secrets)?.words.contains("left alone") == false)
        }
        upstream.on(Self.token, status: 400, ["error": "invalid_grant"])
        for _ in 0..<20 {
            #expect(await conversation.fault(secrets)?.words == "exchange: status 400, invalid_grant")
        }
    }
}
