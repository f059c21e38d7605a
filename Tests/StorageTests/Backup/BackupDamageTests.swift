import Foundation
import OAuth
import Testing

@testable import Storage

@Suite("A damaged backup is refused before anything is touched")
struct BackupDamageTests {
    private let scratch: BackupScratch
    private let whole: [UInt8]

    init() async throws {
        scratch = try BackupScratch()
        let source = EngineScratch()
        let store = try await Store.open(sqlite: source.path)
        try await store.fill(people: 40)
        _ = try await store.backUp(to: scratch.file, occasion)
        await store.close()
        whole = try scratch.bytes()
    }

    private var fault: BackupFault? {
        do {
            try Backup.open(scratch.file).close()
            return nil
        } catch {
            return error as? BackupFault
        }
    }

    private func isDamaged(_ reason: String? = nil) -> Bool {
        guard case .damaged(scratch.file, let said)? = fault else { return false }
        return reason.map(said.contains) ?? true
    }

    @Test("One bit, anywhere in the rows, is noticed")
    func bitFlips() throws {
        var dice = SystemRandomNumberGenerator()
        let places = ["ann@example.org", "hash-ann", "Person-0", "fingerprint", "schema_version", "Zoë"].compactMap {
            Data(whole).range(of: Data($0.utf8))?.lowerBound
        }
        #expect(places.count == 6)
        for place in places {
            var bytes = whole
            bytes[place] ^= 1 << UInt8.random(in: 0...6, using: &dice)
            try scratch.write(bytes)
            #expect(fault != nil, "at \(place)")
        }
    }

    @Test("A bit anywhere at all is noticed, or is one that nothing is kept in")
    func anyBit() throws {
        let before = try #require(try contents())
        for place in stride(from: 7, to: whole.count, by: 1_009) {
            var bytes = whole
            bytes[place] ^= 0x10
            try scratch.write(bytes)
            if let contents = try contents() { #expect(contents == before, "at \(place)") }
        }
    }

    /// `nil` of a file that is refused.
    private func contents() throws -> [String]? {
        guard let backup = try opened() else { return nil }
        defer { backup.close() }
        var contents: [String] = []
        for table in backup.tables {
            try TablePages(table: table).forEach(on: backup.connection) { contents += $0.map { "\(table.name) \($0)" } }
        }
        return contents
    }

    private func opened() throws -> Backup? {
        do {
            return try Backup.open(scratch.file)
        } catch is BackupFault {
            return nil
        }
    }

    @Test("Every way of cutting it short is noticed", arguments: [0, 1, 99, 100, 4095, 4096, 20_000])
    func truncated(length: Int) throws {
        try scratch.write(Array(whole.prefix(length)))
        #expect(fault != nil)
        try scratch.write(Array(whole.dropLast(4096)))
        #expect(fault != nil)
    }

    @Test("What is no backup is called so: text, a database of something else, a database in use, a folder, nothing")
    func somethingElse() async throws {
        try scratch.write(Array("people: []\n".utf8) + [UInt8](repeating: 0x20, count: 200))
        #expect(fault == .isNoBackup(path: scratch.file))
        let engine = EngineScratch()
        let store = try await Store.open(sqlite: engine.path)
        #expect(throws: BackupFault.isNoBackup(path: engine.path)) { try Backup.open(engine.path) }
        await store.close()
        for path in [scratch.folder, scratch.folder + "/none"] {
            #expect {
                try Backup.open(path)
            } throws: {
                guard case .cannotRead(path, _)? = $0 as? BackupFault else { return false }
                return true
            }
        }
    }

    @Test("A changed, added or missing row is noticed, even where the pages are sound")
    func changedRows() throws {
        for statement in [
            "UPDATE accounts SET password_hash = 'mine' WHERE id = 'id-ann'",
            "INSERT INTO account_roles (account_id, role, context) VALUES ('id-ann', 'administrator', '')",
            "DELETE FROM consents WHERE subject = 'person_1'",
            "UPDATE backup_facts SET value = '1' WHERE name = 'newest'",
            "UPDATE backup_facts SET value = '0' WHERE name = 'digest'",
            "DELETE FROM backup_facts WHERE name = 'digest'",
            "DELETE FROM backup_facts WHERE name = 'made_at'",
            "UPDATE backup_facts SET value = 'soon' WHERE name = 'made_at'",
            "DELETE FROM backup_facts WHERE name = 'rows of accounts'",
            "DROP TABLE backup_facts",
        ] {
            try scratch.write(whole)
            try scratch.alter(sealing: false) { try $0.execute(statement, []) }
            #expect(isDamaged(), "\(statement)")
        }
    }

    @Test(
        "A table that is missing, or is another, is named",
        arguments: [
            "DROP TABLE consents", "ALTER TABLE consents DROP COLUMN scopes", "ALTER TABLE consents RENAME TO consent",
        ])
    func missingTable(statement: String) throws {
        try scratch.alter { try $0.execute(statement, []) }
        #expect(isDamaged("its table consents is missing or another"))
    }

    @Test("A count that does not hold is noticed, whoever sealed it")
    func counts() throws {
        try scratch.alter { try $0.execute("DELETE FROM consents WHERE subject = 'person_1'", []) }
        #expect(isDamaged("it does not hold 40 consents"))
    }

    @Test(
        "A backup of a newer version is refused as that",
        arguments: [
            "INSERT INTO schema_migrations (version, name) VALUES (99, 'future')",
            "UPDATE backup_facts SET value = '2' WHERE name = 'format'",
        ])
    func newer(statement: String) throws {
        try scratch.alter { try $0.execute(statement, []) }
        #expect(fault == .newerVersion(path: scratch.file, program: "0.1.0"))
    }
}
