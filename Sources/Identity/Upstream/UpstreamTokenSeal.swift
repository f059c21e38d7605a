import Cryptography

/// Keeps what tokens a provider gave, where the settings say so: sealed, and bound to whose they are (SO11).
package struct UpstreamTokenSeal: Sendable {
    private let key: SealingKey
    private let random: any RandomSource

    /// - Parameter key: derived from the master key for this purpose alone.
    package init(key: [UInt8], random: any RandomSource) throws {
        self.key = try SealingKey(bytes: key)
        self.random = random
    }

    /// `nil` where there are none to be kept.
    func seal(_ identity: UpstreamIdentity) throws -> [UInt8]? {
        try identity.tokens.map {
            try key.seal($0, context: Array("\(identity.key.provider) \(identity.key.subject)".utf8), random: random)
        }
    }
}
