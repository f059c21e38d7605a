import Foundation
import Testing

@testable import Storage

@Suite("OP2: a program goes on beside additions of a newer one, and beside nothing else")
struct AdditiveStepTests {
    private static let added = Migration(
        version: 90, name: "added", statements: ["CREATE TABLE added (id BIGINT NOT NULL PRIMARY KEY)"],
        isAdditive: true)
    private static let changed = Migration(
        version: 91, name: "changed", statements: ["CREATE TABLE changed (id BIGINT NOT NULL PRIMARY KEY)"])

    private func withStore(_ kind: StoreKind, _ work: (Store, TemporaryDatabase) async throws -> Void) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            try await work(store, database)
            await store.close()
        }
    }

    @Test(
        "The older one comes up, writes, and changes nothing; the newer one finds all as it was",
        arguments: StoreKind.allCases)
    func goesOn(kind: StoreKind) async throws {
        try await withStore(kind) { store, database in
            let newer = Migration.all + [Self.added]
            try await Migrator.migrate(store.database, by: newer)
            let older = try await database.open()
            try await older.signIn("ann")
            await older.close()
            let status = try await Migrator.status(store.database)
            #expect(status.unknown == nil && status.isComplete && status.found == 90)
            let last = try await Migrator.steps(store.database).last
            #expect(last == MigrationStep(version: 90, name: "added", state: .additive))
            try await Migrator.migrate(store.database, by: newer)
            #expect(try await store.account(id: "id-ann") != nil)
        }
    }

    @Test("Until all steps have run none is noted, so that nobody comes in before one that is no addition")
    func notedLast() async throws {
        let database = EngineScratch()
        let store = try await Store.open(sqlite: database.path)
        let failing = Migration(version: 92, name: "failing", statements: ["CREATE NONSENSE"])
        await #expect(throws: (any Error).self) {
            try await Migrator.migrate(store.database, by: Migration.all + [Self.added, failing])
        }
        #expect(try await Migrator.steps(store.database).last?.state == .unknown)
        try await Migrator.migrate(store.database, by: Migration.all + [Self.added])
        #expect(try await Migrator.steps(store.database).last?.state == .additive)
        await store.close()
    }

    @Test("What calls itself an addition adds tables, indexes or columns, and nothing that an older program trips over")
    func additions() {
        for addition in Migration.all where addition.isAdditive {
            for statement in addition.statements {
                let words = statement.split { $0 == " " || $0.isNewline }.joined(separator: " ")
                let isNew = words.hasPrefix("CREATE TABLE ") || words.hasPrefix("CREATE INDEX ")
                let isColumn = words.hasPrefix("ALTER TABLE ") && words.contains(" ADD COLUMN ")
                #expect(isNew || isColumn, "\(words)")
                #expect(!isColumn || !words.contains("NOT NULL") || words.contains(" DEFAULT "), "\(words)")
                let references = words.components(separatedBy: " REFERENCES ").dropFirst()
                #expect(references.allSatisfy { $0.contains("ON DELETE CASCADE") }, "\(words)")
            }
        }
    }

    @Test("Of several steps each must be an addition", arguments: StoreKind.allCases)
    func oneIsNot(kind: StoreKind) async throws {
        try await withStore(kind) { store, database in
            try await Migrator.migrate(store.database, by: Migration.all + [Self.added, Self.changed])
            await #expect(throws: StorageError.newerSchema(found: 91, known: Migration.latest)) {
                try await database.open()
            }
            #expect(try await Migrator.steps(store.database).suffix(2).map(\.state) == [.additive, .unknown])
        }
    }

    @Test("What is called an addition and never ran lets nobody past", arguments: StoreKind.allCases)
    func anotherIs(kind: StoreKind) async throws {
        try await withStore(kind) { store, database in
            try await Migrator.migrate(store.database, by: Migration.all + [Self.changed])
            try await store.database.write { connection in
                _ = try connection.execute("INSERT INTO additive_steps (version) VALUES (90)", [])
            }
            await #expect(throws: StorageError.newerSchema(found: 91, known: Migration.latest)) {
                try await database.open()
            }
        }
    }

    @Test("In a database from before steps said so, no unknown step is an addition", arguments: StoreKind.allCases)
    func before(kind: StoreKind) async throws {
        try await withStore(kind) { store, database in
            try await Migrator.migrate(store.database, by: Migration.all + [Self.added])
            try await store.database.write { connection in
                _ = try connection.execute("DELETE FROM schema_migrations WHERE version = 28", [])
            }
            await #expect(throws: StorageError.newerSchema(found: 90, known: Migration.latest)) {
                try await database.open()
            }
        }
    }

    @Test("A step that is no addition refuses the program before it", arguments: StoreKind.allCases)
    func older(kind: StoreKind) async throws {
        try await withStore(kind) { store, _ in
            try await Migrator.migrate(store.database, by: Migration.all + [Self.changed])
            await #expect(throws: StorageError.newerSchema(found: 91, known: 90)) {
                try await Migrator.migrate(store.database, by: Migration.all + [Self.added])
            }
            let tables = try await store.database.hasTable("added")
            #expect(!tables, "nothing is made")
        }
    }
}
