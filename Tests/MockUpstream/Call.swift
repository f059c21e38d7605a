import Cryptography
import Foundation
import JSON
import OAuth

/// A request as it came.
struct Call: Sendable {
    let method: String
    /// Without the query.
    let path: String
    let query: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    /// `http://127.0.0.1:PORT`, where this process listens.
    let origin: String

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }

    var mediaType: String? {
        header("content-type")?.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }

    var isForm: Bool { mediaType == "application/x-www-form-urlencoded" }
    var isJSON: Bool { mediaType == "application/json" }
    var text: String { String(decoding: body, as: UTF8.self) }

    func queried() throws(OAuthError) -> OAuth.Parameters { try .init(form: query) }
    func posted() throws(OAuthError) -> OAuth.Parameters { try .init(form: text) }

    /// RFC 6750 §2.1; never from a form or a query.
    var bearer: String? { credentials(of: "Bearer") }

    /// RFC 6749 §2.3.1: name and secret, each form-encoded before they are joined.
    var basic: (id: String, secret: String)? {
        guard let bytes = credentials(of: "Basic").flatMap({ Base64.decode($0) }) else { return nil }
        let halves = String(decoding: bytes, as: UTF8.self).split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let id = halves.first, halves.count == 2, let secret = halves.last else { return nil }
        return (OAuth.Parameters.decoded(id), OAuth.Parameters.decoded(secret))
    }

    private func credentials(of scheme: String) -> String? {
        let words = (header("authorization") ?? "").split(separator: " ", maxSplits: 1)
        guard words.count == 2, let name = words.first, name.lowercased() == scheme.lowercased() else { return nil }
        return words.last.map(String.init)
    }

    /// What the log tells of it.
    func record(provider: Provider?, endpoint: Endpoint?) -> JSONValue {
        var fields = JSONObject()
        for header in headers {
            let name = header.name.lowercased()
            let before = fields[name]?.stringValue.map { $0 + ", " } ?? ""
            fields[name] = .string(before + header.value)
        }
        return [
            "provider": provider.map { .string($0.rawValue) } ?? nil,
            "endpoint": endpoint.map { .string($0.rawValue) } ?? nil,
            "method": .string(method), "path": .string(path), "query": .string(query), "headers": .object(fields),
            "body": .string(text),
        ]
    }
}

extension OAuth.Parameters {
    /// `application/x-www-form-urlencoded`; a repeated parameter is refused.
    init(form text: String) throws(OAuthError) {
        var pairs: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            pairs.append((Self.decoded(halves.first ?? ""), halves.count == 2 ? Self.decoded(halves.last ?? "") : ""))
        }
        try self.init(pairs)
    }

    static func decoded(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? ""
    }
}
