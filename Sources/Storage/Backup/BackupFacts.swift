import OAuth

/// What a backup says about itself.
package struct BackupFacts: Sendable, Equatable {
    /// What the program knows and the database does not.
    package struct Occasion: Sendable, Equatable {
        package let madeAt: Instant
        package let program: String
        package let engine: String
        package let issuer: String

        package init(madeAt: Instant, program: String, engine: String, issuer: String) {
            self.madeAt = madeAt
            self.program = program
            self.engine = engine
            self.issuer = issuer
        }
    }

    package let occasion: Occasion
    package let schemaVersion: Int64
    /// Of the key that the signing keys are sealed with; `nil` when the database never had any.
    package let masterKeyFingerprint: String?
    /// The latest time at which anything in the database was issued or seen: another machine's clock may have
    /// been ahead of the one that made the backup.
    package let newest: Instant
    package let rows: [BackupRows]

    /// Counts up when an older program could not read the file.
    private static let format = "1"
    private static let rowPrefix = "rows of "

    /// As they stand in the file.
    var texts: [String: String] {
        var texts = [
            "format": Self.format, "made_at": "\(occasion.madeAt.seconds)", "program": occasion.program,
            "engine": occasion.engine, "issuer": occasion.issuer, "schema_version": "\(schemaVersion)",
            "newest": "\(newest.seconds)",
        ]
        texts["master_key_fingerprint"] = masterKeyFingerprint
        for row in rows { texts[Self.rowPrefix + row.table] = "\(row.count)" }
        return texts
    }
}

extension BackupFacts {
    /// - Parameter tables: those that are carried, in the order of the schema.
    init(_ texts: [String: String], tables: [TableShape], path: String) throws(BackupFault) {
        func text(_ name: String) throws(BackupFault) -> String {
            guard let text = texts[name] else { throw .damaged(path: path, reason: "it does not say its \(name)") }
            return text
        }
        func number(_ name: String) throws(BackupFault) -> Int64 {
            guard let number = Int64(try text(name)) else {
                throw .damaged(path: path, reason: "its \(name) is no number")
            }
            return number
        }
        guard try text("format") == Self.format else { throw .newerVersion(path: path, program: try text("program")) }
        occasion = Occasion(
            madeAt: Instant(seconds: try number("made_at")), program: try text("program"),
            engine: try text("engine"), issuer: try text("issuer"))
        schemaVersion = try number("schema_version")
        masterKeyFingerprint = texts["master_key_fingerprint"]
        newest = Instant(seconds: try number("newest"))
        var rows: [BackupRows] = []
        for table in tables {
            rows.append(BackupRows(table: table.name, count: try number(Self.rowPrefix + table.name)))
        }
        self.rows = rows
    }
}
