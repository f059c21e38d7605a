import JSON
import NIOHTTP1

/// What the first lines of a request must be before anything in them is believed (RFC 9112 §3): a version
/// that is spoken here, one host, a target that does not contradict it, a body whose end is beyond doubt.
enum RequestHead {
    /// The request is not let in.
    struct Refusal: Error, Equatable {}

    /// The target as path and query.
    static func target(of head: HTTPRequestHead) throws(Refusal) -> String {
        guard head.version == .http1_1 || head.version == .http1_0 else { throw Refusal() }
        try checkFraming(head)
        let host = try host(of: head)
        if head.uri.utf8.first == UInt8(ascii: "/") || (head.method == .OPTIONS && head.uri.isExactly("*")) {
            return head.uri
        }
        guard let absolute = AbsoluteTarget(head.uri), host.map(absolute.isAt) ?? true else {
            throw Refusal()
        }
        return absolute.pathAndQuery
    }

    /// A proxy that knows HTTP/1.0 alone passes `Transfer-Encoding` on without heeding it, and would see
    /// another end of the body than is seen here (§6.1).
    private static func checkFraming(_ head: HTTPRequestHead) throws(Refusal) {
        let codings = head.headers["Transfer-Encoding"]
        guard let coding = codings.first else { return }
        guard head.version == .http1_1, codings.count == 1, coding.lowercased().isExactly("chunked") else {
            throw Refusal()
        }
    }

    /// Exactly one `Host`, well-formed; HTTP/1.0 may leave it out (§3.2).
    private static func host(of head: HTTPRequestHead) throws(Refusal) -> HostAndPort? {
        let hosts = head.headers["Host"]
        if hosts.isEmpty, head.version == .http1_0 { return nil }
        guard hosts.count == 1, let host = hosts.first.flatMap(HostAndPort.init) else {
            throw Refusal()
        }
        return host
    }
}
