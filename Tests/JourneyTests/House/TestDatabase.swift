import Foundation
import Storage
import TestSupport

/// The database of one house. `MARTLET_TEST_ENGINE=postgresql` puts all of them on a throw-away server.
enum TestDatabase: Sendable {
    case sqlite(path: String)
    case postgresql(PostgreSQLServer, name: String)

    static func make(in folder: URL) async throws -> TestDatabase {
        switch ProcessInfo.processInfo.environment["MARTLET_TEST_ENGINE"] {
        case nil, "sqlite": return .sqlite(path: folder.appending(path: "martlet.db").path())
        case "postgresql":
            let server = try await PostgreSQLServer.shared()
            return .postgresql(server, name: try await server.makeDatabase(template: ready.value))
        case let other?: throw UnknownEngine(name: other)
        }
    }

    func open() async throws -> Store {
        switch self {
        case .sqlite(let path): try await Store.open(sqlite: path)
        case .postgresql(let server, let name):
            try await Store.open(postgreSQL: PostgreSQLAddress(server.address(of: name)), connections: 2)
        }
    }

    /// What it holds: the bytes on the disk, the log that is not yet folded in included, or every row there is.
    func bytes() async throws -> Data {
        switch self {
        case .sqlite(let path):
            let file = URL(filePath: path)
            let folder = file.deletingLastPathComponent()
            return try FileManager.default.contentsOfDirectory(atPath: folder.path())
                .filter { $0.hasPrefix(file.lastPathComponent) }
                .reduce(into: Data()) { $0 += try Data(contentsOf: folder.appending(path: $1)) }
        case .postgresql(let server, let name): return try await server.dump(name)
        }
    }

    /// A file goes with its folder.
    func remove() {
        guard case .postgresql(let server, let name) = self else { return }
        Task { try await server.dropDatabase(name) }
    }

    struct UnknownEngine: Error {
        let name: String
    }

    /// A database with the schema in it, made once and copied.
    private static let ready = Task {
        let server = try await PostgreSQLServer.shared()
        let name = try await server.makeDatabase()
        await (try Store.open(postgreSQL: PostgreSQLAddress(server.address(of: name)), connections: 2)).close()
        return name
    }
}
