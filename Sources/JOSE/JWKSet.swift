import JSON

/// A set of public keys, RFC 7517 §5.
package struct JWKSet: Sendable, Equatable {
    /// More than anybody needs, and as many as one verification will try.
    static let maximumCount = 32

    package let keys: [JWK]

    package init(keys: [JWK]) {
        self.keys = keys
    }

    /// Reads a set. Keys for other uses and of unknown kinds are passed over, as §5 asks.
    ///
    /// A key of a known kind that must not be used, a private or a weak one, refuses the set: a client that registers
    /// it should hear of it. `skippingBadKeys` is for a set fetched from someone who cannot be told.
    package init(_ value: JSONValue, skippingBadKeys: Bool = false) throws(JOSEFault) {
        guard let elements = value.objectValue?["keys"]?.arrayValue else {
            throw .malformed("a key set must be an object with a list of keys")
        }
        guard elements.count <= Self.maximumCount else { throw .malformed("more than \(Self.maximumCount) keys") }
        var keys: [JWK] = []
        for element in elements {
            do throws(JOSEFault) {
                keys.append(try JWK(element))
            } catch {
                if case .unsupportedAlgorithm = error { continue }
                guard skippingBadKeys else { throw error }
            }
        }
        self.keys = keys
    }

    package var json: JSONValue { ["keys": .array(keys.map(\.json))] }

    /// The first key of that name.
    package func key(id: String) -> JWK? { keys(id: id).first }

    /// The keys a token may be signed with: of the name its header gives, or all if it gives none. A name is not
    /// unique in a set (RFC 7517 §4.5).
    package func keys(id: String?) -> [JWK] {
        guard let id else { return keys }
        return keys.filter { $0.keyID?.isExactly(id) ?? false }
    }
}
