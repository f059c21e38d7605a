import OAuth
import Synchronization

/// Keys in a store whose next answer can be held back: it was read, and is on its way.
final class SlowKeyStore: SigningKeyStore {
    private enum Gate { case open, closing, closed(CheckedContinuation<Void, Never>) }

    private let store: any SigningKeyStore
    private let gate = Mutex(Gate.open)

    init(store: any SigningKeyStore) {
        self.store = store
    }

    func holdNextReading() { gate.withLock { $0 = .closing } }

    var isHolding: Bool {
        gate.withLock { if case .closed = $0 { true } else { false } }
    }

    func release() {
        gate.withLock { gate in
            if case .closed(let waiting) = gate { waiting.resume() }
            gate = .open
        }
    }

    func signingKeys() async throws -> [StoredSigningKey] {
        let keys = try await store.signingKeys()
        await withCheckedContinuation { continuation in
            gate.withLock { gate in
                if case .closing = gate { gate = .closed(continuation) } else { continuation.resume() }
            }
        }
        return keys
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
