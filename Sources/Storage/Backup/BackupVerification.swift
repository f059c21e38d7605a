/// Reads all of a backup before anything is done with it.
struct BackupVerification {
    let path: String
    let connection: SQLiteConnection

    func run() throws -> BackupFacts {
        try checkPages()
        let texts = try connection.backupFacts()
        let versions = try connection.appliedVersions()
        guard versions.isSubset(of: Migration.versions) else {
            throw BackupFault.newerVersion(path: path, program: texts["program"] ?? "unknown")
        }
        let tables = try checkTables(after: versions)
        let facts = try BackupFacts(texts, tables: tables, path: path)
        guard try texts["digest"] == connection.contentDigest() else { throw damage("its content was changed") }
        for rows in facts.rows {
            guard let table = tables.first(where: { $0.name == rows.table }),
                try TablePages(table: table).count(on: connection) == rows.count
            else { throw damage("it does not hold \(rows.count) \(rows.table)") }
        }
        return facts
    }

    private func checkPages() throws {
        let faults = try connection.rows("PRAGMA integrity_check(1)", []).map { try $0.text(0) }
        guard faults == ["ok"] else { throw damage(faults.first ?? "its pages cannot be read") }
    }

    private func checkTables(after versions: Set<Int64>) throws -> [TableShape] {
        let found = try connection.tableShapes()
        let expected = try Migration.shapes(after: versions)
        for table in expected where !found.contains(table) {
            throw damage("its table \(table.name) is missing or another")
        }
        return try BackupPlan.carried(expected)
    }

    private func damage(_ reason: String) -> BackupFault { .damaged(path: path, reason: reason) }
}

extension SQLiteConnection {
    func backupFacts() throws -> [String: String] {
        let facts = try rows("SELECT name, value FROM backup_facts", [])
            .map { (try $0.text(0), try $0.text(1)) }
        return Dictionary(facts) { first, _ in first }
    }

    /// Over every row of every table there is, the facts included, the digest itself excepted.
    func contentDigest() throws -> String {
        var digest = ContentDigest()
        for table in try tableShapes() {
            digest.begin(table)
            try TablePages(table: table).forEach(on: self) { rows in
                for row in rows where table.name != "backup_facts" || row.values.first != .text("digest") {
                    digest.add(row.values)
                }
            }
        }
        return digest.text
    }
}
