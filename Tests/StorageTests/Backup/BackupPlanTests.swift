import Foundation
import Testing

@testable import Storage

@Suite("What a backup holds is decided for every table")
struct BackupPlanTests {
    @Test("OP3: no table of the schema is left undecided, and none that is gone is still named")
    func everyTable() throws {
        let tables = try Migration.shapes(after: Migration.versions).map(\.name)
        #expect(Set(tables) == Set(BackupPlan.parts.keys))
    }

    @Test("Every table has a key to go through it by, and stands after those its rows refer to")
    func order() throws {
        let connection = try BackupFile.inMemory()
        try Migration.apply(Migration.versions, on: connection)
        var before: Set<String> = []
        for table in try connection.tableShapes() {
            #expect(!table.key.isEmpty && !table.columns.isEmpty, "\(table.name)")
            let referred = try connection.rows("SELECT \"table\" FROM pragma_foreign_key_list($1)", [.text(table.name)])
            #expect(try before.isSuperset(of: referred.map { try $0.text(0) }), "\(table.name)")
            before.insert(table.name)
        }
    }

    @Test("OP3: what is carried refers to nothing that stays out, and holds no digest of anything spendable")
    func closed() throws {
        let connection = try BackupFile.inMemory()
        try Migration.apply(Migration.versions, on: connection)
        // Of backup codes people keep the other half on paper, for years: keyed digests, of no use without the key.
        for table in try BackupPlan.carried(connection.tableShapes()) where table.name != "backup_codes" {
            for row in try connection.rows("SELECT \"table\" FROM pragma_foreign_key_list($1)", [.text(table.name)]) {
                #expect(try BackupPlan.parts[row.text(0)] == .carried)
            }
            #expect(!table.columns.contains { ["digest", "secret", "handle"].contains($0) }, "\(table.name)")
        }
    }
}
