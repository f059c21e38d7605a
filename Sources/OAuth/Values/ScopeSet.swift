/// An ordered set of scope tokens, RFC 6749 §3.3.
package struct ScopeSet: Sendable, Equatable, CustomStringConvertible, ExpressibleByArrayLiteral {
    package private(set) var names: [String] = []

    package static let openid = "openid"
    package static let offlineAccess = "offline_access"

    package init(arrayLiteral names: String...) {
        self.init(names)
    }

    package init(_ names: some Sequence<String>) {
        for name in names where !self.names.contains(name) {
            self.names.append(name)
        }
    }

    /// Reads the wire form: tokens of printable ASCII without `"` and `\`, separated by single spaces.
    package init(parsing text: String) throws(OAuthError) {
        let tokens = text.split(separator: " ")
        let isToken = { (token: Substring) in
            token.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        }
        guard tokens.count <= 64, tokens.allSatisfy(isToken) else {
            throw .invalidScope("scope holds a character that no scope may hold", .scopeUnreadable)
        }
        self.init(tokens.map(String.init))
    }

    package func contains(_ name: String) -> Bool { names.contains(name) }
    package func isSubset(of other: Self) -> Bool { names.allSatisfy(other.contains) }
    package func intersection(_ other: Self) -> Self { Self(names.filter(other.contains)) }
    package func union(_ other: Self) -> Self { Self(names + other.names) }
    package func subtracting(_ other: Self) -> Self { Self(names.filter { !other.contains($0) }) }
    package var isEmpty: Bool { names.isEmpty }
    package var description: String { names.joined(separator: " ") }
}
