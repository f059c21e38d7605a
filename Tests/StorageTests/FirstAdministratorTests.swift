import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: the first administrator")
struct FirstAdministratorTests {
    private func keepLink(_ name: String, in store: Store) async throws {
        let link = OneTimeArtefact(kind: .setupLink, digest: digest(name), binding: "", expiresAt: start + day)
        try await store.keep(link, superseding: true)
    }

    @Test("IN3: of 200 who use the setup link at once one becomes administrator", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await keepLink("link", in: first)
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second).createFirstAdministrator(
                    account("adm\(number)", roles: [.administrator]), spending: digest("link"), at: start)
            }
            #expect(count == 1)
            #expect(try await second.accounts(after: nil, limit: 10).count == 1)
            #expect(try await second.hasAdministrator())
            #expect(try await !second.isLive(.setupLink, digest("link"), binding: "", at: start))
        }
    }

    @Test("A new link does not make a second one", arguments: StoreKind.allCases)
    func twoLinks(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            for name in ["one", "two"] {
                let link = OneTimeArtefact(kind: .setupLink, digest: digest(name), binding: "", expiresAt: start + day)
                try await first.keep(link, superseding: false)
            }
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second).createFirstAdministrator(
                    account("adm\(number)", roles: [.administrator]),
                    spending: digest(number % 2 == 0 ? "one" : "two"), at: start)
            }
            #expect(count == 1)
        }
    }

    enum Obstacle: CaseIterable, Sendable {
        case linkUnknown, linkExpired, linkSpent, linkSuperseded, addressTaken, administratorThere
        case administratorDisabled
    }

    @Test(
        "PW13, IN3: without a live link, or with an administrator there, nobody is made and no link is spent",
        arguments: StoreKind.allCases, Obstacle.allCases)
    func refusals(kind: StoreKind, obstacle: Obstacle) async throws {
        try await kind.withStore { store in
            try await keepLink("link", in: store)
            var link = digest("link")
            var now = start
            switch obstacle {
            case .linkUnknown: link = digest("other")
            case .linkExpired: now = start + day
            case .linkSpent: #expect(try await store.consume(.setupLink, link, binding: "", at: now))
            case .linkSuperseded: try await keepLink("newer", in: store)
            case .addressTaken: #expect(try await store.create(account("eve")))
            case .administratorThere: #expect(try await store.create(account("root", roles: [.administrator])))
            case .administratorDisabled:
                #expect(try await store.create(account("root", roles: [.administrator], status: .disabled)))
            }
            let before = try await store.accounts(after: nil, limit: 10)
            let wasLive = try await store.isLive(.setupLink, digest("link"), binding: "", at: now)
            let eve = try account("eve", roles: [.administrator])
            #expect(try await !store.createFirstAdministrator(eve, spending: link, at: now))
            #expect(try await store.accounts(after: nil, limit: 10) == before)
            #expect(try await store.isLive(.setupLink, digest("link"), binding: "", at: now) == wasLive)
        }
    }

    @Test("An administrator of one context is not one of everything", arguments: StoreKind.allCases)
    func contexts(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await !store.hasAdministrator())
            #expect(try await store.create(account("ann", roles: [Role("administrator", context: "p1")])))
            #expect(try await !store.hasAdministrator())
            #expect(try await store.create(account("bob", roles: [.administrator])))
            #expect(try await store.hasAdministrator())
        }
    }
}
