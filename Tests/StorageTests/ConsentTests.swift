import OAuth
import Storage
import Testing

@Suite("StoreContract: consents")
struct ConsentTests {
    private func consent(_ scopes: ScopeSet, _ resources: [String] = [], to client: String = "app", at time: Int64 = 0)
        -> Consent
    {
        Consent(subject: "id-ann", clientID: client, scopes: scopes, resources: resources, grantedAt: start + time)
    }

    @Test("What is allowed adds to what was allowed before, and twice is once", arguments: StoreKind.allCases)
    func union(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.signIn("ann")
            #expect(try await store.consent(of: "id-ann", to: "app") == nil)
            try await store.remember(consent(["openid", "email"], ["https://a.example"]))
            let wider = consent(["profile", "openid"], ["https://b.example", "https://a.example"], at: 9)
            for _ in 1...2 {
                try await store.remember(wider)
                let whole = consent(
                    ["openid", "email", "profile"], ["https://a.example", "https://b.example"], at: 9)
                #expect(try await store.consent(of: "id-ann", to: "app") == whole)
            }
        }
    }

    @Test("Simultaneous consents are all remembered", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.signIn("ann")
            _ = try await winners(of: 40) { number in
                try await (number % 2 == 0 ? first : second).remember(consent(ScopeSet(["scope\(number)"])))
                return true
            }
            #expect(try await first.consent(of: "id-ann", to: "app")?.scopes.names.count == 40)
        }
    }

    @Test("The list holds one person's consents; nobody unknown can consent", arguments: StoreKind.allCases)
    func list(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.signIn("ann")
            for client in ["b", "a"] { try await store.remember(consent(["openid"], to: client)) }
            #expect(try await store.consents(of: "id-ann").map(\.clientID) == ["a", "b"])
            #expect(try await store.consents(of: "id-bob").isEmpty)
            #expect(try await store.consent(of: "id-bob", to: "a") == nil)
            let stray = Consent(subject: "nobody", clientID: "a", scopes: [], resources: [], grantedAt: start)
            await #expect(throws: StorageError.self) { try await store.remember(stray) }
        }
    }
}
