import Foundation
import OAuth
import Testing

@testable import Storage

@Suite("A backup's file is written whole or not at all")
struct BackupFileTests {
    private let scratch: BackupScratch
    private let engine = EngineScratch()

    init() throws {
        scratch = try BackupScratch()
    }

    private func backUp(replacing: Bool = false, to path: String? = nil) async throws {
        let store = try await Store.open(sqlite: engine.path)
        do {
            _ = try await store.backUp(to: path ?? scratch.file, occasion, replacing: replacing)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    @Test("A file that is there is left alone; an older backup goes when that is asked for")
    func exists() async throws {
        try await backUp()
        let first = try scratch.bytes()
        await #expect(throws: BackupFault.exists(path: scratch.file)) { try await backUp() }
        #expect(try scratch.bytes() == first)
        try await backUp(replacing: true)
        #expect(try scratch.names.count == 1)
    }

    @Test("Nothing but a backup is written over, whatever is asked for: a text, the database itself, a link, a folder")
    func somethingElse() async throws {
        try scratch.write(Array("my notes".utf8))
        await #expect(throws: BackupFault.isSomethingElse(path: scratch.file)) { try await backUp(replacing: true) }
        #expect(try scratch.bytes() == Array("my notes".utf8))
        try await backUp(to: scratch.folder + "/one")
        let link = scratch.folder + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scratch.folder + "/one")
        for path in [engine.path, link, scratch.folder] {
            await #expect(throws: BackupFault.isSomethingElse(path: path)) {
                try await backUp(replacing: true, to: path)
            }
        }
        try await Store.open(sqlite: engine.path).close()
    }

    @Test("A place that cannot be written to is named with the reason", arguments: ["/proc/none/x.bak", "", "none/"])
    func unwritable(path: String) async throws {
        await #expect {
            try await backUp(to: path)
        } throws: {
            guard case .cannotWrite(path, let reason)? = $0 as? BackupFault else { return false }
            return !reason.isEmpty
        }
    }

    @Test("A database that a newer version has changed is not backed up by this one")
    func newer() async throws {
        let store = try await Store.open(sqlite: engine.path)
        try await store.database.write { connection in
            _ = try connection.execute("INSERT INTO schema_migrations (version, name) VALUES (99, 'future')", [])
        }
        await #expect(throws: StorageError.newerSchema(found: 99, known: Migration.latest)) {
            try await store.backUp(to: scratch.file, occasion)
        }
        await store.close()
        #expect(try scratch.names.isEmpty)
    }

    @Test("A database that somebody has open is not restored into; left alone again, it is")
    func inUse() async throws {
        let store = try await Store.open(sqlite: engine.path)
        await #expect(throws: BackupFault.inUse) { try await Store.openAlone(sqlite: engine.path) }
        try await store.signIn("ann")
        await store.close()
        let alone = try await Store.openAlone(sqlite: engine.path)
        #expect(!alone.wasMade)
        #expect(try await alone.store.account(id: "id-ann") != nil)
        await alone.close()
        let other = try await Store.openAlone(sqlite: scratch.folder + "/new.db")
        #expect(other.wasMade)
        await other.close()
        Store.remove(sqlite: scratch.folder + "/new.db")
        #expect(try scratch.names.isEmpty)
    }

    @Test("PostgreSQL: a database that a server is connected to, as whichever role that writes, is not restored into")
    func inUseOnPostgreSQL() async throws {
        try await StoreKind.postgresql.withDatabase { database in
            guard case .postgresql(let server, let name) = database else { return }
            let owner = try PostgreSQLAddress(server.address(of: name))
            let store = try await database.open()
            try await store.signIn("ann")
            await #expect(throws: BackupFault.inUse) { try await Store.openAlone(postgreSQL: owner) }
            await store.close()
            let alone = try await Self.openAlone(owner)
            #expect(try await alone.store.account(id: "id-ann") != nil)
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

    @Test("Every step of the schema is shown with its state")
    func steps() async throws {
        #expect(Migrator.stepsOfNothing.allSatisfy { $0.state == .pending })
        let old = try OlderDatabase(versions: [1, 2])
        var states = try await Migrator.steps(old.store.database).map(\.state)
        #expect(states == [.applied, .applied] + Migration.all.dropFirst(2).map { _ in .pending })
        try await Migrator.migrate(old.store.database)
        states = try await Migrator.steps(old.store.database).map(\.state)
        #expect(states.allSatisfy { $0 == .applied })
        try await old.store.database.write { connection in
            _ = try connection.execute("INSERT INTO schema_migrations (version, name) VALUES (99, 'future')", [])
        }
        let last = try await Migrator.steps(old.store.database).last
        #expect(last == MigrationStep(version: 99, name: "future", state: .unknown))
        try await old.store.database.write { connection in
            _ = try connection.execute("INSERT INTO additive_steps (version) VALUES (99)", [])
        }
        states = try await Migrator.steps(old.store.database).map(\.state)
        #expect(states.last == .additive && states.dropLast().allSatisfy { $0 == .applied })
        await old.store.close()
    }
}
