import Cryptography
import OAuth
import Storage
import Testing

@Suite("StoreContract: signing keys")
struct SigningKeyTests {
    @Test("JW8: of 200 processes that rotate at once one adds its key", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.add(signingKey("old", generation: 1)))
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second)
                    .add(signingKey("new\(number)", generation: 2, signsFrom: Int64(number)))
            }
            #expect(count == 1)
            let keys = try await second.signingKeys()
            #expect(keys.map(\.generation) == [1, 2])
            #expect(keys.first?.retiresAt == keys.last?.signsFrom)
            #expect(keys.last?.retiresAt == nil)
        }
    }

    @Test(
        "JW8: a key comes back as it was kept; a generation or a name that is there is refused",
        arguments: StoreKind.allCases)
    func conflicts(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let key = signingKey("k1", generation: 1)
            #expect(try await store.add(key))
            #expect(try await !store.add(key))
            #expect(try await !store.add(signingKey("k2", generation: 1, signsFrom: 5)))
            #expect(try await !store.add(signingKey("k1", generation: 2, signsFrom: 5)))
            #expect(try await store.signingKeys() == [key])
            await #expect(throws: StorageError.self) { try await store.add(signingKey("k0", generation: 0)) }
        }
    }

    @Test(
        "JW8: a successor retires its predecessor, a hurried one those that wait too, and no other algorithm's",
        arguments: StoreKind.allCases)
    func succession(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let other = StoredSigningKey(
                keyID: "rsa", algorithm: .rs256, generation: 1, sealedPrivateKey: [7], createdAt: start,
                signsFrom: start)
            #expect(try await store.add(other))
            #expect(try await store.add(signingKey("k1", generation: 1)))
            #expect(try await store.add(signingKey("k2", generation: 2, signsFrom: day)))
            #expect(try await store.add(signingKey("k3", generation: 3, signsFrom: hour)))
            let retirements = try await store.signingKeys().reduce(into: [:]) { $0[$1.keyID] = $1.retiresAt }
            #expect(retirements == ["k1": start + hour, "k2": start + hour])
        }
    }

    @Test("Only keys retired before the given time are removed", arguments: StoreKind.allCases)
    func removal(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.add(signingKey("k1", generation: 1)))
            #expect(try await store.add(signingKey("k2", generation: 2, signsFrom: day)))
            #expect(try await store.removeSigningKeys(retiredBefore: start + day) == 0)
            #expect(try await store.removeSigningKeys(retiredBefore: start + (day + 1)) == 1)
            #expect(try await store.removeSigningKeys(retiredBefore: start + 900 * day) == 0)
            #expect(try await store.signingKeys().map(\.keyID) == ["k2"])
        }
    }

    @Test("IN3: a database is bound to one master key, whoever comes first", arguments: StoreKind.allCases)
    func binding(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.masterKeyFingerprint() == nil)
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second).bind(masterKeyFingerprint: "print\(number)")
            }
            #expect(count == 1)
            let bound = try await first.masterKeyFingerprint()
            #expect(bound != nil)
            #expect(try await !second.bind(masterKeyFingerprint: "late"))
            #expect(try await second.masterKeyFingerprint() == bound)
        }
    }
}
