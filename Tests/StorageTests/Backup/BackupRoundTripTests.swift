import Foundation
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: a backup comes back as it was")
struct BackupRoundTripTests {
    @Test(
        "Between any two engines: every row that is carried, and nothing else", arguments: StoreKind.allCases,
        StoreKind.allCases)
    func roundTrip(from source: StoreKind, to target: StoreKind) async throws {
        let scratch = try BackupScratch()
        try await source.withStore { source in
            try await source.fill()
            let before = try await source.contents()
            let facts = try await source.backUp(to: scratch.file, occasion)
            #expect(facts.occasion == occasion && facts.masterKeyFingerprint == "fingerprint")
            #expect(facts.schemaVersion == Migration.latest)
            try await target.withStore { target in
                let backup = try Backup.open(scratch.file)
                #expect(backup.facts == facts)
                let restored = try await target.restore(backup, replacing: false, clock: FixedClock(now: start + day))
                backup.close()
                var after = try await target.contents()
                #expect(after.removeValue(forKey: "restore_epochs")?.count == 1)
                #expect(after == before && after["accounts"]?.count == 1204)
                #expect(restored.rows == facts.rows && restored.replaced.isEmpty)
            }
        }
    }

    @Test("A backup is one file, readable for its owner alone, whole in itself", arguments: StoreKind.allCases)
    func oneFile(kind: StoreKind) async throws {
        let scratch = try BackupScratch()
        try await kind.withStore { store in
            try await store.fill(people: 3)
            _ = try await store.backUp(to: scratch.file, occasion)
        }
        let backup = try Backup.open(scratch.file)
        backup.close()
        #expect(try scratch.names == [String(scratch.file.dropFirst(scratch.folder.count + 1))])
        let mode = try FileManager.default.attributesOfItem(atPath: scratch.file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("SE8: no digest of a token, a session or a link is in a backup", arguments: StoreKind.allCases)
    func noDigests(kind: StoreKind) async throws {
        let scratch = try BackupScratch()
        try await kind.withStore { store in
            try await store.fill(people: 3)
            _ = try await store.backUp(to: scratch.file, occasion)
        }
        let bytes = Data(try scratch.bytes())
        for name in ["rt-g-offline", "at-g-online", "code-g-online", "secret of s1", "link", "p", "machine"] {
            #expect(bytes.range(of: Data(digest(name).bytes)) == nil, "\(name)")
        }
    }

    @Test("A backup is one state of the database, although people go on signing up", arguments: StoreKind.allCases)
    func underWrites(kind: StoreKind) async throws {
        let scratch = try BackupScratch()
        try await kind.withTwoStores { store, other in
            try await store.fill(people: 1600)
            let writing = Task {
                var number = 0
                while !Task.isCancelled {
                    let name = "new-\(number)"
                    // Account and consent in one write: a backup has both or neither.
                    try await other.database.write { connection in
                        try connection.execute(
                            """
                            INSERT INTO accounts
                                (id, email, canonical_email, email_verified, status, created_at, updated_at)
                            VALUES ($1, $1, $1, 0, 'active', 1, 1)
                            """, [.text(name)])
                        try connection.execute(
                            """
                            INSERT INTO consents (subject, client_id, scopes, resources, granted_at)
                            VALUES ($1, 'app', 'openid', '[]', 1)
                            """, [.text(name)])
                    }
                    number += 1
                }
                return number
            }
            var counts: [BackupRows] = []
            for _ in 0..<5 { counts = try await store.backUp(to: scratch.file, occasion, replacing: true).rows }
            writing.cancel()
            #expect(try await writing.value > 0)
            let people = counts.first { $0.table == "accounts" }?.count
            let consents = counts.first { $0.table == "consents" }?.count
            #expect(people == (consents ?? 0) + 1)  // ann has given none
        }
    }

    @Test("An older backup is brought to this version's schema", arguments: StoreKind.allCases)
    func older(kind: StoreKind) async throws {
        let scratch = try BackupScratch()
        let old = try OlderDatabase(versions: [1, 2, 3])
        let facts = try await old.store.backUp(to: scratch.file, occasion)
        #expect(facts.schemaVersion == 3)
        await old.store.close()
        try await kind.withStore { store in
            let backup = try Backup.open(scratch.file)
            _ = try await store.restore(backup, replacing: false, clock: FixedClock(now: start + day))
            backup.close()
            #expect(try await store.account(id: "old") != nil)
            #expect(try await store.restoreEpoch() == start + (day + 11))
        }
        #expect(try scratch.names.count == 1)
    }
}

/// A database as an older version has left it.
struct OlderDatabase {
    let store: Store
    private let scratch = EngineScratch()

    init(versions: Set<Int64>) throws {
        try SQLiteFile(path: scratch.path).create()
        let connection = try BackupFile.create(at: scratch.path)
        try Migration.apply(versions, on: connection)
        try connection.execute(
            """
            INSERT INTO accounts (id, email, canonical_email, email_verified, status, created_at, updated_at)
            VALUES ('old', 'old@example.org', 'old@example.org', 1, 'active', 1, 1)
            """, [])
        connection.close()
        store = Store(database: try SQLiteDatabase(path: scratch.path))
    }
}
