import Cryptography
import Foundation
import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: what is on disk")
struct DurabilityTests {
    @Test("OP1: what was answered is there for the next process, without a farewell", arguments: StoreKind.allCases)
    func reopening(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let before = try await database.open()
            let session = try await before.signIn("ann")
            try await before.issue(grant("g", from: session))
            try await before.issue(grant("h", from: session))
            try await before.revokeGrant("h", because: .revokedByClient, at: start)
            try await before.keep(try pending("p"))
            #expect(try await before.add(signingKey("k1", generation: 1)))
            #expect(try await before.bind(masterKeyFingerprint: "print"))
            #expect(
                try await before.remember(assertionID: "jti", of: "app", usableSince: start, until: start + 60)
                    == .fresh)
            let after = try await database.open()
            #expect(try await after.session(session.secret, at: start) == session)
            #expect(try await after.code(digest("code-g"))?.spentAt == start)
            #expect(try await !after.redeem(digest("code-g"), issuing: KeptTokens(), at: start))
            #expect(try await after.isAlive(grant("g")))
            #expect(try await !after.isAlive(grant("h")))
            #expect(try await after.pending(digest("p"), at: start) == pending("p"))
            #expect(try await after.signingKeys() == [signingKey("k1", generation: 1)])
            #expect(try await after.masterKeyFingerprint() == "print")
            #expect(
                try await after.remember(assertionID: "jti", of: "app", usableSince: start, until: start + 60)
                    == .seenBefore)
            await before.close()
            await after.close()
        }
    }

    @Test(
        "TK6, SE1: no code, token, link, handle or session secret stands in the database in plain",
        arguments: StoreKind.allCases)
    func noPlaintext(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let random = SystemRandom()
            let secret = try OpaqueToken(.session, from: random)
            let handle = try OpaqueToken(.pendingAuthorization, from: random)
            let authorization = try OpaqueToken(.authorizationCode, from: random)
            let refresh = try OpaqueToken(.refreshToken, from: random)
            let access = try OpaqueToken(.accessToken, from: random)
            let link = try OpaqueToken(.setupLink, from: random)
            let browser = try OpaqueToken(.browser, from: random)
            let store = try await database.open()
            #expect(try await store.create(account("ann")))
            let opened = Session(
                secret: secret.digest, id: "s1", subject: "id-ann", browser: browser.digest, authenticatedAt: start,
                methods: [], level: "", createdAt: start, lastSeenAt: start, idleUntil: start + hour,
                expiresAt: start + day, device: "", address: "")
            try await store.open(opened, replacing: nil, for: nil, at: start)
            try await store.remember(browser: browser.digest, of: "id-ann", at: start)
            let given = grant("g", from: opened)
            try await store.keep(
                PendingAuthorization(
                    handle: handle.digest, browser: browser.digest, parameters: .empty, createdAt: start,
                    expiresAt: start + hour))
            let kept = AuthorizationCode(
                digest: authorization.digest, grant: given, redirectURI: "https://app.example/cb",
                redirectURIWasSent: true, codeChallenge: nil, expiresAt: start + 60)
            #expect(try await store.finish(nil, with: kept, at: start))
            let tokens = KeptTokens(
                refreshToken: RefreshToken(
                    digest: refresh.digest, grant: given, issuedAt: start, idleUntil: start + hour),
                accessToken: OpaqueAccessToken(
                    digest: access.digest, id: "jti", grantID: "g", clientID: "app", subject: "id-ann",
                    scopes: ["openid"], audience: [], issuedAt: start, expiresAt: start + 600))
            #expect(try await store.redeem(kept.digest, issuing: tokens, at: start))
            let artefact = OneTimeArtefact(
                kind: .setupLink, digest: link.digest, binding: "", expiresAt: start + hour)
            try await store.keep(artefact, superseding: true)
            for token in [secret, handle, authorization, refresh, access, link, browser] {
                let bytes = try #require(Base64URL.decode(token.plaintext.dropFirst(4)))
                let dump = try await database.dump()
                #expect(dump.range(of: Data(token.digest.bytes)) != nil)
                #expect(dump.range(of: Data(token.plaintext.utf8)) == nil)
                #expect(dump.range(of: Data(token.plaintext.utf8.dropFirst(4))) == nil)
                #expect(dump.range(of: Data(bytes)) == nil)
            }
            await store.close()
        }
    }
}
