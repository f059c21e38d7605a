import JSON
import NIOHTTP1

/// What a client wants to hear before it sends the body of its request (RFC 9110 §10.1.1).
enum Expectation {
    /// It expects what nobody here knows how to do.
    struct Unmet: Error, Equatable {}

    /// Whether the client waits to be told to go on: only if a body is to come, and of those that go by
    /// HTTP/1.1. One that is too long already by its own account is not asked for.
    static func isToGoOn(_ head: HTTPRequestHead, maximumBody: Int) throws(Unmet) -> Bool {
        let expectations = head.headers["Expect"]
        guard !expectations.isEmpty else { return false }
        guard expectations.allSatisfy({ $0.lowercased().isExactly("100-continue") }) else { throw Unmet() }
        guard head.version == .http1_1 else { return false }
        guard let length = head.headers.first(name: "Content-Length") else {
            return head.headers.contains(name: "Transfer-Encoding")
        }
        return Int(length).map { (1...maximumBody).contains($0) } ?? false
    }
}
