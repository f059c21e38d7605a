import Foundation
import JSON

/// The parameters of one request, RFC 6749 §3.1 and §3.2: a repeated parameter is refused, an empty one
/// counts as absent, an unknown one is ignored by never being asked for (AZ14). Only `resource` may
/// repeat (RFC 8707 §2).
package struct Parameters: Sendable, Equatable {
    private var single: [String: String] = [:]
    package private(set) var resources: [String] = []

    package static let empty = Parameters()

    private init() {}

    /// At most 100 pairs; a value with a NUL is refused, for databases and logs do not agree on it.
    package init(_ pairs: [(name: String, value: String)]) throws(OAuthError) {
        guard pairs.count <= 100 else {
            throw .invalidRequest(
                "the request holds too many parameters",
                .form(seen: .known("\(pairs.count) parameters"), expected: "100 at most"))
        }
        for (name, value) in pairs where !value.isEmpty {
            guard !value.holdsNUL, !name.holdsNUL else {
                throw .invalidRequest(
                    "a parameter holds a NUL character",
                    .form(seen: "a parameter with a NUL character", expected: "text"))
            }
            if name == "resource" {
                resources.append(value)
                continue
            }
            guard single.updateValue(value, forKey: name) == nil else {
                throw .invalidRequest(
                    "a parameter is given more than once",
                    .form(seen: .sent("\(name) more than once"), expected: "each parameter once"))
            }
        }
    }

    package subscript(_ name: String) -> String? { single[name] }

    package var names: [String] { single.keys.sorted() }

    /// All pairs in a stable order: the form in which a pending request is kept.
    package var pairs: [(name: String, value: String)] {
        single.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + resources.map { ("resource", $0) }
    }

    /// The value, or `invalid_request` naming what is missing.
    package func required(_ name: String) throws(OAuthError) -> String {
        guard let value = single[name] else { throw .invalidRequest("\(name) is missing", .missing(name)) }
        return value
    }

    /// Without the named ones: used when a request is resumed with a demand already met.
    package func removing(_ names: Set<String>) -> Self {
        var copy = self
        for name in names { copy.single[name] = nil }
        return copy
    }
}
