import OAuth

/// What a restore has done.
package struct Restored: Sendable, Equatable {
    package let rows: [BackupRows]
    /// What the database held before, and what is gone.
    package let replaced: [BackupRows]
    /// The clients the database knew before, and those it knows now.
    package let clientsBefore: [StoredRegistration]
    package let clients: [StoredRegistration]
    /// From here on what is issued is good.
    package let epoch: Instant
}

extension Store {
    /// What a database holds, table by table, without those that are empty.
    package func holdings() async throws -> [BackupRows] {
        try await database.read { try $0.holdings() }
    }

    /// Puts a backup into the database in one step: killed at any moment, the database is as it was before or as
    /// it is after. Everything that was ever issued from it is dead afterwards (OP3).
    ///
    /// - Parameter solitude: asked first, when everything is locked, and before the change is made for good; `nil`
    ///   where nobody else can have the database open.
    package func restore(
        _ backup: Backup, replacing: Bool, clock: any WallClock, alone solitude: Solitude?,
        progress: @escaping @Sendable (BackupRows) -> Void = { _ in }
    ) async throws -> Restored {
        let lock = database.lock(try Self.tables().map(\.name))
        try await database.read { try solitude?.check(on: $0) }
        return try await database.change { target in
            if let lock { try target.execute(lock, []) }
            try solitude?.check(on: target)
            let (replaced, clientsBefore) = (try target.holdings(), try target.clients())
            guard replacing || replaced.isEmpty else { throw BackupFault.notEmpty(replaced) }
            try target.empty()
            let rows = try backup.tables.map { table in
                try target.take(table, from: backup.connection, progress: progress)
            }
            let epoch = try target.beginEpoch(after: backup, now: clock.now)
            // SQLite's lock lets others open the file and read.
            try solitude?.check(on: target)
            return Restored(
                rows: rows, replaced: replaced, clientsBefore: clientsBefore, clients: try target.clients(),
                epoch: epoch)
        }
    }

    /// From when on what is issued is good; `nil` when the database was never restored.
    package func restoreEpoch() async throws -> Instant? {
        try await database.read { connection in
            try connection.rows("SELECT MAX(epoch) FROM restore_epochs", []).first?.optionalInteger(0)
                .map(Instant.init(seconds:))
        }
    }
}

/// How far apart the clocks of processes and machines may be, in seconds.
private enum Clocks {
    /// As for access tokens, which are good at once at a process whose clock is behind by so much.
    static let difference: Int64 = 10
    /// Beyond this a clock is wrong, and an epoch would shut everybody out until it is right.
    static let patience: Int64 = 60
}

extension SQLConnection {
    fileprivate func holdings() throws -> [BackupRows] {
        // What a newer version has added would neither be counted nor emptied.
        if let unknown = try appliedVersions().subtracting(Migration.versions).max() {
            throw StorageError.newerSchema(found: unknown, known: Migration.latest)
        }
        return try Store.tables().map { BackupRows(table: $0.name, count: try TablePages(table: $0).count(on: self)) }
            .filter { $0.count > 0 }
    }

    fileprivate func clients() throws -> [StoredRegistration] {
        try rows("SELECT \(StoredRegistration.columns) FROM clients ORDER BY client_id", [])
            .map(StoredRegistration.init)
    }

    /// Rows go before those they hang from.
    fileprivate func empty() throws {
        for table in try Store.tables().reversed() { try execute("DELETE FROM \(table.name)", []) }
    }

    fileprivate func take(
        _ table: TableShape, from backup: SQLiteConnection, progress: (BackupRows) -> Void
    ) throws -> BackupRows {
        let pages = TablePages(table: table)
        var count: Int64 = 0
        try pages.forEach(on: backup) { rows in
            try pages.insert(rows, on: self)
            count += Int64(rows.count)
            progress(BackupRows(table: table.name, count: count))
        }
        return BackupRows(table: table.name, count: count)
    }

    /// Later than anything that can have been issued before: times are whole seconds, and what was issued in the
    /// last one, or by a process whose clock was ahead, must die too. What is issued meanwhile dies with it, so
    /// a server waits with opening its doors until the epoch has come.
    fileprivate func beginEpoch(after backup: Backup, now: Instant) throws -> Instant {
        let facts = backup.facts
        guard facts.newest <= now + Clocks.patience else {
            throw BackupFault.clockBehind(newest: facts.newest.description, now: now.description)
        }
        let row = try rows("SELECT COALESCE(MAX(number), 0), MAX(epoch) FROM restore_epochs", []).first
        let before = Instant(seconds: try row?.optionalInteger(1) ?? now.seconds)
        // An epoch lies ahead of the clock that began it, which may itself have been ahead.
        guard before <= now + 2 * Clocks.patience else {
            throw BackupFault.clockBehind(newest: before.description, now: now.description)
        }
        let epoch = max(max(now, facts.newest) + Clocks.difference + 1, before)
        let (number, isTooMuch) = (try row?.integer(0) ?? 0).addingReportingOverflow(1)
        guard !isTooMuch else {
            throw BackupFault.damaged(path: backup.path, reason: "it can count no further restore")
        }
        try insert(
            into: "restore_epochs",
            [
                "number": .integer(number), "epoch": .instant(epoch), "restored_at": .instant(now),
                "backup_made_at": .instant(facts.occasion.madeAt),
            ])
        return epoch
    }
}

extension Store {
    fileprivate static func tables() throws -> [TableShape] {
        try Migration.shapes(after: Migration.versions).filter { BackupPlan.parts[$0.name] != .structure }
    }
}
