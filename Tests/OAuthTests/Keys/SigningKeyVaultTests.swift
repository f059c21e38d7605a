import Cryptography
import JOSE
import JSON
import OAuth
import Storage
import Testing

@Suite("The signing keys in use (JW8, CR3, CR5, OP5)")
struct SigningKeyVaultTests {
    static let day: Int64 = 86_400
    static let noon = Provider.noon
    /// What verifiers may still hold in their hands: the longest token and a cached key set.
    static let afterglow: Int64 = 900 + 3600

    private let provider: Provider
    private let master: SealingKey

    init() async throws {
        provider = try await Provider()
        master = try SealingKey(bytes: Array(1...32))
    }

    private func vault(
        _ algorithms: [SignatureAlgorithm] = [.es256], master other: SealingKey? = nil, brought: [SigningKey] = [],
        at now: Instant = noon
    ) async throws -> SigningKeyVault {
        try await SigningKeyVault(
            store: provider.store, masterKey: other ?? master, random: SystemRandom(), schedule: KeySchedule(),
            algorithms: algorithms, longestToken: 900, audit: provider.audit, brought: brought, at: now)
    }

    private func signing(_ vault: SigningKeyVault, _ algorithm: SignatureAlgorithm = .es256) throws -> String {
        try #require(vault.keyRing.signingKey(algorithm)).keyID
    }

