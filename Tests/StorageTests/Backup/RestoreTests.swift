import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: what was issued before a restore is dead")
struct RestoreTests {
    private let scratch: BackupScratch

    init() throws {
        scratch = try BackupScratch()
    }

    /// A store that was backed up, and restored a day later into an empty database or into itself.
    private func withRestored(
        _ kind: StoreKind, intoItself: Bool, _ body: (Store, Instant) async throws -> Void
    ) async throws {
        try await kind.withStore { store in
            try await store.fill(people: 2)
            _ = try await store.backUp(to: scratch.file, occasion)
            let backup = try Backup.open(scratch.file)
            defer { backup.close() }
            let clock = FixedClock(now: start + day)
            guard !intoItself else {
                let restored = try await store.restore(backup, replacing: true, clock: clock)
                return try await body(store, restored.epoch)
            }
            try await kind.withStore { other in
                let restored = try await other.restore(backup, replacing: false, clock: clock)
                try await body(other, restored.epoch)
            }
        }
    }

    @Test(
        "OP3: codes, refresh tokens, access tokens, sessions, links, pending requests: none works any more",
        arguments: StoreKind.allCases, [true, false])
    func dead(kind: StoreKind, intoItself: Bool) async throws {
        try await withRestored(kind, intoItself: intoItself) { store, _ in
            for id in ["g-online", "g-offline"] {
                #expect(try await !store.isAlive(grant(id)))
                #expect(try await store.code(digest("code-\(id)")) == nil)
                #expect(try await store.refreshToken(digest("rt-\(id)")) == nil)
                #expect(try await !store.rotate(digest("rt-\(id)"), issuing: KeptTokens(), at: start))
                #expect(try await !store.redeem(digest("code-\(id)"), issuing: KeptTokens(), at: start))
            }
            #expect(try await store.accessToken(digest("machine")) == nil)
            for name in ["s1", "s2"] { #expect(try await store.session(session(name).secret, at: start) == nil) }
            #expect(try await !store.isLive(.setupLink, digest("link"), binding: "", at: start))
            #expect(try await !store.consume(.setupLink, digest("link"), binding: "", at: start))
            #expect(try await store.pending(digest("p"), at: start) == nil)
            let counts = try await store.counts()
            #expect(counts.keys.allSatisfy { BackupPlan.parts[$0] == .carried })
        }
    }

    @Test(
        "OP3: an access token without a grant is dead when it was issued before, its revocation being lost",
        arguments: StoreKind.allCases, [true, false])
    func selfContained(kind: StoreKind, intoItself: Bool) async throws {
        try await withRestored(kind, intoItself: intoItself) { store, epoch in
            let now = start + (day + hour)
            for id in ["jti-revoked", "machine"] {
                for (issued, isAlive) in [(start, false), (start + day, false), (epoch + -1, false), (epoch, true)] {
                    let isLive = try await store.isLive(accessTokenID: id, grantID: nil, issuedAt: issued, at: now)
                    #expect(isLive == isAlive, "\(id), issued at \(issued)")
                }
            }
        }
    }

    @Test(
        "OP3: an assertion that may have been used before is refused, a later one is taken",
        arguments: StoreKind.allCases)
    func assertions(kind: StoreKind) async throws {
        try await withRestored(kind, intoItself: true) { store, epoch in
            let end = epoch + hour
            let cases: [(Instant, AssertionMemoryAnswer)] = [
                (start, .olderThanMemory), (epoch + -1, .olderThanMemory), (epoch, .fresh), (epoch, .seenBefore),
            ]
            for (since, wanted) in cases {
                let answer = try await store.remember(
                    assertionID: "jti-seen", of: "app", usableSince: since, until: end)
                #expect(answer == wanted, "usable since \(since)")
            }
        }
    }

    @Test("What is issued afterwards lives, and people, roles and consents are there", arguments: StoreKind.allCases)
    func alive(kind: StoreKind) async throws {
        try await withRestored(kind, intoItself: false) { store, epoch in
            #expect(try await store.account(id: "id-ann")?.passwordHash == "hash-ann")
            #expect(try await store.account(id: "person_1")?.roles.count == 3)
            #expect(try await store.consent(of: "person_1", to: "app") != nil)
            #expect(try await store.isKnown(browser: digest("browser"), of: "id-ann"))
            #expect(try await store.signingKeys().map(\.keyID) == ["k1", "k2"])
            try await store.signIn("ann", session: "s9")
            let given = grant("g9", from: session("s9"))
            try await store.issue(given)
            #expect(
                try await store.isLive(accessTokenID: "jti-at-g9", grantID: "g9", issuedAt: epoch, at: start))
            #expect(
                try await !store.isLive(accessTokenID: "jti-at-g9", grantID: "g9", issuedAt: epoch + -1, at: start))
        }
    }

    @Test("OP3: the epoch lies after what another machine's faster clock has issued", arguments: StoreKind.allCases)
    func fasterClock(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.fill(people: 1)
            _ = try await store.backUp(to: scratch.file, occasion)
            let backup = try Backup.open(scratch.file)
            defer { backup.close() }
            let behind = FixedClock(now: occasion.madeAt + -50)
            let restored = try await store.restore(backup, replacing: true, clock: behind)
            #expect(restored.epoch == occasion.madeAt + 11)
        }
    }

    @Test("A clock that is far behind the backup is refused, and nothing is changed", arguments: StoreKind.allCases)
    func slowClock(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.fill(people: 1)
            _ = try await store.backUp(to: scratch.file, occasion)
            let before = try await store.counts()
            let backup = try Backup.open(scratch.file)
            defer { backup.close() }
            await #expect(throws: BackupFault.self) {
                try await store.restore(backup, replacing: true, clock: FixedClock(now: occasion.madeAt + -61))
            }
            #expect(try await store.counts() == before)
            #expect(try await store.restoreEpoch() == nil)
        }
    }

    @Test(
        "OP3: a backup of a restored database carries its epochs, and each restore begins a later one",
        arguments: StoreKind.allCases)
    func again(kind: StoreKind) async throws {
        try await withRestored(kind, intoItself: true) { store, epoch in
            _ = try await store.backUp(to: scratch.file, occasion, replacing: true)
            let backup = try Backup.open(scratch.file)
            defer { backup.close() }
            let second = try await store.restore(backup, replacing: true, clock: FixedClock(now: epoch))
            #expect(second.epoch > epoch)
            #expect(try await store.restoreEpoch() == second.epoch)
            #expect(try await store.counts()["restore_epochs"] == 2)
        }
    }

    @Test("A database that holds anything is not written over unless that is asked for", arguments: StoreKind.allCases)
    func notEmpty(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.fill(people: 1)
            _ = try await store.backUp(to: scratch.file, occasion)
            let backup = try Backup.open(scratch.file)
            defer { backup.close() }
            let before = try await store.counts()
            await #expect(throws: BackupFault.self) {
                try await store.restore(backup, replacing: false, clock: FixedClock(now: start + day))
            }
            #expect(try await store.counts() == before)
            let restored = try await store.restore(backup, replacing: true, clock: FixedClock(now: start + day))
            #expect(Dictionary(uniqueKeysWithValues: restored.replaced.map { ($0.table, $0.count) }) == before)
        }
    }

    @Test("A restore that fails half way leaves everything as it was", arguments: StoreKind.allCases)
    func halfWay(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.fill(people: 700)
            _ = try await store.backUp(to: scratch.file, occasion)
            let before = try await store.contents()
            let counts = try await store.counts()
            // It reads well and cannot be taken in: somebody's consent without the somebody.
            try scratch.alter { connection in
                try connection.execute(
                    """
                    INSERT INTO consents (subject, client_id, scopes, resources, granted_at)
                    VALUES ('nobody', 'app', '', '[]', 1)
                    """, [])
                try connection.execute(
                    "UPDATE backup_facts SET value = CAST(value AS INTEGER) + 1 WHERE name = 'rows of consents'", [])
            }
            let backup = try Backup.open(scratch.file)
            defer { backup.close() }
            await #expect(throws: StorageError.self) {
                try await store.restore(backup, replacing: true, clock: FixedClock(now: start + day))
            }
            #expect(try await store.contents() == before)
            #expect(try await store.counts() == counts)
        }
    }
}
