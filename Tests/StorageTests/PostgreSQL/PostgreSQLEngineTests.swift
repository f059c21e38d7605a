import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite("The PostgreSQL engine")
struct PostgreSQLEngineTests {
    @Test("IN3: two pools on one database lose no increment: who lost against another looks again")
    func lostUpdates() async throws {
        try await PostgreSQLScratch.with { scratch in
            let databases = [try scratch.open(), try scratch.open()]
            try await databases[0].set("total", to: 0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 { group.addTask { try await databases[number % 2].increment("total") } }
                try await group.waitForAll()
            }
            #expect(try await databases[1].count("total") == .integer(200))
            for database in databases { await database.close() }
        }
    }

    @Test("IN3: of many that look whether there is one and then make one, exactly one makes one")
    func writeSkew() async throws {
        try await PostgreSQLScratch.with { scratch in
            let databases = [try scratch.open(), try scratch.open()]
            let made = try await winners(of: 60) { number in
                try await databases[number % 2].write { connection in
                    guard try connection.rows("SELECT name FROM counts WHERE count = 7", []).isEmpty else {
                        return false
                    }
                    try connection.set("maker \(number)", to: 7)
                    return true
                }
            }
            #expect(made == 1)
            #expect(try await scratch.run("SELECT count(*) FROM counts") == ["1"])
            for database in databases { await database.close() }
        }
    }

