import TestSupport

@testable import Storage

/// A database of its own on a server, with one table of named counts.
struct PostgreSQLScratch {
    let server: PostgreSQLServer
    let name: String

    static func with(
        _ server: PostgreSQLServer? = nil, _ body: (PostgreSQLScratch) async throws -> Void
    ) async throws {
        let server = if let server { server } else { try await PostgreSQLServer.shared() }
        let scratch = PostgreSQLScratch(server: server, name: try await server.makeDatabase())
        do {
            try await scratch.run(
                "CREATE TABLE counts (name TEXT PRIMARY KEY, count BIGINT NOT NULL, note TEXT, bytes BYTEA)")
            try await body(scratch)
        } catch {
            try? await server.dropDatabase(scratch.name)
            throw error
        }
        try await server.dropDatabase(scratch.name)
    }

    func open(role: String = "postgres", connections: Int = 8) throws -> PostgreSQLDatabase {
        PostgreSQLDatabase(try PostgreSQLAddress(server.address(of: name, role: role)), connections: connections)
    }

    /// With an engine that is closed afterwards.
    static func withDatabase(
        connections: Int = 8, _ body: (PostgreSQLScratch, PostgreSQLDatabase) async throws -> Void
    ) async throws {
        try await with { scratch in
            let database = try scratch.open(connections: connections)
            try await body(scratch, database)
            await database.close()
        }
    }

    @discardableResult
    func run(_ sql: String) async throws -> [String] { try await server.run(sql, in: name) }

    /// Ends connections of this database to its server.
    func terminate(where condition: String = "true") async throws {
        try await server.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)' AND \(condition)")
    }

    /// Returns once the server sees such a connection.
    func sees(_ condition: String) async throws {
        while try await server.run(
            "SELECT pid FROM pg_stat_activity WHERE datname = '\(name)' AND \(condition)"
        ).isEmpty {}
    }
}

/// What kind of fault an attempt ended with, and its words.
func fault(_ attempt: () async throws -> Void) async -> (kind: String, text: String) {
    do {
        try await attempt()
        return ("none", "")
    } catch let error as StorageError {
        let kind = String(Mirror(reflecting: error).children.first?.label ?? "")
        return (kind, error.description)
    } catch {
        return ("\(type(of: error))", "\(error)")
    }
}
