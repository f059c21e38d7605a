import Demo
import Hummingbird
import Logging
import NIOEmbedded
import OAuth
import Synchronization

/// A browser that keeps its cookies and follows nothing by itself.
final class DemoBrowser: Sendable {
    struct Page {
        let status: Int
        let text: String
        let location: String?
        let cookie: String?
        let policy: String?

        /// The hidden field of the first form.
        var csrf: String {
            text.split(separator: "name=\"csrf\" value=\"").dropFirst().first?.split(separator: "\"").first.map(
                String.init) ?? ""
        }

        /// The parameters of the address it leads to.
        func query(_ name: String) -> String {
            let pairs = location?.split(separator: "?").last?.split(separator: "&") ?? []
            let value = pairs.first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1) ?? ""
            return value.removingPercentEncoding ?? ""
        }
    }

    private let demo: DemoApplication
    private let cookies = Mutex<[String]>([])

    init(_ demo: DemoApplication) { self.demo = demo }

    var cookie: String? { cookies.withLock { $0.last } }
    func forgetCookies() { cookies.withLock { $0 = [] } }
    func useCookie(_ cookie: String) { cookies.withLock { $0 = [cookie] } }

    func get(_ path: String) async throws -> Page {
        try await send(demo.application(), path, method: .get, body: "")
    }

    func post(_ path: String, _ form: String) async throws -> Page {
        try await send(demo.application(), path, method: .post, body: form)
    }

    /// Home, then the button: where the browser would go to.
    func pressSignIn() async throws -> Page {
        let home = try await get("/")
        return try await post("/sign-in", "csrf=\(home.csrf)")
    }

    private func send<App: ApplicationProtocol>(
        _ app: App, _ path: String, method: HTTPRequest.Method, body: String
    ) async throws -> Page {
        var headers: HTTPFields = [:]
        headers[.cookie] = cookie
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: path,
                headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(string: body)))
        let source = ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: Logger(label: "test"))
        let context = App.Responder.Context(source: source)
        let response = try await app.responder.respond(to: request, context: context)
        let collected = Collected()
        try await response.body.write(Writer(collected: collected))
        let set = response.headers[.setCookie]
        if let set { cookies.withLock { $0.append(String(set.prefix { $0 != ";" })) } }
        return Page(
            status: response.status.code, text: collected.text.withLock { $0 }, location: response.headers[.location],
            cookie: set, policy: response.headers[.contentSecurityPolicy])
    }

    private final class Collected: Sendable {
        let text = Mutex("")
    }

    private struct Writer: ResponseBodyWriter {
        let collected: Collected

        func write(_ buffer: ByteBuffer) async throws {
            collected.text.withLock { $0 += String(buffer: buffer) }
        }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
