import Testing

@testable import Storage

@Suite("Look-ups: one statement, in no transaction")
struct LookUpTests {
    private let scratch = EngineScratch()
    private static let count = "SELECT count FROM counts WHERE name = $1"

    private func withDatabases(_ body: (any Engine) async throws -> Void) async throws {
        let embedded = try await scratch.open()
        try await body(embedded)
        await embedded.close()
        try await PostgreSQLScratch.withDatabase { _, database in try await body(database) }
    }

    @Test("OP1: many at once see what was acknowledged before them")
    func seesAcknowledged() async throws {
        try await withDatabases { database in
            for round in Int64(0)..<5 {
                try await database.set("\(round)", to: round)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<100 {
                        group.addTask {
                            let rows = try await database.lookUp(Self.count, [.text("\(round)")])
                            #expect(try rows.map { try $0.integer(0) } == [round])
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("One cannot write, on whatever connection it runs")
    func cannotWrite() async throws {
        try await withDatabases { database in
            try await database.set("a", to: 1)
            for _ in 0..<20 {
                await #expect(throws: StorageError.self) {
                    try await database.lookUp(
                        "UPDATE counts SET count = 2 WHERE name = $1 RETURNING count", [.text("a")])
                }
            }
            #expect(try await database.lookUp(Self.count, [.text("a")]).first?.integer(0) == 1)
        }
    }

    @Test("One that fails leaves nothing behind for the next")
    func failures() async throws {
        try await withDatabases { database in
            try await database.set("a", to: 1)
            for (sql, values) in [
                (Self.count, []), (Self.count, [.text("a"), .text("b")]), (Self.count, [.text("a\0")]),
                ("SELECT 1 FROM nowhere", []), ("SELECT 1 FROM", []),
            ] as [(String, [SQLValue])] {
                await #expect(throws: StorageError.self, "\(sql)") { try await database.lookUp(sql, values) }
                #expect(try await database.lookUp(Self.count, [.text("a")]).first?.integer(0) == 1)
            }
        }
    }

    @Test("After closing none is answered, and closing waits for those under way")
    func closing() async throws {
        let database = try await scratch.open()
        try await database.set("a", to: 1)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try? await database.lookUp(Self.count, [.text("a")]) } }
            group.addTask { await database.close() }
        }
        await #expect(throws: StorageError.self) { try await database.lookUp(Self.count, [.text("a")]) }
    }

    @Test("PostgreSQL: connections that ended while they lay idle are replaced, and nobody notices")
    func terminatedIdle() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            try await database.set("a", to: 1)
            for _ in 0..<3 {
                for _ in 0..<20 { #expect(try await database.lookUp(Self.count, [.text("a")]).count == 1) }
                try await scratch.terminate()
            }
        }
    }
}
