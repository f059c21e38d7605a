import Foundation
@testable import Storage

/// A folder that goes with the test, and a database in it.
final class EngineScratch: Sendable {
    let folder = NSTemporaryDirectory() + "martlet-engine-" + UUID().uuidString
    var path: String { folder + "/data/martlet.db" }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// With one table of named counts.
    func open() async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: path)
        _ = try await database.write {
            try $0.execute(
                "CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, count BIGINT NOT NULL, note)", [])
        }
        return database
    }
}

extension Database {
    func set(_ name: String, to count: Int64) async throws {
        try await write { try $0.set(name, to: count) }
    }

    func count(_ name: String) async throws -> SQLValue? {
        try await read { try $0.values("SELECT count FROM counts WHERE name = $1", [.text(name)]).first }
    }

    func increment(_ name: String) async throws {
        try await write { connection in
            guard
                case .integer(let count)? = try connection.values(
                    "SELECT count FROM counts WHERE name = $1", [.text(name)]
                ).first
            else { throw Refusal() }
            try connection.execute(
                "UPDATE counts SET count = $1 WHERE name = $2", [.integer(count + 1), .text(name)])
        }
    }
}

extension SQLConnection {
    func set(_ name: String, to count: Int64) throws {
        try execute("INSERT INTO counts (name, count) VALUES ($1, $2)", [.text(name), .integer(count)])
    }

    /// All values, row after row.
    func values(_ sql: String, _ values: [SQLValue] = []) throws -> [SQLValue] {
        try rows(sql, values).flatMap(\.values)
    }
}

/// What a job of a test says no with.
struct Refusal: Error {}
