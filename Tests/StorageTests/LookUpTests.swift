import Dispatch
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

    @Test("PostgreSQL: of many that share an exchange each gets its own rows, however many there are of them")
    func together() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            for number in Int64(0)..<40 { try await database.set("\(number)", to: number) }
            let up = "SELECT count FROM counts WHERE count >= $1 ORDER BY count"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in Int64(0)..<400 {
                    let number = round % 41
                    group.addTask {
                        let rows =
                            round % 2 == 0
                            ? try await database.lookUp(Self.count, [.text("\(number)")])
                            : try await database.lookUp(up, [.integer(number)])
                        let expected = number == 40 ? [] : round % 2 == 0 ? [number] : Array(number..<40)
                        #expect(try rows.map { try $0.integer(0) } == expected)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("PostgreSQL: of many that share an exchange those fail that are wrong, and no other")
    func failingAlone() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            try await database.set("a", to: 1)
            let wrong: [(String, [SQLValue])] = [
                ("SELECT 1 / (count - count) FROM counts WHERE name = $1", [.text("a")]),
                ("UPDATE counts SET count = 2 WHERE name = $1 RETURNING count", [.text("a")]),
                ("SELECT 1 FROM nowhere", []), (Self.count, []),
            ]
            let kinds = await withTaskGroup(of: String.self) { group in
                for number in 0..<240 {
                    let (sql, values) = number % 5 == 0 ? wrong[number / 5 % 4] : (Self.count, [.text("a")])
                    group.addTask {
                        await fault {
                            let rows = try await database.lookUp(sql, values)
                            #expect(try rows.map { try $0.integer(0) } == [1])
                        }.kind
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(kinds == ["none": 192, "constraint": 12, "unavailable": 12, "corrupt": 24])
        }
    }

    @Test("PostgreSQL: many at once at connections that ended while they lay idle are answered, all of them")
    func terminatedTogether() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            try await database.set("a", to: 1)
            for _ in 0..<3 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<200 {
                        group.addTask {
                            let rows = try await database.lookUp(Self.count, [.text("a")])
                            #expect(rows.count == 1)
                        }
                    }
                    try await group.waitForAll()
                }
                try await scratch.terminate()
            }
        }
    }

    @Test("PostgreSQL: of more statements than a connection keeps each look-up gets the rows of its own")
    func manyStatementsTogether() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            try await database.set("a", to: 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in 0..<900 {
                    let number = round % 300
                    group.addTask {
                        let rows = try await database.lookUp(
                            "SELECT count + \(number) FROM counts WHERE name = $1", [.text("a")])
                        #expect(try rows.map { try $0.integer(0) } == [Int64(number + 1)])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("PostgreSQL: one that waits for a lock in vain fails alone")
    func lockedAlone() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { scratch, database in
            try await database.set("a", to: 1)
            try await scratch.run("CREATE TABLE locked (name TEXT)")
            let gate = DispatchSemaphore(value: 0)
            let (begun, beginning) = AsyncStream<Void>.makeStream()
            let holding = Task {
                try await database.write { connection in
                    try connection.execute("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE", [])
                    beginning.finish()
                    gate.wait()
                }
            }
            for await _ in begun {}
            let kinds = await withTaskGroup(of: String.self) { group in
                for number in 0..<40 {
                    let isLocked = number == 20
                    group.addTask {
                        await fault {
                            _ = try await database.lookUp(
                                isLocked ? "SELECT 1 FROM locked WHERE name = $1" : Self.count, [.text("a")])
                        }.kind
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            gate.signal()
            try await holding.value
            #expect(kinds == ["none": 39, "unavailable": 1])
        }
    }

    @Test("PostgreSQL: closing with many under way answers or refuses each of them", .timeLimit(.minutes(1)))
    func closingTogether() async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            try await database.set("a", to: 1)
            let kinds = await withTaskGroup(of: String.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        await fault { _ = try await database.lookUp(Self.count, [.text("a")]) }.kind
                    }
                }
                group.addTask {
                    await database.close()
                    return "closed"
                }
                return await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(kinds.isSubset(of: ["none", "unavailable", "closed"]))
            await #expect(throws: StorageError.self) { try await database.lookUp(Self.count, [.text("a")]) }
        }
    }

    @Test("PostgreSQL: connections that end under many fail those alone, and the next are answered")
    func terminatedUnderWay() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            try await database.set("a", to: 1)
            let kinds = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<200 {
                            let seen = await fault {
                                let rows = try await database.lookUp(Self.count, [.text("a")])
                                #expect(rows.count == 1)
                            }
                            guard ["none", "unavailable"].contains(seen.kind) else { return seen.text }
                        }
                        return "as it should be"
                    }
                }
                group.addTask {
                    for _ in 0..<5 { try await scratch.terminate() }
                    return "as it should be"
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(kinds == ["as it should be"])
            #expect(try await database.lookUp(Self.count, [.text("a")]).count == 1)
        }
    }
}
