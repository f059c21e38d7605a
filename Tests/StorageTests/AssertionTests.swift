import OAuth
import Storage
import Testing

@Suite("StoreContract: client assertions")
struct AssertionTests {
    @Test("TK3: of 200 simultaneous uses of an assertion one counts", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second)
                    .remember(assertionID: "jti", of: "app", usableSince: start, until: start + 60) == .fresh
            }
            #expect(count == 1)
        }
    }

    @Test(
        "TK3: an assertion seen before is refused, whatever end it claims now; another client's is its own",
        arguments: StoreKind.allCases)
    func replay(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(
                try await store.remember(assertionID: "jti", of: "app", usableSince: start, until: start + 60) == .fresh
            )
            #expect(
                try await store.remember(assertionID: "jti", of: "app", usableSince: start, until: start + 60)
                    == .seenBefore)
            #expect(
                try await store.remember(assertionID: "jti", of: "app", usableSince: start, until: start + 90)
                    == .seenBefore)
            #expect(
                try await store.remember(assertionID: "jti", of: "other", usableSince: start, until: start + 60)
                    == .fresh)
            #expect(
                try await store.remember(assertionID: "JTI", of: "app", usableSince: start, until: start + 60) == .fresh
            )
            #expect(
                try await store.remember(assertionID: "jti", of: "other", usableSince: start, until: start + 60)
                    == .seenBefore)
        }
    }
}
