import Foundation

/// A backup that has been read from its first byte to its last and found whole.
package final class Backup: Sendable {
    package let path: String
    package let facts: BackupFacts
    /// The carried tables, in this program's schema.
    let tables: [TableShape]
    let connection: SQLiteConnection

    private init(path: String, facts: BackupFacts, tables: [TableShape], connection: SQLiteConnection) {
        (self.path, self.facts, self.tables, self.connection) = (path, facts, tables, connection)
    }

    package func close() { connection.close() }

    /// Throws a `BackupFault` unless every row is as it was written. Blocks: for commands.
    package static func open(_ path: String) throws -> Backup {
        let connection = try reading(path) { try BackupFile.openForReading(path) }
        do {
            let facts = try reading(path) { try BackupVerification(path: path, connection: connection).run() }
            return try current(path, facts, connection)
        } catch {
            connection.close()
            throw error
        }
    }

    /// One of an older schema is brought up to date in a copy that has no name any more.
    private static func current(
        _ path: String, _ facts: BackupFacts, _ connection: SQLiteConnection
    ) throws -> Backup {
        let missing = Migration.versions.subtracting(try connection.appliedVersions())
        guard !missing.isEmpty else {
            let tables = try BackupPlan.carried(Migration.shapes(after: Migration.versions))
            return Backup(path: path, facts: facts, tables: tables, connection: connection)
        }
        let copy = try NamelessCopy.of(path)
        try copy.execute("BEGIN", [])
        try Migration.apply(missing, on: copy)
        try copy.execute("COMMIT", [])
        connection.close()
        let tables = try BackupPlan.carried(Migration.shapes(after: Migration.versions))
        return Backup(path: path, facts: facts, tables: tables, connection: copy)
    }

    /// What SQLite says of a file that should be sound is damage, whatever it calls it.
    private static func reading<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as StorageError {
            throw BackupFault.damaged(path: path, reason: error.detail)
        }
    }
}

/// A copy of a file that vanishes with the process, however that ends.
private enum NamelessCopy {
    static func of(_ path: String) throws -> SQLiteConnection {
        let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        let copy = folder + "/martlet-\(UUID().uuidString).restoring"
        defer { unlink(copy) }
        let file = Foundation.open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw fault(copy) }
        let isCopied = fill(file, from: path)
        guard Foundation.close(file) == 0, isCopied else { throw fault(copy) }
        let connection = try BackupFile.create(at: copy)
        // SQLite has the file open once it has read from it.
        _ = try connection.appliedVersions()
        return connection
    }

    private static func fill(_ file: Int32, from path: String) -> Bool {
        let source = Foundation.open(SQLiteFile(path: path).location, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { return false }
        defer { Foundation.close(source) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(source, &buffer, buffer.count)
            guard count > 0 else { return count == 0 }
            guard Foundation.write(file, buffer, count) == count else { return false }
        }
    }

    private static func fault(_ copy: String) -> BackupFault {
        .cannotWrite(path: copy, reason: String(cString: strerror(errno)))
    }
}
