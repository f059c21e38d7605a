import Foundation
import Storage
import TestSupport

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
    func withTwoStores(_ body: (Store, Store) async throws -> Void) async throws {
        try await withDatabase { database in
            let first = try await database.open()
            let second = try await database.open()
            try await body(first, second)
            await first.close()
            await second.close()
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
