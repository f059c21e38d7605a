import OAuth
import Synchronization

/// Keys in a store that counts how often they are read.
final class CountingKeyStore: SigningKeyStore {
    private let store: any SigningKeyStore
    private let count = Mutex(0)

    init(store: any SigningKeyStore) {
        self.store = store
    }

    var readings: Int { count.withLock { $0 } }

    func signingKeys() async throws -> [StoredSigningKey] {
        count.withLock { $0 += 1 }
        return try await store.signingKeys()
    }

    func add(_ key: StoredSigningKey) async throws -> Bool { try await store.add(key) }

    func removeSigningKeys(retiredBefore instant: Instant) async throws -> Int {
        try await store.removeSigningKeys(retiredBefore: instant)
    }

    func masterKeyFingerprint() async throws -> String? { try await store.masterKeyFingerprint() }

    func bind(masterKeyFingerprint: String) async throws -> Bool {
        try await store.bind(masterKeyFingerprint: masterKeyFingerprint)
    }
}
