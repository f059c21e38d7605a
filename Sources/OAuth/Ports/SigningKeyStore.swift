import Cryptography

/// Signing keys, private parts sealed. What each key does at a moment follows from its times alone, so
/// that several processes on one database agree without talking.
package protocol SigningKeyStore: Sendable {
    func signingKeys() async throws -> [StoredSigningKey]

    /// Adds a key unless its algorithm already has one of this generation. Atomic: of two processes that
    /// rotate at once exactly one gets `true`. The predecessor's `retiresAt` is written in the same step.
    func add(_ key: StoredSigningKey) async throws -> Bool

    /// Removes keys that have been retired since before this instant; returns how many.
    func removeSigningKeys(retiredBefore instant: Instant) async throws -> Int

    /// The fingerprint of the master key this database was made with, or `nil` in an empty one.
    func masterKeyFingerprint() async throws -> String?

    /// Binds an unbound database to a master key. `false` when it is bound already.
    func bind(masterKeyFingerprint: String) async throws -> Bool
}

/// One row of signing key.
package struct StoredSigningKey: Sendable, Equatable {
    /// `kid`: the RFC 7638 thumbprint; also the associated data of the seal (CR3).
    package let keyID: String
    package let algorithm: SignatureAlgorithm
    /// 1, 2, 3… per algorithm.
    package let generation: Int64
    package let sealedPrivateKey: [UInt8]
    package let createdAt: Instant
    /// Published since `createdAt`, signing from here on.
    package let signsFrom: Instant
    /// When its successor takes over; `nil` while there is none.
    package let retiresAt: Instant?

    package init(
        keyID: String, algorithm: SignatureAlgorithm, generation: Int64, sealedPrivateKey: [UInt8],
        createdAt: Instant, signsFrom: Instant, retiresAt: Instant? = nil
    ) {
        self.keyID = keyID
        self.algorithm = algorithm
        self.generation = generation
        self.sealedPrivateKey = sealedPrivateKey
        self.createdAt = createdAt
        self.signsFrom = signsFrom
        self.retiresAt = retiresAt
    }
}
