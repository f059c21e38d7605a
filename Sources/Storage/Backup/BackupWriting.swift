import OAuth

extension Store {
    /// Makes a backup of one consistent state, beside servers that go on reading and writing.
    ///
    /// - Parameter progress: told, now and then, a table and how many rows of it are done.
    package func backUp(
        to path: String, _ occasion: BackupFacts.Occasion, replacing: Bool = false,
        progress: @escaping @Sendable (BackupRows) -> Void = { _ in }
    ) async throws -> BackupFacts {
        let file = try PartialFile(path, replacing: replacing)
        do {
            // The engine may run this again after a conflict, so it begins with an empty file.
            try await database.read { source in
                try file.clear()
                try BackupWriting(source: source, file: file, progress: progress).run(occasion)
            }
            try BackupWriting.seal(file)
            let facts = try BackupWriting.readBack(file)
            try file.publish()
            return facts
        } catch {
            file.discard()
            throw error
        }
    }
}

/// Copies from a snapshot into the file.
private struct BackupWriting {
    let source: any SQLConnection
    let file: PartialFile
    let progress: @Sendable (BackupRows) -> Void

    /// Where times of issue stand, to know how far clocks have been.
    private static let times = [
        ("accounts", "updated_at"), ("sessions", "last_seen_at"), ("grants", "created_at"),
        ("refresh_tokens", "issued_at"), ("access_tokens", "issued_at"),
    ]

    func run(_ occasion: BackupFacts.Occasion) throws {
        let versions = try source.appliedVersions()
        if let unknown = SchemaStatus(ran: versions).unknown {
            throw StorageError.newerSchema(found: unknown, known: Migration.latest)
        }
        let target = try writing { try BackupFile.create(at: file.partial) }
        defer { target.close() }
        guard file.isOpenTwice else { throw BackupFault.draftIsForeign(path: file.path) }
        try writing {
            try target.execute("BEGIN", [])
            try Migration.apply(versions, on: target)
        }
        let shapes = try writing { try target.tableShapes() }
        let rows = try BackupPlan.carried(shapes).map { try copy($0, to: target) }
        let facts = BackupFacts(
            occasion: occasion, schemaVersion: versions.max() ?? 0, masterKeyFingerprint: try fingerprint(shapes),
            newest: try newest(shapes, madeAt: occasion.madeAt), rows: rows)
        try writing {
            try target.execute(BackupFile.tableOfFacts, [])
            for (name, value) in facts.texts {
                try target.insert(into: "backup_facts", ["name": .text(name), "value": .text(value)])
            }
            try target.execute("COMMIT", [])
        }
    }

    private func copy(_ table: TableShape, to target: SQLiteConnection) throws -> BackupRows {
        let pages = TablePages(table: table)
        var count: Int64 = 0
        try pages.forEach(on: source) { rows in
            try writing { try pages.insert(rows, on: target) }
            count += Int64(rows.count)
            progress(BackupRows(table: table.name, count: count))
        }
        return BackupRows(table: table.name, count: count)
    }

    private func fingerprint(_ shapes: [TableShape]) throws -> String? {
        guard shapes.contains(where: { $0.name == "master_key_binding" }) else { return nil }
        return try source.rows("SELECT fingerprint FROM master_key_binding", []).first?.text(0)
    }

    private func newest(_ shapes: [TableShape], madeAt: Instant) throws -> Instant {
        let present = Set(shapes.map(\.name))
        return try Self.times.filter { present.contains($0.0) }.reduce(madeAt) { newest, place in
            let (table, column) = place
            let latest = try source.rows("SELECT MAX(\(column)) FROM \(table)", []).first?.optionalInteger(0)
            return max(newest, Instant(seconds: latest ?? newest.seconds))
        }
    }

    private func writing<Result>(_ work: () throws -> Result) throws -> Result {
        try Self.writing(file, work)
    }

    /// Tells a fault of the file from one of the database that is read.
    private static func writing<Result>(_ file: PartialFile, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as StorageError {
            throw BackupFault.cannotWrite(path: file.path, reason: error.detail)
        }
    }

    /// Adds the digest, over what the file says when it is read: its order is its own.
    static func seal(_ file: PartialFile) throws {
        try writing(file) {
            let target = try BackupFile.create(at: file.partial)
            defer { target.close() }
            let digest = try target.contentDigest()
            try target.insert(into: "backup_facts", ["name": .text("digest"), "value": .text(digest)])
        }
    }

    /// A backup that was never read is none.
    static func readBack(_ file: PartialFile) throws -> BackupFacts {
        let backup = try Backup.open(file.partial)
        defer { backup.close() }
        return backup.facts
    }
}

extension StorageError {
    /// Without the sentence around it, for a sentence about another file.
    package var detail: String {
        switch self {
        case .unavailable(let detail), .constraint(let detail), .corrupt(let detail), .forbidden(let detail): detail
        case .cannotOpen(_, let reason): reason
        case .newerSchema, .outdatedSchema: description
        }
    }
}
