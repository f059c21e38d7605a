import Identity
import OAuth
import Storage
import Testing

extension Store {
    /// A person who has just signed in.
    @discardableResult
    func signIn(_ name: String, session id: String = "s1") async throws -> Session {
        if try await account(id: "id-\(name)") == nil {
            #expect(try await create(StorageTests.account(name)))
        }
        let opened = StorageTests.session(id, of: "id-\(name)")
        try await open(opened, replacing: nil, for: nil, at: start)
        return opened
    }

    /// A grant whose code has been exchanged for tokens called `rt-…` and `at-…`.
    func issue(_ grant: Grant) async throws {
        let authorization = StorageTests.code("code-\(grant.id)", of: grant)
        try #require(try await finish(nil, with: authorization, at: start))
        let tokens = KeptTokens(
            refreshToken: StorageTests.refreshToken("rt-\(grant.id)", of: grant),
            accessToken: StorageTests.accessToken("at-\(grant.id)", of: grant.id))
        try #require(try await redeem(authorization.digest, issuing: tokens, at: start))
    }

    /// Whether anything that was issued for a grant still works; a change of mind in one place must show in all.
    func isAlive(_ grant: Grant, at now: Instant = start) async throws -> Bool {
        let isLive = try await isLive(accessTokenID: "jti-at-\(grant.id)", grantID: grant.id, issuedAt: start, at: now)
        let isUsable = try await use(
            digest("rt-\(grant.id)"), idleUntil: now + hour, issuing: KeptTokens(), at: now)
        #expect(isLive == isUsable)
        return isLive
    }
}
