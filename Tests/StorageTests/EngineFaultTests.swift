import Foundation
import Testing

@testable import Storage

@Suite("Faults of the SQLite engine")
struct EngineFaultTests {
    private let scratch = EngineScratch()

    @Test("A refused write is a constraint fault")
    func constraintsAreTold() async throws {
        let database = try await scratch.open()
        try await database.set("taken", to: 1)
        await #expect {
            try await database.set("taken", to: 2)
        } throws: {
            guard case StorageError.constraint = $0 else { return false }
            return true
        }
        #expect(try await database.count("taken") == .integer(1))
    }

    @Test("Foreign keys hold")
    func foreignKeysHold() async throws {
        let database = try await scratch.open()
        _ = try await database.write {
            try $0.execute("CREATE TABLE notes (name TEXT NOT NULL REFERENCES counts (name))", [])
        }
        await #expect {
            try await database.write { try $0.execute("INSERT INTO notes (name) VALUES ($1)", [.text("nobody")]) }
        } throws: {
            guard case StorageError.constraint = $0 else { return false }
            return true
        }
    }

    @Test(
        "A statement that cannot mean what its author thought is refused",
        arguments: ["SELECT 1; SELECT 2", "SELECT $1", "SELECT $2", "", "SELECT nothing FROM nowhere", "SELECT 0.5"])
    func doubtfulStatementsAreRefused(_ sql: String) async throws {
        let database = try await scratch.open()
        await #expect {
            try await database.read { try $0.rows(sql, []) }
        } throws: {
            guard case StorageError.corrupt = $0 else { return false }
            return true
        }
    }

    @Test("A file that is no database is refused by its path, and left as it was")
    func otherFilesAreRefused() throws {
        let text = Data(String(repeating: "not a database. ", count: 100).utf8)
        try FileManager.default.createDirectory(atPath: scratch.folder, withIntermediateDirectories: true)
        let path = scratch.folder + "/notes.txt"
        try text.write(to: URL(filePath: path))
        #expect(throws: StorageError.cannotOpen(path: path, reason: "it is not an SQLite database")) {
            try SQLiteDatabase(path: path)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == text)
    }

    @Test("A place that cannot hold a database is refused by its path", arguments: ["", "/dev/null/martlet.db", "/"])
    func impossiblePlacesAreRefused(_ path: String) {
        #expect {
            try SQLiteDatabase(path: path)
        } throws: {
            guard case StorageError.cannotOpen(path, _) = $0 else { return false }
            return true
        }
    }

    @Test("Nobody but the owner can read what is made")
    func filesArePrivate() async throws {
        let database = try await scratch.open()
        let modes = try ["", "/data", "/data/martlet.db", "/data/martlet.db-wal", "/data/martlet.db-shm"].map {
            try FileManager.default.attributesOfItem(atPath: scratch.folder + $0)[.posixPermissions] as? Int
        }
        #expect(modes == [0o700, 0o700, 0o600, 0o600, 0o600])
        await database.close()
    }

    @Test("OP1: a full disk refuses writes whole, and writes work again as soon as there is room")
    func fullDiskRecovers() async throws {
        let database = try await scratch.open()
        try await database.set("before", to: 1)
        try await limit(database, toPages: 10)
        await #expect {
            try await database.write { connection in
                try connection.set("during", to: 2)
                try connection.execute(
                    "UPDATE counts SET note = $1", [.bytes([UInt8](repeating: 7, count: 1_000_000))])
            }
        } throws: {
            guard case StorageError.unavailable(let words) = $0 else { return false }
            return words == "the disk of \(scratch.path) is full; make room there"
        }
        #expect(try await database.count("during") == nil)
        try await database.ping()
        try await limit(database, toPages: 1_000_000)
        try await database.set("after", to: 3)
        #expect(try await database.count("before") == .integer(1))
        #expect(try await database.count("after") == .integer(3))
    }

    @Test("A lost transaction is told as unavailable, and the next one works")
    func lostTransactionIsTold() async throws {
        let database = try await scratch.open()
        await #expect(throws: StorageError.unavailable("a transaction was rolled back")) {
            try await database.write { connection in
                try connection.set("lost", to: 1)
                try connection.execute("ROLLBACK", [])
                throw Refusal()
            }
        }
        try await database.set("next", to: 1)
        #expect(try await database.count("lost") == nil)
    }

    private func limit(_ database: SQLiteDatabase, toPages pages: Int) async throws {
        _ = try await database.write { try $0.rows("PRAGMA max_page_count = \(pages)", []) }
    }
}
