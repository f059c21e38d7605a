import Foundation
import Storage
import TestSupport
import Testing

/// An engine the contract is proved on.
enum StoreKind: String, CaseIterable, Sendable {
    case sqlite, postgresql

    /// Runs with an empty database of its own, which is gone afterwards.
    func withDatabase(_ body: (TemporaryDatabase) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await body(.sqlite(folder))
        case .postgresql:
            let server = try await PostgreSQLServer.shared()
            let name = try await server.makeDatabase()
            do {
                try await body(.postgresql(server, name))
            } catch {
                try await server.dropDatabase(name)
                throw error
            }
            try await server.dropDatabase(name)
        }
    }

    func withStore(_ body: (Store) async throws -> Void) async throws {
        try await withDatabase { database in
            let store = try await database.open()
            try await body(store)
            await store.close()
        }
    }

    /// Two stores on one database, as two processes would have them.
    /// - Parameter inOneOrder: whether the verbs that meet take rows in one order. Found out, a deadlock is tried again and
    ///   the outcome is right, only time is lost, a second each; so nothing else tells of it.
    func withTwoStores(inOneOrder: Bool = false, _ body: (Store, Store) async throws -> Void) async throws {
        try await withDatabase { database in
            let first = try await database.open()
            let second = try await database.open()
            try await body(first, second)
            await first.close()
            await second.close()
            guard inOneOrder else { return }
            let deadlocks = try await database.deadlocks()
            #expect(deadlocks == 0)
        }
    }
}

/// Where a database lies while a test runs.
enum TemporaryDatabase: Sendable {
    case sqlite(URL)
    case postgresql(PostgreSQLServer, String)

    func open() async throws -> Store {
        switch self {
        case .sqlite(let folder):
            try await Store.open(sqlite: folder.appending(path: "martlet.db").path)
        case .postgresql(let server, let name):
            try await Store.open(postgreSQL: PostgreSQLAddress(server.address(of: name)))
        }
    }

    /// How many PostgreSQL found since the database was made. What a connection has seen is counted when it ends, which is
    /// waited for: 10 seconds at most. SQLite has one writer and none.
    func deadlocks() async throws -> Int {
        guard case .postgresql(let server, let name) = self else { return 0 }
        let deadline = ContinuousClock.now + .seconds(10)
        while try await server.run("SELECT count(*) FROM pg_stat_activity WHERE datname = '\(name)'") != ["0"] {
            guard ContinuousClock.now < deadline else { break }
            try await Task.sleep(for: .milliseconds(20))  // as connections end after they were let go, and nobody tells
        }
        let found = try await server.run("SELECT deadlocks FROM pg_stat_database WHERE datname = '\(name)'")
        return try #require(found.first.flatMap { Int($0) })
    }

    /// Every byte on disk: the database, its log, whatever else lies there. Of PostgreSQL, whose files hold the
    /// databases of other tests too, every row of every table.
    func dump() async throws -> Data {
        switch self {
        case .sqlite(let folder):
            return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .reduce(into: Data()) { try $0.append(Data(contentsOf: $1)) }
        case .postgresql(let server, let name):
            return try await server.dump(name)
        }
    }
}