    private func published(_ vault: SigningKeyVault) throws -> [String] {
        let keys = try JSONObject(vault.keyRing.jwksDocument)["keys"]?.arrayValue ?? []
        return try keys.map { try #require($0.objectValue?["kid"]?.stringValue) }
    }

    @Test("A new house has one key for each algorithm, signing at once; starting again makes none")
    func first() async throws {
        let vault = try await vault([.es256, .edDSA])
        #expect(vault.keyRing.algorithms == [.es256, .edDSA])
        let again = try await self.vault([.es256, .edDSA], at: Self.noon + 60)
        #expect(try signing(again) == signing(vault))
        #expect(try await provider.store.signingKeys().count == 2)
        #expect(provider.audit.kinds == [.keyAdded, .keyAdded])
    }

    @Test("JW8: published a day before it signs, kept until the last token is dead")
    func timeline() async throws {
        let vault = try await vault()
        let old = try signing(vault)
        try await vault.refresh(at: Self.noon + (89 * Self.day - 1))
        #expect(try published(vault) == [old])
        try await vault.refresh(at: Self.noon + 89 * Self.day)
        #expect(try published(vault).count == 2 && signing(vault) == old)
        try await vault.refresh(at: Self.noon + (90 * Self.day - 1))
        #expect(try published(vault).count == 2 && signing(vault) == old)
        let turn = Self.noon + 90 * Self.day
        try await vault.refresh(at: turn)
        let new = try signing(vault)
        #expect(new != old)
        try await vault.refresh(at: turn + Self.afterglow)
        #expect(try Set(published(vault)) == [old, new])
        try await vault.refresh(at: turn + (Self.afterglow + 1))
        #expect(try published(vault) == [new])
    }

    @Test("OP5: over two years of rotation, every token verifies until it is dead, with a key set an hour old")
    func twoYears() async throws {
        let vault = try await vault()
        var keySet = vault.keyRing
        var now = Self.noon
        var generations: Set<String> = []
        while now < Self.noon + 730 * Self.day {
            try await vault.refresh(at: now)
            let key = try #require(vault.keyRing.signingKey(.es256))
            generations.insert(key.keyID)
            let token = try JWT.signed(claims: Array("{}".utf8), type: .accessToken, by: key)
            // Clients hold the set of six hours ago, which is longer than they may.
            #expect(throws: Never.self) { try JWTVerification(type: .accessToken).verify(token, keys: keySet) }
            keySet = vault.keyRing
            now = now + Self.day / 4
        }
        #expect(generations.count == 9)
    }

    @Test("Two vaults on one store that find a key due at once agree on one")
    func twoVaults() async throws {
        let (a, b) = (try await vault(), try await vault())
        #expect(try signing(a) == signing(b))
        let due = Self.noon + 89 * Self.day
        try await withThrowingTaskGroup(of: Void.self) { group in
            for vault in [a, b, a, b] { group.addTask { try await vault.refresh(at: due) } }
            try await group.waitForAll()
        }
        #expect(try await provider.store.signingKeys().count == 2)
        for vault in [a, b] { try await vault.refresh(at: due + Self.day) }
        #expect(try signing(a) == signing(b) && published(a) == published(b))
    }

    @Test("Two vaults that open an empty store at once agree on one key and one master key")
    func twoFirsts() async throws {
        let made = try await withThrowingTaskGroup(of: SigningKeyVault.self) { group in
            for _ in 0..<4 { group.addTask { try await vault() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for vault in made { try await vault.refresh(at: Self.noon) }
        #expect(try Set(made.map { try signing($0) }).count == 1)
    }

    @Test("OP5: a reading that took long does not put back an older ring over a newer one")
    func overtaking() async throws {
        let slow = SlowKeyStore(store: provider.store)
        let vault = try await SigningKeyVault(
            store: slow, masterKey: master, random: SystemRandom(), schedule: KeySchedule(), algorithms: [.es256],
            longestToken: 900, audit: provider.audit, at: Self.noon)
        slow.holdNextReading()
        let late = Task { try await vault.refresh(at: Self.noon) }
        while !slow.isHolding { await Task.yield() }
        let added = try #require(
            try await self.vault().rotate(.es256, immediately: false, at: Self.noon))
        let early = Task { try await vault.refresh(at: Self.noon) }
        // Time enough for the second to overtake the first, if it could.
        for _ in 0..<2000 { await Task.yield() }
        slow.release()
        try await late.value
        try await early.value
        #expect(try published(vault).contains(added.keyID))
    }

    @Test("OP5: another process's key is found when a token by it comes; made-up ones cost one look-up a second")
    func unseen() async throws {
        let counted = CountingKeyStore(store: provider.store)
        let here = try await SigningKeyVault(
            store: counted, masterKey: master, random: SystemRandom(), schedule: KeySchedule(), algorithms: [.es256],
            longestToken: 900, audit: provider.audit, at: Self.noon)
        let before = counted.readings
        let added = try #require(try await vault().rotate(.es256, immediately: true, at: Self.noon))
        #expect(try !published(here).contains(added.keyID))
        let rings = try await withThrowingTaskGroup(of: KeyRing.self) { group in
            for _ in 0..<50 { group.addTask { try await here.newestKeyRing(at: Self.noon) } }
            return try await group.reduce(into: [KeyRing]()) { $0.append($1) }
        }
        #expect(rings.allSatisfy { $0.verificationKey(id: added.keyID) != nil })
        #expect(counted.readings == before + 1, "one for all of them")
        for age in [0, 0, 1, 1, 1, 2] as [Int64] { _ = try await here.newestKeyRing(at: Self.noon + age) }
        #expect(counted.readings == before + 3)
    }

    @Test("Rotating by hand publishes a successor now; rotating at once signs when every process knows the key")
    func byHand() async throws {
        let vault = try await vault()
        let old = try signing(vault)
        let waiting = try #require(try await vault.rotate(.es256, immediately: false, at: Self.noon))
        #expect(waiting.signsFrom == Self.noon + Self.day)
        #expect(try signing(vault) == old && published(vault).contains(waiting.keyID))
        let hurried = try #require(try await vault.rotate(.es256, immediately: true, at: Self.noon))
        #expect(try signing(vault) == old && published(vault).contains(hurried.keyID))
        try await vault.refresh(at: Self.noon + 2)
        #expect(try signing(vault) == hurried.keyID)
        try await vault.refresh(at: Self.noon + Self.day)
        #expect(try signing(vault) == hurried.keyID)
        #expect(try published(vault) == [hurried.keyID])
    }

    @Test("CR5: another master key is refused at the door, and makes nothing")
    func otherMasterKey() async throws {
        _ = try await vault()
        let other = try SealingKey(bytes: Array(2...33))
        await #expect(throws: MasterKeyMismatch.self) { try await vault(master: other) }
        #expect(try await provider.store.signingKeys().count == 1)
    }

    @Test("CR3: private keys are stored sealed, each to its own row")
    func sealed() async throws {
        let vault = try await vault([.es256, .edDSA])
        let rows = try await provider.store.signingKeys()
        let der = try #require(vault.keyRing.signingKey(.es256)).privateKey.der()
        for row in rows { #expect(!row.sealedPrivateKey.starts(with: der) && row.sealedPrivateKey != der) }
        let (one, other) = (try #require(rows.first), try #require(rows.last))
        #expect(throws: Never.self) { try master.open(one.sealedPrivateKey, context: Array(one.keyID.utf8)) }
        #expect(throws: (any Error).self) { try master.open(one.sealedPrivateKey, context: Array(other.keyID.utf8)) }
    }

    @Test("JW8: the key set holds public parts only")
    func publicOnly() async throws {
        let document = try JSONObject(await vault([.es256, .edDSA]).keyRing.jwksDocument)
        for key in document["keys"]?.arrayValue ?? [] {
            let members = try #require(key.objectValue).keys
            #expect(Set(members).isSubset(of: ["kty", "crv", "x", "y", "kid", "use", "alg"]))
        }
    }

    @Test("A key that is brought while others open the same empty store is there in the end, whoever was first")
    func broughtAtOnce() async throws {
        let key = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let made = try await withThrowingTaskGroup(of: SigningKeyVault.self) { group in
            for number in 0..<6 { group.addTask { try await vault(brought: number % 2 == 0 ? [key] : []) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for vault in made { try await vault.refresh(at: Self.noon) }
        #expect(try made.allSatisfy { try published($0).contains(key.keyID) })
        #expect(made.count { $0.takenOver == [key.keyID] } == 1)
        #expect(try Set(made.map { try signing($0) }).count == 1)
    }

    @Test("A key made elsewhere is taken over once, waits like any other, and keeps its name")
    func importing() async throws {
        let first = try signing(await vault())
        let key = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let vault = try await vault(brought: [key, key])
        _ = try await self.vault(brought: [key])
        #expect(try await provider.store.signingKeys().count == 2)
        #expect(try published(vault).contains(key.keyID) && signing(vault) == first)
        try await vault.refresh(at: Self.noon + Self.day)
        #expect(try signing(vault) == key.keyID)
    }

    @Test("A key brought to a new house signs at once, and only for other algorithms one is made")
    func brought() async throws {
        let keys = try (0..<2).map { _ in try SigningKey(privateKey: .generate(.p256), algorithm: .es256) }
        let vault = try await vault([.es256, .edDSA], brought: keys)
        #expect(try signing(vault) == keys[0].keyID && published(vault).contains(keys[1].keyID))
        let rows = try await provider.store.signingKeys()
        #expect(rows.count { $0.algorithm == .es256 } == 2 && rows.count { $0.algorithm == .edDSA } == 1)
        #expect(rows.first { $0.keyID == keys[1].keyID }?.signsFrom == Self.noon + Self.day)
    }
}
