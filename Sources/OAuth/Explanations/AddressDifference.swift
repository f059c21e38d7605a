import JSON

/// The registered address that a refused one was probably meant to be, and where the two differ.
///
/// Part by part and in linear time: a stranger chooses the text.
package struct AddressDifference: Sendable, Equatable {
    package let nearest: String
    /// In words, e.g. `a slash too many at the end`. Of what was sent it repeats a port at most.
    package let words: String

    /// `nil` when nothing is registered.
    package init?(_ presented: String, among registered: [String]) {
        let sent = AddressParts(presented)
        let ranked = registered.map { (uri: $0, distance: sent.distance(to: AddressParts($0))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        nearest = best.uri
        let differences = sent.differences(from: AddressParts(best.uri))
        words =
            differences.isEmpty ? "letters that look alike but are not the same" : differences.joined(separator: "; ")
    }
}

/// An address taken apart by its punctuation alone.
struct AddressParts {
    let scheme: String
    let host: String
    let port: String
    let path: String
    let query: String
    let fragment: String

    init(_ text: String) {
        let text = text.prefix(2048)
        var rest = text[...]
        fragment = Self.splitting(&rest, at: "#")
        query = Self.splitting(&rest, at: "?")
        guard let colon = rest.firstIndex(of: ":") else {
            (scheme, host, port, path) = ("", "", "", String(rest))
            return
        }
        scheme = String(rest[..<colon])
        rest = rest[rest.index(after: colon)...]
        guard rest.hasPrefix("//") else {
            (host, port, path) = ("", "", String(rest))
            return
        }
        rest = rest.dropFirst(2)
        let authority = rest.prefix { $0 != "/" }
        path = String(rest[authority.endIndex...])
        let digits = authority.reversed().prefix { $0.isASCII && $0.isNumber }.count
        let head = authority.dropLast(digits)
        (host, port) =
            head.hasSuffix(":") ? (String(head.dropLast()), String(authority.suffix(digits))) : (String(authority), "")
    }

    private static func splitting(_ text: inout Substring, at mark: Character) -> String {
        guard let place = text.firstIndex(of: mark) else { return "" }
        defer { text = text[..<place] }
        return String(text[text.index(after: place)...])
    }

    /// A wrong host weighs more than a wrong path: who has two apps on one host has them under paths.
    func distance(to other: Self) -> Int {
        4 * Self.distance(host, other.host) + 2 * Self.distance(path, other.path) + Self.distance(scheme, other.scheme)
            + Self.distance(port, other.port) + Self.distance(query, other.query)
    }

    /// How many letters lie between the common beginning and the common end.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        let head = zip(a, b).prefix { $0 == $1 }.count
        let tail = zip(a.dropFirst(head).reversed(), b.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        return max(a.count, b.count) - head - tail
    }

    func differences(from registered: Self) -> [String] {
        [
            Self.scheme(scheme, registered.scheme), Self.host(host, registered.host), Self.port(port, registered.port),
            Self.path(path, registered.path),
            query.isExactly(registered.query)
                ? nil : registered.query.isEmpty ? "a query that is not registered" : "another query than registered",
            fragment.isEmpty ? nil : "a fragment (#…), which no redirect address may have",
        ].compactMap { $0 }
    }

    private static func scheme(_ sent: String, _ registered: String) -> String? {
        guard !sent.isExactly(registered) else { return nil }
        if sent.isEmpty { return "it is no whole address: \(registered): is missing at the beginning" }
        if sent.isExactly("http"), registered.isExactly("https") { return "http instead of https" }
        if sent.isExactly("https"), registered.isExactly("http") { return "https instead of http" }
        return "another scheme than \(registered)"
    }

    private static func host(_ sent: String, _ registered: String) -> String? {
        guard !sent.isExactly(registered) else { return nil }
        if sent.contains("@") { return "user information before the host" }
        if sent.lowercased().isExactly(registered.lowercased()) { return "capital letters in the host" }
        return RedirectURI.isLoopback(sent) && RedirectURI.isLoopback(registered)
            ? "another name for this machine than \(registered)" : "another host than \(registered)"
    }

    private static func port(_ sent: String, _ registered: String) -> String? {
        guard !sent.isExactly(registered) else { return nil }
        return switch (sent.isEmpty, registered.isEmpty) {
        case (true, _): "no port, registered \(registered)"
        case (_, true): "a port, \(sent.prefix(5)), registered without one"
        default: "another port: \(sent.prefix(5)), registered \(registered)"
        }
    }

    private static func path(_ sent: String, _ registered: String) -> String? {
        guard !sent.isExactly(registered) else { return nil }
        if sent.isExactly(registered + "/") { return "a slash too many at the end" }
        if registered.isExactly(sent + "/") { return "a slash is missing at the end" }
        if sent.lowercased().isExactly(registered.lowercased()) { return "capital and small letters in the path" }
        let common = zip(sent.utf8, registered.utf8).prefix { $0 == $1 }.count
        let head = String(decoding: registered.utf8.prefix(common), as: UTF8.self)
        return head.count <= 1 ? "another path than \(registered)" : "the path differs after \(head)"
    }
}
