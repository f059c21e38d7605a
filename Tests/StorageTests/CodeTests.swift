import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: authorization codes")
struct CodeTests {
    @Test("A code comes back as it was kept, with its grant", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let kept = code("c", of: grant("g", from: try await store.signIn("ann")))
            #expect(try await store.finish(nil, with: kept, at: start))
            #expect(try await store.code(digest("c")) == kept)
            #expect(try await store.grant("g") == kept.grant)
            #expect(try await store.code(digest("d")) == nil)
            #expect(try await store.grant("h") == nil)
        }
    }

    @Test("AZ10, IN3: of 200 simultaneous exchanges of a code one succeeds", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let kept = code("c", of: grant("g", from: try await first.signIn("ann")))
            #expect(try await first.finish(nil, with: kept, at: start))
            let count = try await winners { number in
                let tokens = KeptTokens(
                    refreshToken: refreshToken("rt\(number)", of: kept.grant),
                    accessToken: accessToken("at\(number)", of: "g"))
                return try await (number % 2 == 0 ? first : second).redeem(kept.digest, issuing: tokens, at: start)
            }
            #expect(count == 1)
            let issued = try await winners { number in
                let access = try await second.accessToken(digest("at\(number)"))
                let refresh = try await second.refreshToken(digest("rt\(number)"))
                #expect((access == nil) == (refresh == nil))
                return refresh != nil
            }
            #expect(issued == 1)
            #expect(try await second.code(kept.digest)?.spentAt == start)
        }
    }

    enum Obstacle: CaseIterable, Sendable {
        case unknown, spent, expired, grantRevoked, grantEnded, disabled, sessionEnded, refreshToken
    }

    @Test(
        "AZ10, JW4: a code that is not live is refused, and nothing is issued", arguments: StoreKind.allCases,
        Obstacle.allCases)
    func refusals(kind: StoreKind, obstacle: Obstacle) async throws {
        try await kind.withStore { store in
            let given = grant("g", from: try await store.signIn("ann"), lifetime: obstacle == .grantEnded ? 10 : day)
            #expect(try await store.finish(nil, with: code("c", of: given), at: start))
            var presented = digest("c")
            var now = start + 1
            switch obstacle {
            case .unknown: presented = digest("other")
            case .spent: #expect(try await store.redeem(presented, issuing: KeptTokens(), at: start))
            case .expired: now = start + 60
            case .grantRevoked: try await store.revokeGrant("g", because: .revokedByClient, at: start)
            case .grantEnded: now = start + 10
            case .disabled: #expect(try await store.setStatus(.disabled, of: "id-ann", at: start))
            case .sessionEnded: #expect(try await store.end(sessionID: "s1", of: "id-ann", at: start))
            case .refreshToken:
                let tokens = KeptTokens(refreshToken: StorageTests.refreshToken("old", of: given))
                #expect(try await store.redeem(presented, issuing: tokens, at: start))
                presented = digest("old")
            }
            let spentBefore = try await store.code(presented)?.spentAt
            let tokens = KeptTokens(
                refreshToken: StorageTests.refreshToken("rt", of: given), accessToken: accessToken("at", of: "g"))
            #expect(try await !store.redeem(presented, issuing: tokens, at: now))
            #expect(try await store.refreshToken(digest("rt")) == nil)
            #expect(try await store.accessToken(digest("at")) == nil)
            #expect(try await store.code(presented)?.spentAt == spentBefore)
        }
    }

    @Test("A code works until the second before its end", arguments: StoreKind.allCases)
    func lastSecond(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let kept = code("c", of: grant("g", from: try await store.signIn("ann")))
            #expect(try await store.finish(nil, with: kept, at: start))
            #expect(try await store.redeem(kept.digest, issuing: KeptTokens(), at: start + 59))
        }
    }
}
