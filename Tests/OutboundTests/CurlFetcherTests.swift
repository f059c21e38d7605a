import Foundation
import OAuth
import Outbound
import Testing

@Suite("Fetching: TLS checked, no redirects, five seconds, one mebibyte (SO9)", .serialized)
struct CurlFetcherTests {
    private let server: LoopbackServer
    private let fetcher: CurlFetcher

    init() throws {
        server = try LoopbackServer()
        fetcher = try Self.fetcher(milliseconds: 300_000)
    }

    private func get(_ path: String, by other: CurlFetcher? = nil) async throws -> OutboundResponse {
        try await (other ?? fetcher).fetch(OutboundRequest(method: "GET", url: server.address(path)))
    }

    /// The one most tests use would wait for minutes: what ends sooner was not ended by its clock, and a busy
    /// machine fails nothing.
    private static func fetcher(milliseconds: Int) throws -> CurlFetcher {
        var limits = FetchLimits()
        limits.milliseconds = milliseconds
        return try CurlFetcher(limits: limits)
    }

    @Test("The limits are those of the rule")
    func limits() {
        let limits = FetchLimits()
        #expect(limits.milliseconds == 5000 && limits.bytes == 1_048_576)
    }

    @Test("An answer arrives with status, type and body")
    func answer() async throws {
        let response = try await get("/ok")
        #expect(
            response.status == 200 && response.contentType == "application/json" && response.body == Array("{}".utf8))
        let missing = try await get("/missing")
        #expect(missing.status == 404 && missing.contentType == nil && missing.body == Array("no".utf8))
        server.stop()
    }

    @Test("Method, headers and body are sent as they are, and nothing of one request reaches the next")
    func request() async throws {
        let headers = [
            (name: "Authorization", value: "Basic eDp5"),
            (name: "Content-Type", value: "application/x-www-form-urlencoded"),
        ]
        let body = Array("grant_type=x&code=\u{0}y".utf8)
        _ = try await fetcher.fetch(
            OutboundRequest(
                method: "POST", url: server.address("/ok"), headers: headers,
                body: body))
        _ = try await get("/ok")
        let (first, second) = (server.received.first ?? "", server.received.last ?? "")
        #expect(first.hasPrefix("POST /ok HTTP/1.1\r\n") && first.hasSuffix("\r\n\r\ngrant_type=x&code=\u{0}y"))
        #expect(first.contains("Authorization: Basic eDp5\r\n") && !first.contains("Expect"))
        #expect(second.hasPrefix("GET /ok HTTP/1.1\r\n") && !second.contains("Authorization"))
        server.stop()
    }

    @Test("A POST without a body does not wait for one, and a body may be large")
    func bodies() async throws {
        #expect(try await fetcher.fetch(OutboundRequest(method: "POST", url: server.address("/ok"))).status == 200)
        let body = [UInt8](repeating: 0x78, count: 100_000)
        let request = OutboundRequest(method: "POST", url: server.address("/ok"), body: body)
        #expect(try await fetcher.fetch(request).status == 200)
        #expect(server.received.last?.utf8.count ?? 0 > 100_000)
        server.stop()
    }

    @Test("A redirect is an answer: it is not followed")
    func redirect() async throws {
        #expect(try await get("/redirect").status == 302)
        #expect(server.received.count == 1)
        server.stop()
    }

    @Test("An upstream that says nothing, or one byte at a time, is left", arguments: ["/hang", "/drip"])
    func timeout(_ path: String) async throws {
        let impatient = try Self.fetcher(milliseconds: 300)
        await #expect(throws: FetchFault.timedOut) { try await get(path, by: impatient) }
        server.stop()
    }

    @Test("An answer over the limit is not read on", arguments: ["/large", "/declared", "/headers"])
    func tooLarge(_ path: String) async {
        await #expect(throws: FetchFault.tooLarge) { try await get(path) }
        server.stop()
    }

    @Test("Half an answer, or none, is no answer", arguments: ["/garbage", "/short"])
    func broken(_ path: String) async {
        await #expect(throws: FetchFault.self) { try await get(path) }
        server.stop()
    }

    @Test("Nothing is unpacked: a small answer cannot become a large one")
    func compression() async throws {
        #expect(try await get("/gzip").body == Array("abc".utf8))
        #expect(server.received.first?.contains("Accept-Encoding") == false)
        server.stop()
    }

    @Test(
        "Only https, and http on this machine, is an address",
        arguments: [
            "", "x", "/ok", "http://", "ftp://127.0.0.1/x", "file:///etc/passwd", "gopher://127.0.0.1/",
            "dict://127.0.0.1/",
            "smtp://127.0.0.1/", "http://example.com/", "http://10.0.0.1/", "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/", "http://user:pw@127.0.0.1/", "https://user@example.com/",
            "http://localhost.example/",
            "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/", "javascript:alert(1)", "https://exa mple/",
            "http://127.0.0.1/\r\nX: y",
            "http://127.0.0.1:99999/", "https://", "unix:///tmp/x", "http://127.0.0.1\\@example.com/",
        ])
    func badAddress(_ address: String) async {
        await #expect(throws: FetchFault.address) {
            try await fetcher.fetch(OutboundRequest(method: "GET", url: address))
        }
        server.stop()
    }

    @Test(
        "A header or method that would break its line is not sent",
        arguments: [
            ("GET", "X-A", "b\r\nX-C: d"), ("GET", "X-A", "b\n"), ("GET", "X-A\r\n", "b"), ("GET", "", "b"),
            ("GET", "X:A", "b"),
            ("GET", "X-A", "b\u{0}"), ("GET /x", "X-A", "b"), ("", "X-A", "b"), ("get", "X-A", "b"),
        ])
    func badHeader(_ method: String, _ name: String, _ value: String) async {
        let request = OutboundRequest(method: method, url: server.address("/ok"), headers: [(name: name, value: value)])
        await #expect(throws: FetchFault.malformedRequest) { try await fetcher.fetch(request) }
        #expect(server.received.isEmpty)
        server.stop()
    }

    @Test("Nobody there is no answer")
    func refused() async {
        server.stop()
        await #expect(throws: FetchFault.self) { try await get("/ok") }
    }

    @Test("https towards a server that does not speak it is refused")
    func noTLS() async {
        let address = server.address("/ok").replacing("http:", with: "https:")
        await #expect(throws: FetchFault.self) { try await fetcher.fetch(OutboundRequest(method: "GET", url: address)) }
        server.stop()
    }

    @Test("Who is cancelled does not wait")
    func cancellation() async throws {
        let task = Task { try await get("/hang") }
        while server.received.isEmpty { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        server.stop()
    }

    @Test("Slow and quick transfers share the thread without waiting for one another")
    func together() async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 { group.addTask { (try? await get("/hang").status) ?? 0 } }
            for _ in 0..<40 { group.addTask { try await get("/ok").status } }
            var good = 0
            while good < 40, let status = try await group.next() { good += status == 200 ? 1 : 0 }
            #expect(good == 40)
            group.cancelAll()
        }
        server.stop()
    }
}
