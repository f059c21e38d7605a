import JSON
import OAuth

/// How the values of the rules are written into columns; `RowCursor` reads them again.
extension SQLValue {
    static func instant(_ instant: Instant) -> Self { .integer(instant.seconds) }
    static func instant(_ instant: Instant?) -> Self { instant.map { .integer($0.seconds) } ?? .null }
    static func text(_ text: String?) -> Self { text.map { Self.text($0) } ?? .null }
    static func digest(_ digest: TokenDigest) -> Self { .bytes(digest.bytes) }
    static func flag(_ flag: Bool) -> Self { .integer(flag ? 1 : 0) }

    /// Scope names hold no space, so the wire form can be taken apart again.
    static func scopes(_ scopes: ScopeSet) -> Self { .text(scopes.description) }
    static func scopes(_ scopes: ScopeSet?) -> Self { scopes.map { .scopes($0) } ?? .null }

    static func strings(_ strings: [String]) -> Self { .text(JSONValue.array(strings.map(JSONValue.string)).text) }

    /// A request as received: an array of pairs of name and value.
    static func parameters(_ parameters: Parameters) -> Self {
        .text(JSONValue.array(parameters.pairs.map { [.string($0.name), .string($0.value)] }).text)
    }
}
