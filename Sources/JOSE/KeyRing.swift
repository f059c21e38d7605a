import Cryptography
import JSON

/// The keys of this house at one moment: which one signs, and which are published. A value, swapped whole when keys
/// rotate, so that a request sees one state throughout.
package struct KeyRing: Sendable {
    private let signing: [SigningKey]
    private let publishedIDs: Set<String>
    let published: JWKSet

    /// What the key set address answers (RFC 7517 §5), made once. Public members only (JW8).
    package let jwksDocument: [UInt8]

    /// - Parameters:
    ///   - signing: the current key of each algorithm.
    ///   - published: next, current and old keys. A key that signs is published even if it is missing here.
    package init(signing: [SigningKey], published: [JWK]) {
        var all: [JWK] = []
        for key in published + signing.map(\.jwk) where !all.contains(where: { Self.areSame($0, key) }) {
            all.append(key)
        }
        self.signing = signing
        self.published = JWKSet(keys: all)
        self.publishedIDs = Set(all.compactMap(\.keyID))
        self.jwksDocument = self.published.json.bytes()
    }

    package func signingKey(_ algorithm: SignatureAlgorithm) -> SigningKey? {
        signing.first { $0.algorithm == algorithm }
    }

    package func verificationKey(id: String) -> JWK? {
        published.key(id: id)
    }

    /// Whether there is a key of that name among those that are published.
    package func publishes(keyID: String) -> Bool { publishedIDs.contains(keyID) }

    /// The algorithms that can sign: RS256, PS256, ES256, EdDSA, in this order.
    package var algorithms: [SignatureAlgorithm] {
        SignatureAlgorithm.allCases.filter { signingKey($0) != nil }
    }

    /// One RSA key may stand twice, for RS256 and for PS256.
    private static func areSame(_ a: JWK, _ b: JWK) -> Bool {
        guard let name = a.keyID, let other = b.keyID else { return false }
        return name.isExactly(other) && a.algorithm == b.algorithm
    }
}
