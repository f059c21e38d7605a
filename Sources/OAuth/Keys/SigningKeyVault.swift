import Cryptography
import JOSE
import Synchronization

/// The signing keys in use: unsealed once, held as one `KeyRing` value that is swapped whole.
package final class SigningKeyVault: KeyRingSource {
    let store: any SigningKeyStore
    let masterKey: SealingKey
    let random: any RandomSource
    let schedule: KeySchedule
    let algorithms: [SignatureAlgorithm]
    let longestToken: Int64
    let audit: any AuditLog
    private let refreshes = InTurn()
    private let taken = Mutex<Set<String>>([])
    private let lookedUpAt = Mutex<Instant?>(nil)
    private let loaded = Mutex(Loaded(rows: [], signing: [], ring: KeyRing(signing: [], published: [])))

    /// The ring and what it was made of: while neither rows nor signing keys change, it stays.
    private struct Loaded {
        let rows: [StoredSigningKey]
        let signing: [String]
        let ring: KeyRing
    }

    /// Fails when the database belongs to another master key: a new key is never made silently in place of
    /// one that was lost.
    ///
    /// `brought` are keys made elsewhere: those that are not here yet are taken over before any is made, so that one for
    /// an algorithm that has none signs at once.
    package init(
        store: any SigningKeyStore, masterKey: SealingKey, random: any RandomSource, schedule: KeySchedule,
        algorithms: [SignatureAlgorithm], longestToken: Int64, audit: any AuditLog, brought: [SigningKey] = [],
        at now: Instant
    ) async throws {
        self.store = store
        self.masterKey = masterKey
        self.random = random
        self.schedule = schedule
        self.algorithms = algorithms
        self.longestToken = longestToken
        self.audit = audit
        try await bind()
        for key in brought { try await takeOver(key, at: now) }
        try await refresh(at: now)
    }

    /// The ids of the keys brought along that were new here.
    package var takenOver: Set<String> { taken.withLock { $0 } }

    package var keyRing: KeyRing { loaded.withLock { $0.ring } }

    /// Whoever comes while it is looked up waits for that look-up.
    package func newestKeyRing(at now: Instant) async throws -> KeyRing {
        let isFirst = lookedUpAt.withLock { last in
            defer { last = now }
            return last != now
        }
        if isFirst { try await refresh(at: now) } else { try await refreshes.run {} }
        return keyRing
    }

    /// The rows that the ring was made of.
    var storedKeys: [StoredSigningKey] { loaded.withLock { $0.rows } }

    /// Adds what is due, drops what is dead, and loads what stands in the database. Run twice a second, so that
    /// a key another process has added is known here before its tokens arrive; one look-up when nothing is new.
    /// One at a time: overtaken by another, it would put back a ring that is older.
    package func refresh(at now: Instant) async throws {
        try await refreshes.run { try await self.renew(at: now) }
    }

    private func renew(at now: Instant) async throws {
        var keys = try await store.signingKeys()
        for algorithm in algorithms where schedule.isSuccessorDue(algorithm, in: keys, at: now) {
            _ = try await add(algorithm, to: keys, signsFrom: schedule.signsFrom(algorithm, in: keys, at: now), at: now)
            keys = try await store.signingKeys()
        }
        let deadBefore = now + -(longestToken + schedule.cacheTime)
        if keys.contains(where: { $0.retiresAt.map { $0 < deadBefore } ?? false }) {
            let removed = try await store.removeSigningKeys(retiredBefore: deadBefore)
            if removed > 0 { audit.record(AuditEvent(.keysRemoved, by: .server, details: ["count": String(removed)])) }
            keys = try await store.signingKeys()
        }
        let signing = algorithms.compactMap { schedule.current($0, in: keys, at: now)?.keyID }
        let isUnchanged = loaded.withLock { $0.rows == keys && $0.signing == signing }
        guard !isUnchanged else { return }
        let fresh = Loaded(rows: keys, signing: signing, ring: try load(keys, at: now))
        loaded.withLock { $0 = fresh }
    }

    /// Publishes a successor now. It signs after the lead, or if `immediately`, for a key that must not sign any
    /// longer, as soon as every process knows it.
    package func rotate(_ algorithm: SignatureAlgorithm, immediately: Bool, at now: Instant) async throws
        -> StoredSigningKey?
    {
        let keys = try await store.signingKeys()
        let signsFrom = immediately ? now + schedule.notice : schedule.signsFrom(algorithm, in: keys, at: now)
        let added = try await add(algorithm, to: keys, signsFrom: signsFrom, at: now)
        try await refresh(at: now)
        return added
    }

    private func bind() async throws {
        if let bound = try await store.masterKeyFingerprint() {
            guard bound == masterKey.fingerprint else {
                throw MasterKeyMismatch(expected: bound, found: masterKey.fingerprint)
            }
            return
        }
        guard try await store.bind(masterKeyFingerprint: masterKey.fingerprint) else { return try await bind() }
    }

    /// Until it is there: another process may be the first to add one, and then it is not the next.
    private func takeOver(_ key: SigningKey, at now: Instant) async throws {
        while true {
            let keys = try await store.signingKeys()
            guard !keys.contains(where: { $0.keyID == key.keyID }) else { return }
            let signsFrom = schedule.signsFrom(key.algorithm, in: keys, at: now)
            guard try await add(key, to: keys, signsFrom: signsFrom, at: now) == nil else {
                return taken.withLock { _ = $0.insert(key.keyID) }
            }
        }
    }

    private func add(
        _ algorithm: SignatureAlgorithm, to keys: [StoredSigningKey], signsFrom: Instant, at now: Instant
    ) async throws -> StoredSigningKey? {
        let key = try SigningKey(privateKey: .generate(algorithm.keyType), algorithm: algorithm)
        return try await add(key, to: keys, signsFrom: signsFrom, at: now)
    }

    /// `nil` when another process was first, which is as good.
    private func add(
        _ key: SigningKey, to keys: [StoredSigningKey], signsFrom: Instant, at now: Instant
    ) async throws -> StoredSigningKey? {
        let newest = keys.filter { $0.algorithm == key.algorithm }.map(\.generation).max() ?? 0
        let row = StoredSigningKey(
            keyID: key.keyID, algorithm: key.algorithm, generation: newest + 1,
            sealedPrivateKey: try masterKey.seal(key.privateKey.der(), context: Array(key.keyID.utf8), random: random),
            createdAt: now, signsFrom: signsFrom)
        guard try await store.add(row) else { return nil }
        audit.record(
            AuditEvent(
                .keyAdded, details: ["kid": row.keyID, "alg": key.algorithm.rawValue, "signs_from": "\(signsFrom)"]))
        return row
    }

    private func load(_ keys: [StoredSigningKey], at now: Instant) throws -> KeyRing {
        let opened = try keys.map { row in
            let der = try masterKey.open(row.sealedPrivateKey, context: Array(row.keyID.utf8))
            return (row, try SigningKey(privateKey: PrivateKey(der: der), algorithm: row.algorithm))
        }
        let signing = algorithms.compactMap { algorithm in
            let current = schedule.current(algorithm, in: keys, at: now)
            return opened.first { $0.0.keyID == current?.keyID }?.1
        }
        return KeyRing(signing: signing, published: opened.map { $0.1.jwk })
    }
}

/// The database was made with another master key.
package struct MasterKeyMismatch: Error, CustomStringConvertible {
    let expected: String
    let found: String

    package var description: String {
        "the database was made with another master key (its fingerprint is \(expected), the one in Keys/ has \(found)); "
            + "put the right master key back, for without it the signing keys cannot be opened"
    }
}

extension SignatureAlgorithm {
    var keyType: KeyType {
        switch self {
        case .rs256, .ps256: .rsa
        case .es256: .p256
        case .edDSA: .ed25519
        }
    }
}
