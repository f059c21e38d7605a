import Foundation
import Storage

/// An engine the contract is proved on.
enum StoreKind: String, CaseIterable, Sendable {
    case sqlite

    /// Runs with an empty database of its own, which is gone afterwards.
    func withDatabase(_ body: (TemporaryDatabase) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(TemporaryDatabase(kind: self, folder: folder))
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
struct TemporaryDatabase {
    let kind: StoreKind
    let folder: URL

    func open() async throws -> Store {
        switch kind {
        case .sqlite: try await Store.open(sqlite: folder.appending(path: "martlet.db").path)
        }
    }

    /// Every byte on disk: the database, its log, whatever else lies there.
    func dump() throws -> Data {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .reduce(into: Data()) { try $0.append(Data(contentsOf: $1)) }
    }
}
