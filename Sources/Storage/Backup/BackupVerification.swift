/// Reads all of a backup before anything is done with it.
struct BackupVerification {
    let path: String
    let connection: SQLiteConnection

    /// The schema comes first: a file from outside could hold a view or a name that makes every query endless.
    func run() throws -> BackupFacts {
        let found = try connection.schemaEntries()
        try refuse(found, lacking: BackupFile.schemaEntries(after: []))
        let versions = try connection.appliedVersions()
        guard versions.isSubset(of: Migration.versions) else {
            throw BackupFault.newerVersion(path: path, program: try connection.backupFacts()["program"] ?? "unknown")
        }
        let expected = try BackupFile.schemaEntries(after: versions)
        try refuse(found, lacking: expected)
        try refuse(found, beyond: expected)
        try checkPages()
        let tables = try BackupPlan.carried(Migration.shapes(after: versions))
        try checkNumbers(tables)
        return try checkContent(tables)
    }

    private func checkContent(_ tables: [TableShape]) throws -> BackupFacts {
        let texts = try connection.backupFacts()
        let facts = try BackupFacts(texts, tables: tables, path: path)
        guard try texts["digest"] == connection.contentDigest() else { throw damage("its content was changed") }
        for rows in facts.rows {
            guard let table = tables.first(where: { $0.name == rows.table }),
                try TablePages(table: table).count(on: connection) == rows.count
            else { throw damage("it does not hold \(rows.count) \(rows.table)") }
        }
        return facts
    }

    private func refuse(_ found: [SchemaEntry], lacking expected: [SchemaEntry]) throws {
        let found = Set(found)
        for entry in expected where !found.contains(entry) {
            throw damage("its \(entry.text) is missing or another")
        }
    }

    private func refuse(_ found: [SchemaEntry], beyond expected: [SchemaEntry]) throws {
        let known = Set(expected)
        for entry in found where !known.contains(entry) {
            throw damage("it holds the \(entry.text), which no backup has")
        }
        guard found.count == expected.count else { throw damage("it holds something twice") }
    }

    private func checkPages() throws {
        let faults = try connection.rows("PRAGMA integrity_check(1)", []).map { try $0.text(0) }
        guard faults == ["ok"] else { throw damage(faults.first ?? "its pages cannot be read") }
    }

    /// What counts up is far from its end in any database that ever was; a number at the end would stop the next.
    private func checkNumbers(_ tables: [TableShape]) throws {
        for (table, column) in BackupPlan.counters where tables.contains(where: { $0.name == table }) {
            let strange = try connection.rows(
                "SELECT 1 FROM \(table) WHERE typeof(\(column)) <> 'integer' OR \(column) NOT BETWEEN 0 AND $1 LIMIT 1",
                [.integer(BackupPlan.highestCount)])
            guard strange.isEmpty else {
                throw damage("a \(column) of \(table) is no number that can have been counted")
            }
        }
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
