import Foundation
import OAuth
import Testing

@testable import Storage

@Suite("A backup that somebody has made, and sealed rightly, can do no more than be refused")
struct CraftedBackupTests {
    private let scratch: BackupScratch

    init() async throws {
        scratch = try BackupScratch()
        let source = EngineScratch()
        let store = try await Store.open(sqlite: source.path)
        try await store.fill(people: 2)
        _ = try await store.backUp(to: scratch.file, occasion)
        await store.close()
    }

    private var fault: BackupFault? {
        do {
            try Backup.open(scratch.file).close()
            return nil
        } catch {
            return error as? BackupFault
        }
    }

    private static let endless = "with recursive c(a) as (select 1 union all select a + 1 from c) select a, a from c"

    @Test(
        "IN10: whatever the schema does not know is refused before any of it is read, endless or not",
        arguments: [
            ("CREATE TABLE \"(\(endless))\" (a integer primary key)", "holds the table (with recursive"),
            ("CREATE TABLE \"select\" (a integer primary key)", "holds the table select"),
            ("CREATE TABLE more (a)", "holds the table more"),
            ("CREATE VIEW more AS \(endless)", "holds the view more"),
            ("CREATE INDEX more ON accounts (status)", "holds the index more"),
            ("CREATE TRIGGER more AFTER INSERT ON accounts BEGIN DELETE FROM accounts; END", "holds the trigger more"),
            ("ALTER TABLE accounts ADD COLUMN more TEXT", "table accounts is missing or another"),
        ])
    func schema(statement: String, reason: String) throws {
        try scratch.alter(sealing: false) { try $0.execute(statement, []) }
        guard case .damaged(scratch.file, let said)? = fault else {
            Issue.record("\(statement): \(String(describing: fault))")
            return
        }
        #expect(said.contains(reason), "\(said)")
    }

    @Test("IN10: a view in the place of a table that is read first is refused unread")
    func views() throws {
        for table in ["backup_facts", "schema_migrations"] {
            try scratch.alter(sealing: false) { connection in
                try connection.execute("ALTER TABLE \(table) RENAME TO moved_\(table)", [])
                try connection.execute("CREATE VIEW \(table) AS \(Self.endless)", [])
            }
            guard case .damaged(_, let said)? = fault else {
                Issue.record("\(table): \(String(describing: fault))")
                continue
            }
            #expect(said.contains("is missing or another"), "\(said)")
        }
    }

    @Test(
        "IN10: a number at its end, from which nothing more can be counted, is refused",
        arguments: [
            "INSERT INTO restore_epochs VALUES (9223372036854775807, 1, 1, 1)",
            "INSERT INTO restore_epochs VALUES ('12 o''clock', 1, 1, 1)",
            "UPDATE signing_keys SET generation = 9223372036854775807 WHERE key_id = 'k2'",
            "INSERT INTO change_counters VALUES ('clients', 9223372036854775807) ON CONFLICT (topic) DO UPDATE SET version = 9223372036854775807",
        ])
    func counters(statement: String) throws {
        try scratch.alter { connection in
            try connection.execute(statement, [])
            for table in ["restore_epochs", "change_counters"] {
                try connection.execute(
                    "UPDATE backup_facts SET value = (SELECT count(*) FROM \(table)) WHERE name = 'rows of \(table)'",
                    [])
            }
        }
        guard case .damaged(_, let said)? = fault else {
            Issue.record("\(statement): \(String(describing: fault))")
            return
        }
        #expect(said.contains("is no number that can have been counted"), "\(said)")
    }

    @Test(
        "IN10, OP3: times at the ends of what a number holds are refused or do no harm", arguments: StoreKind.allCases)
    func times(kind: StoreKind) async throws {
        for (statement, isRefused) in [
            ("INSERT INTO restore_epochs VALUES (1, 9223372036854775807, 1, 1)", true),
            ("UPDATE backup_facts SET value = '9223372036854775807' WHERE name = 'newest'", true),
            ("UPDATE restore_epochs SET epoch = -9223372036854775807 - 1", false),
            ("UPDATE backup_facts SET value = '-9223372036854775808' WHERE name = 'newest'", false),
            ("UPDATE backup_facts SET value = '9223372036854775807' WHERE name = 'made_at'", false),
        ] {
            try scratch.alter { connection in
                try connection.execute(statement, [])
                try connection.execute(
                    "UPDATE backup_facts SET value = (SELECT count(*) FROM restore_epochs) WHERE name = 'rows of restore_epochs'",
                    [])
            }
            try await kind.withStore { store in
                let backup = try Backup.open(scratch.file)
                defer { backup.close() }
                let clock = FixedClock(now: start + day)
                guard isRefused else {
                    let restored = try await store.restore(backup, replacing: true, clock: clock)
                    #expect(restored.epoch == clock.now + 11, "\(statement)")
                    return
                }
                await #expect {
                    try await store.restore(backup, replacing: true, clock: clock)
                } throws: {
                    guard case .clockBehind? = $0 as? BackupFault else { return false }
                    return true
                }
                #expect(try await store.restoreEpoch() == nil)
            }
            try scratch.alter { connection in
                try connection.execute("DELETE FROM backup_facts WHERE name = 'newest'", [])
                try connection.execute("INSERT INTO backup_facts VALUES ('newest', '0')", [])
                if isRefused { try connection.execute("UPDATE restore_epochs SET epoch = 1", []) }
            }
        }
    }

    @Test("CF4: what a backup says of itself reaches a terminal as text and nothing more")
    func words() throws {
        let treacherous = "\u{1B}]0;owned\u{7}\u{1B}[2J\n\u{202E}"
        for fault: BackupFault in [
            .newerVersion(path: "a", program: treacherous), .damaged(path: "a", reason: treacherous),
            .cannotRead(path: treacherous, reason: "x"),
        ] {
            #expect(fault.description.contains("\\u{1b}]0;owned"))
            #expect(!fault.description.unicodeScalars.contains(where: PlainText.isTreacherous))
        }
    }
}