    @Test("What comes one after the other takes one connection of each kind; those that are not needed are never made")
    func fewConnections() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            let settled = { while database.figures.idleConnections < 8 { await Task.yield() } }
            var processes: Set<String> = []
            for _ in 0..<20 {
                await settled()
                processes.insert("\(try await database.read { try $0.values("SELECT pg_backend_pid()") })")
                await settled()
                processes.insert("\(try await database.write { try $0.values("SELECT pg_backend_pid()") })")
            }
            #expect(processes.count == 2)
            let ours = "datname = '\(scratch.name)' AND application_name = 'martlet'"
            #expect(try await scratch.run("SELECT count(*) FROM pg_stat_activity WHERE \(ours)") == ["2"])
        }
    }

    @Test("OP1: a job that fails leaves no trace, also when its closure hides that a statement failed")
    func failedJobs() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            await #expect(throws: Refusal.self) {
                try await database.write { connection in
                    try connection.set("refused", to: 1)
                    throw Refusal()
                }
            }
            let hidden = await fault {
                try await database.write { connection in
                    try connection.set("hidden", to: 1)
                    _ = try? connection.execute("INSERT INTO counts (name) VALUES ('x')", [])
                }
            }
            #expect(hidden.kind == "constraint")
            let kept = try await scratch.run("SELECT count(*) FROM counts")
            #expect(kept == ["0"])
        }
    }

    @Test("OP1: every commit waits for the disk, whatever the server was told, and a stronger wish stays")
    func synchronous() async throws {
        try await PostgreSQLScratch.with { scratch in
            for (told, meant) in [("off", "on"), ("local", "on"), ("on", "on"), ("remote_apply", "remote_apply")] {
                try await scratch.run("ALTER DATABASE \(scratch.name) SET synchronous_commit = \(told)")
                let database = try scratch.open()
                let seen = try await database.write {
                    try $0.values(
                        "SELECT current_setting($1), current_setting($2)",
                        [
                            .text("synchronous_commit"), .text("transaction_isolation"),
                        ])
                }
                #expect(seen == [.text(meant), .text("serializable")])
                await database.close()
            }
        }
    }

    @Test("OP8: no plan is compiled, whatever the server is set to: that would cost more than any of our statements")
    func uncompiled() async throws {
        try await PostgreSQLScratch.with { scratch in
            try await scratch.run("ALTER DATABASE \(scratch.name) SET jit = on")
            let database = try scratch.open()
            let sql = "SELECT current_setting($1), current_setting($2)"
            let values: [SQLValue] = [.text("jit"), .text("enable_seqscan")]
            #expect(try await database.read { try $0.values(sql, values) } == [.text("off"), .text("off")])
            #expect(try await database.write { try $0.values(sql, values) } == [.text("off"), .text("off")])
            await database.close()
        }
    }

    @Test(
        "A value comes back as it went in",
        arguments: [
            ("note", .text("")), ("note", .text("Zoë 🐦'\\x00\"$1")), ("note", .null), ("bytes", .bytes([])),
            ("bytes", .bytes([0])), ("bytes", .bytes([1, 0, 255, 92])), ("bytes", .null), ("count", .integer(.max)),
            ("count", .integer(.min)), ("count", .integer(-1)),
        ] as [(String, SQLValue)])
    func valuesRoundTrip(column: String, value: SQLValue) async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            let returned = try await database.write { connection in
                try connection.set("row", to: 0)
                return try connection.values("UPDATE counts SET \(column) = $1 RETURNING \(column)", [value])
            }
            #expect(returned == [value])
            let read = try await database.read {
                try $0.values("SELECT \(column), \(column) IS NULL, count(*) FROM counts GROUP BY \(column)")
            }
            #expect(read == [value, .integer(value == .null ? 1 : 0), .integer(1)])
        }
    }

    @Test("A text that holds NUL is refused, not cut", arguments: ["a\0b", "\0"])
    func noNUL(text: String) async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            await #expect(throws: StorageError.constraint("a text holds the character NUL")) {
                try await database.write { try $0.execute("UPDATE counts SET note = $1", [.text(text)]) }
            }
        }
    }

    @Test("Rows that change are counted, rows that are read are not")
    func changes() async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            let changes = try await database.write { connection in
                try connection.set("a", to: 1)
                return [
                    try connection.execute("UPDATE counts SET count = 2", []),
                    try connection.execute("UPDATE counts SET count = 3 WHERE name = $1", [.text("b")]),
                    try connection.execute("SELECT name FROM counts", []),
                    try connection.execute("CREATE TABLE other (id TEXT PRIMARY KEY)", []),
                    try connection.execute("DELETE FROM counts", []),
                ]
            }
            #expect(changes == [1, 0, 0, 0, 1])
        }
    }

    @Test("A read cannot write, and sees one state however many statements it has")
    func reads() async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            for statement in ["INSERT INTO counts (name, count) VALUES ('a', 1)", "CREATE TABLE other (id TEXT)"] {
                let refused = await fault { try await database.read { _ = try $0.execute(statement, []) } }
                #expect(refused.kind == "unavailable")
            }
            let gate = DispatchSemaphore(value: 0)
            let (begun, beginning) = AsyncStream<Void>.makeStream()
            let reading = Task {
                try await database.read { connection in
                    let before = try connection.values("SELECT count(*) FROM counts")
                    beginning.finish()
                    gate.wait()
                    return before + (try connection.values("SELECT count(*) FROM counts"))
                }
            }
            for await _ in begun {}
            try await database.set("between", to: 1)
            #expect(try await database.count("between") == .integer(1))
            gate.signal()
            #expect(try await reading.value == [.integer(0), .integer(0)])
        }
    }

    @Test("Reads do not wait for writes, were every connection for writes busy")
    func readsDoNotWait() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            let gate = DispatchSemaphore(value: 0)
            let (begun, beginning) = AsyncStream<Void>.makeStream()
            let writing = Task {
                try await database.write { connection in
                    try connection.set("under way", to: 1)
                    beginning.finish()
                    gate.wait()
                }
            }
            for await _ in begun {}
            #expect(try await database.count("under way") == nil)
            gate.signal()
            try await writing.value
            #expect(try await database.count("under way") == .integer(1))
        }
    }

    @Test("More statements than a connection keeps are no trouble")
    func manyStatements() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            let sum = try await database.write { connection in
                try (0..<600).reduce(Int64(0)) { sum, number in
                    guard case .integer(let value)? = try connection.values("SELECT \(number)").first else { return -1 }
                    return sum + value
                }
            }
            #expect(sum == 179_700)
        }
    }
}
