import HTTPTypes
import NIOHTTP1

@testable import Web

/// The first lines of a request, RFC 9112 §3: `METHOD target version`, then a header a line.
struct RequestHeadTarget: FuzzTarget {
    static let name = "request-head"

    private static let mostBody = 65_536

    func check(_ bytes: [UInt8]) {
        let head = Self.head(bytes)
        if let target = try? RequestHead.target(of: head) { check(target, head) }
        let isToGoOn = (try? Expectation.isToGoOn(head, maximumBody: Self.mostBody)) ?? false
        if isToGoOn, let length = head.headers.first(name: "Content-Length") {
            demand((1...Self.mostBody).contains(Int(length) ?? 0), "no body is asked for that is too long")
        }
        if let place = HostAndPort(head.uri) { check(place) }
    }

    static func head(_ bytes: [UInt8]) -> HTTPRequestHead {
        var pieces = Pieces(bytes)
        let words = pieces.textLine().split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        let version: HTTPVersion = words.count < 3 ? .http1_1 : words[2] == "HTTP/1.0" ? .http1_0 : .http1_1
        var head = HTTPRequestHead(
            version: version, method: words.first == "OPTIONS" ? .OPTIONS : .POST,
            uri: words.count > 1 ? String(words[1]) : "")
        for line in pieces.remainingText().split(separator: "\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            // Of the others the parser in front makes no header.
            guard let name = halves.first.map(String.init), HTTPField.Name(name) != nil, halves.count == 2,
                HTTPField.isValidValue(String(halves[1]))
            else { continue }
            head.headers.add(name: name, value: String(halves[1].trimmingPrefix(" ")))
        }
        return head
    }

    private func check(_ target: String, _ head: HTTPRequestHead) {
        demand(target.utf8.first == UInt8(ascii: "/") || target == "*", "a target is a path")
        let hosts = head.headers["Host"]
        demand(hosts.count == 1 || (hosts.isEmpty && head.version == .http1_0), "one host")
        demand(hosts.allSatisfy { HostAndPort($0) != nil }, "a host is one")
        let codings = head.headers["Transfer-Encoding"]
        demand(codings.isEmpty || codings.map { $0.lowercased() } == ["chunked"], "the end of the body is beyond doubt")
        if head.uri != target {
            demand(head.uri.lowercased().hasPrefix("http"), "only an absolute target is cut")
            demand(head.uri.hasSuffix(target) || head.uri.hasSuffix(target.dropFirst()), "what is left was sent")
        }
    }

    private func check(_ place: HostAndPort) {
        let text = place.port.map { "\(place.host):\($0)" } ?? place.host
        demand(HostAndPort(text) == place, "a host that is written is read again")
        demand(
            !place.host.utf8.contains { $0 <= 0x20 || $0 >= 0x7F || "/?#@\\".utf8.contains($0) },
            "a host holds no other part")
        demand((0...65_535).contains(place.port ?? 0), "a port is one")
    }
}
