import Testing

@testable import Storage

@Suite("Conditional writes on PostgreSQL: they share a transaction with those that come together with them")
struct ConditionalWriteTests {
    @Test("OP1: one that fails, by itself or by a constraint, is undone alone")
    func failingAlone() async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            try await database.set("taken", to: 1)
            let refused = await withTaskGroup(of: String?.self) { group in
                for number in Int64(0)..<200 {
                    group.addTask {
                        await refusal {
                            try await database.conditionalWrite { connection in
                                try connection.set(number % 4 == 0 ? "taken" : "job \(number)", to: number)
                                if number % 4 == 1 { throw Refusal() }
                            }
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1 ?? "kept", default: 0] += 1 }
            }
            #expect(refused == ["kept": 100, "refused": 50, "constraint": 50])
            let kept = try await database.read { try $0.values("SELECT count(*), min(count % 4) FROM counts") }
            #expect(kept == [.integer(101), .integer(1)], "the one that was there, and those that were told so")
        }
    }

    @Test("OP1, IN3: of many that spend one row at two pools exactly one is told that it did")
    func oneWinner() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            let other = try scratch.open()
            for round in 0..<20 {
                let name = "code \(round)"
                try await database.set(name, to: 1)
                let changed = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<64 {
                        group.addTask {
                            try await (number % 2 == 0 ? database : other).conditionalWrite {
                                try $0.execute(
                                    "UPDATE counts SET count = 0 WHERE name = $1 AND count = 1", [.text(name)])
                            }
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(changed == 1)
            }
            await other.close()
        }
    }

    @Test("OP1: batches that want the same rows in another order all get them, and each counts once")
    func oppositeOrders() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            let other = try scratch.open()
            for name in ["one", "two"] { try await database.set(name, to: 0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let name = (number + number / 2) % 2 == 0 ? "one" : "two"
                        try await (number % 2 == 0 ? database : other).conditionalWrite { connection in
                            _ = try connection.execute(
                                "UPDATE counts SET count = count + 1 WHERE name = $1", [.text(name)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let counts = try await database.read { try $0.values("SELECT count FROM counts") }
            #expect(counts == [.integer(100), .integer(100)])
            await other.close()
        }
    }

    @Test("OP1: of those that send their first statements together those that fail are undone alone")
    func failingAloneTold() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            try await database.set("taken", to: 1)
            let refused = await withTaskGroup(of: String?.self) { group in
                for number in Int64(0)..<200 {
                    let first = Self.insertion(of: number % 4 == 0 ? "taken" : "job \(number)", number)
                    group.addTask {
                        await refusal {
                            try await database.conditionalWrite(first) { rows, connection in
                                #expect(try rows.map { try $0.text(0) } == ["job \(number)"])
                                if number % 4 == 1 { throw Refusal() }
                                let second = Self.insertion(of: "second \(number)", number)
                                try connection.put(second.sql, second.values)
                            }
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1 ?? "kept", default: 0] += 1 }
            }
            #expect(refused == ["kept": 100, "refused": 50, "constraint": 50])
            let kept = try await database.read { try $0.values("SELECT count(*), min(count % 4) FROM counts") }
            #expect(kept == [.integer(201), .integer(1)], "the one that was there, and two of each that was told so")
        }
    }

    @Test("OP1, IN3: of many that spend one row by their first statements exactly one is told that it did")
    func oneWinnerTold() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            let other = try scratch.open(connections: 2)
            for round in 0..<20 {
                let name = "code \(round)"
                try await database.set(name, to: 1)
                let spending = SQLStatement(
                    "UPDATE counts SET count = 0 WHERE name = $1 AND count = 1 RETURNING name", [.text(name)])
                let changed = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<64 {
                        group.addTask {
                            let pool = number % 2 == 0 ? database : other
                            return try await pool.conditionalWrite(spending) { rows, connection in
                                guard let found = try rows.first?.text(0) else { return 0 }
                                let successor = Self.insertion(of: "successor of \(found)", 1)
                                try connection.put(successor.sql, successor.values)
                                return 1
                            }
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(changed == 1)
            }
            let kept = try await database.read { try $0.values("SELECT count(*) FROM counts") }
            #expect(kept == [.integer(40)], "one successor each")
            await other.close()
        }
    }

    private static func insertion(of name: String, _ count: Int64) -> SQLStatement {
        SQLStatement(
            "INSERT INTO counts (name, count) VALUES ($1, $2) RETURNING name", [.text(name), .integer(count)])
    }

    /// What became of an attempt; `nil` when it went well.
    private func refusal(_ attempt: () async throws -> Void) async -> String? {
        do {
            try await attempt()
            return nil
        } catch is Refusal {
            return "refused"
        } catch StorageError.constraint {
            return "constraint"
        } catch {
            return "\(error)"
        }
    }
}
