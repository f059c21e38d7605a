import OAuth
import Testing

@testable import Storage

@Suite("A restore stays alone to its end")
struct SolitudeTests {
    @Test("PostgreSQL, OP3: a server that has come since the restore was begun stops it, and nothing is changed")
    func cameLater() async throws {
        let scratch = try BackupScratch()
        try await StoreKind.postgresql.withDatabase { database in
            guard case .postgresql(let server, let name) = database else { return }
            let before = try await database.open()
            try await before.fill(people: 1)
            _ = try await before.backUp(to: scratch.file, occasion)
            let counts = try await before.counts()
            await before.close()
            let backup = try Backup.open(scratch.file)
            defer { backup.close() }
            let alone = try await Self.openAlone(PostgreSQLAddress(server.address(of: name)))
            let late = try await database.open()
            await #expect(throws: BackupFault.inUse) {
                try await alone.store.restore(
                    backup, replacing: true, clock: FixedClock(now: start + day), alone: alone.solitude)
            }
            // The same with everything locked, past the question that is asked first.
            await #expect(throws: BackupFault.inUse) {
                try await alone.store.database.change { connection in
                    if let lock = alone.store.database.lock(["accounts"]) { try connection.execute(lock, []) }
                    try alone.solitude.check(on: connection)
                }
            }
            #expect(try await late.counts() == counts)
            #expect(try await late.restoreEpoch() == nil)
            await late.close()
            await alone.close()
        }
    }

    /// A connection that was closed is still to be seen for a moment.
    private static func openAlone(_ address: PostgreSQLAddress) async throws -> LoneStore {
        for _ in 0..<200 {
            do {
                return try await Store.openAlone(postgreSQL: address)
            } catch BackupFault.inUse {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        return try await Store.openAlone(postgreSQL: address)
    }

    @Test("A restore that is alone is let through on both engines", arguments: StoreKind.allCases)
    func alone(kind: StoreKind) async throws {
        let scratch = try BackupScratch()
        try await kind.withDatabase { database in
            let store = try await database.open()
            try await store.fill(people: 1)
            _ = try await store.backUp(to: scratch.file, occasion)
            await store.close()
            let backup = try Backup.open(scratch.file)
            defer { backup.close() }
            let alone: LoneStore
            switch database {
            case .sqlite(let folder):
                alone = try await Store.openAlone(sqlite: folder.appending(path: "martlet.db").path)
            case .postgresql(let server, let name):
                alone = try await Self.openAlone(PostgreSQLAddress(server.address(of: name)))
            }
            _ = try await alone.store.restore(
                backup, replacing: true, clock: FixedClock(now: start + day), alone: alone.solitude)
            #expect(try await alone.store.restoreEpoch() != nil)
            await alone.close()
        }
    }
}
