import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: answers to rotations, and notices (D3, TK7, TK8)")
struct RefreshAnswerTests {
    private func rotated(_ store: Store, grace: Int64 = 10) async throws -> Grant {
        let given = grant("g", from: try await store.signIn("ann"))
        try await store.issue(given)
        let tokens = KeptTokens(
            refreshToken: refreshToken("next", of: given),
            answer: KeptAnswer(sealed: [1, 0, 255], expiresAt: start + grace))
        #expect(try await store.rotate(digest("rt-g"), issuing: tokens, at: start))
        return given
    }

    @Test("TK8: the answer lies there until its time is over", arguments: StoreKind.allCases)
    func window(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            _ = try await rotated(first)
            for store in [first, second] {
                #expect(try await store.answer(to: digest("rt-g"), at: start + 9) == [1, 0, 255])
                #expect(try await store.answer(to: digest("rt-g"), at: start + 10) == nil)
                #expect(try await store.answer(to: digest("next"), at: start) == nil)
            }
        }
    }

    enum Obstacle: CaseIterable, Sendable {
        case successorSpent, grantRevoked, grantEnded, disabled, refusedRotation
    }

    @Test(
        "TK8, TK11: no answer where the successor is spent or the grant dead", arguments: StoreKind.allCases,
        Obstacle.allCases)
    func refusals(kind: StoreKind, obstacle: Obstacle) async throws {
        try await kind.withStore { store in
            let given = try await rotated(store, grace: 2 * day)
            var now = start + 1
            switch obstacle {
            case .successorSpent: #expect(try await store.rotate(digest("next"), issuing: KeptTokens(), at: start))
            case .grantRevoked: try await store.revokeGrant("g", because: .revokedByClient, at: start)
            case .grantEnded: now = start + day
            case .disabled: #expect(try await store.setStatus(.disabled, of: "id-ann", at: start))
            case .refusedRotation:
                let second = KeptTokens(
                    refreshToken: refreshToken("twin", of: given),
                    answer: KeptAnswer(sealed: [7], expiresAt: start + day))
                #expect(try await !store.rotate(digest("rt-g"), issuing: second, at: start))
                #expect(try await store.answer(to: digest("rt-g"), at: now) == [1, 0, 255])
                return
            }
            #expect(try await store.answer(to: digest("rt-g"), at: now) == nil)
        }
    }

    @Test("TK7: ending a family leaves one notice, for its person alone", arguments: StoreKind.allCases)
    func notice(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let given = try await rotated(first)
            let count = try await winners(of: 20) { number in
                try await (number % 2 == 0 ? first : second).endFamily(ofGrant: "g", at: start + 1)
            }
            #expect(count == 1)
            #expect(try await !first.endFamily(ofGrant: "no such grant", at: start))
            #expect(try await !first.isAlive(given))
            let notices = try await second.notices(of: "id-ann")
            #expect(notices.map(\.kind) == [.refreshTokenReused] && notices.map(\.clientID) == ["app"])
            let id = try #require(notices.first?.id)
            #expect(try await !second.dismiss(noticeID: id, of: "id-eve"))
            #expect(try await second.dismiss(noticeID: id, of: "id-ann"))
            #expect(try await !first.dismiss(noticeID: id, of: "id-ann"))
            #expect(try await !first.endFamily(ofGrant: "g", at: start + 2))
            #expect(try await first.notices(of: "id-ann").isEmpty)
        }
    }
}
