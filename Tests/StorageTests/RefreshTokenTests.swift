import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: refresh tokens")
struct RefreshTokenTests {
    @Test("TK7, IN3: of 200 simultaneous rotations of a token one succeeds", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let given = grant("g", from: try await first.signIn("ann"))
            try await first.issue(given)
            let count = try await winners { number in
                let tokens = KeptTokens(refreshToken: refreshToken("next\(number)", of: given))
                return try await (number % 2 == 0 ? first : second).rotate(digest("rt-g"), issuing: tokens, at: start)
            }
            #expect(count == 1)
            let descendants = try await winners { try await second.refreshToken(digest("next\($0)")) != nil }
            #expect(descendants == 1)
            #expect(try await first.refreshToken(digest("rt-g"))?.spentAt == start)
        }
    }

    enum Obstacle: CaseIterable, Sendable {
        case unknown, spent, idle, grantRevoked, grantEnded, disabled, sessionEnded, code
    }

    @Test(
        "TK7, JW4: a token that is not live is neither rotated nor used, and nothing is issued",
        arguments: StoreKind.allCases, Obstacle.allCases)
    func refusals(kind: StoreKind, obstacle: Obstacle) async throws {
        try await kind.withStore { store in
            let lifetime = obstacle == .grantEnded ? hour : day
            let given = grant("g", from: try await store.signIn("ann"), lifetime: lifetime)
            try await store.issue(given)
            var presented = digest("rt-g")
            var now = start + 1
            switch obstacle {
            case .unknown: presented = digest("other")
            case .spent: #expect(try await store.rotate(presented, issuing: KeptTokens(), at: start))
            case .idle: now = start + 2 * hour
            case .grantRevoked: try await store.revokeGrant("g", because: .revokedByClient, at: start)
            case .grantEnded: now = start + hour
            case .disabled: #expect(try await store.setStatus(.disabled, of: "id-ann", at: start))
            case .sessionEnded: #expect(try await store.end(sessionID: "s1", of: "id-ann", at: start))
            case .code: presented = digest("code-g")
            }
            let before = try await store.refreshToken(presented)
            let tokens = KeptTokens(
                refreshToken: refreshToken("next", of: given), accessToken: accessToken("next-at", of: "g"))
            #expect(try await !store.rotate(presented, issuing: tokens, at: now))
            #expect(try await !store.use(presented, idleUntil: now + hour, issuing: tokens, at: now))
            #expect(try await store.refreshToken(digest("next")) == nil)
            #expect(try await store.accessToken(digest("next-at")) == nil)
            #expect(try await store.refreshToken(presented) == before)
        }
    }

    @Test("Using a token moves its idle end and issues, again and again", arguments: StoreKind.allCases)
    func use(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let given = grant("g", from: try await store.signIn("ann"))
            try await store.issue(given)
            for round in 1...3 {
                let now = start + Int64(round) * hour
                let tokens = KeptTokens(accessToken: accessToken("round\(round)", of: "g"))
                #expect(try await store.use(digest("rt-g"), idleUntil: now + 2 * hour, issuing: tokens, at: now))
                #expect(try await store.refreshToken(digest("rt-g"))?.idleUntil == now + 2 * hour)
                #expect(try await store.accessToken(digest("round\(round)")) == tokens.accessToken)
            }
            #expect(try await store.refreshToken(digest("rt-g"))?.spentAt == nil)
        }
    }

    @Test("TK7: the schema itself refuses a second token that could be used", arguments: StoreKind.allCases)
    func oneLiveDescendant(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let given = grant("g", from: try await store.signIn("ann"))
            try await store.issue(given)
            let tokens = KeptTokens(
                refreshToken: refreshToken("twin", of: given), accessToken: accessToken("twin-at", of: "g"))
            await #expect(throws: StorageError.self) {
                try await store.use(digest("rt-g"), idleUntil: start + day, issuing: tokens, at: start)
            }
            #expect(try await store.refreshToken(digest("twin")) == nil)
            #expect(try await store.refreshToken(digest("rt-g"))?.idleUntil == start + 2 * hour)
        }
    }

    @Test("A rotation whose issue fails has spent nothing", arguments: StoreKind.allCases)
    func failedIssue(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let given = grant("g", from: try await store.signIn("ann"))
            try await store.issue(given)
            let tokens = KeptTokens(
                refreshToken: refreshToken("next", of: given), accessToken: accessToken("at-g", of: "g"))
            await #expect(throws: StorageError.self) {
                try await store.rotate(digest("rt-g"), issuing: tokens, at: start)
            }
            #expect(try await store.refreshToken(digest("next")) == nil)
            #expect(try await store.refreshToken(digest("rt-g"))?.spentAt == nil)
        }
    }
}
