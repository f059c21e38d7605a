import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("Faults of the PostgreSQL engine")
struct PostgreSQLFaultTests {
    enum WriteKind: CaseIterable {
        case alone, conditional

        func write(
            _ database: PostgreSQLDatabase, _ body: @escaping @Sendable (any SQLConnection) throws -> Void
        ) async throws {
            switch self {
            case .alone: try await database.write(body)
            case .conditional: try await database.conditionalWrite(body)
            }
        }
    }

    @Test("CF3: a refused write is a constraint fault, told without the values of the row")
    func constraints() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            try await scratch.run("CREATE TABLE notes (name TEXT NOT NULL REFERENCES counts (name))")
            try await database.set("hunter2", to: 1)
            let twice = await fault { try await database.set("hunter2", to: 2) }
            let orphan = await fault {
                try await database.write { _ = try $0.execute("INSERT INTO notes VALUES ($1)", [.text("hunter3")]) }
            }
            let wrong = await fault {
                try await database.write { _ = try $0.execute("UPDATE counts SET count = CAST(name AS BIGINT)", []) }
            }
            for seen in [twice, orphan, wrong] {
                #expect(seen.kind == "constraint" && !seen.text.contains("hunter"), "\(seen)")
            }
            #expect(try await database.count("hunter2") == .integer(1))
        }
    }

    @Test(
        "A statement that cannot mean what its author thought is refused",
        arguments: [
            "SELECT 1; SELECT 2", "SELECT $1", "SELECT $2", "", "SELECT nothing FROM nowhere", "SELECT 0.5",
            "SELECT SUM(count) FROM counts", "COPY counts TO STDOUT",
        ])
    func doubtfulStatements(sql: String) async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            try await database.set("a", to: 1)
            let seen = await fault { _ = try await database.read { try $0.rows(sql, []) } }
            #expect(seen.kind == "corrupt")
            #expect(try await database.count("a") == .integer(1))
        }
    }

    @Test("A value of another type than its column is refused, whichever way the server would have read it")
    func types() async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            let pairs: [(String, SQLValue)] = [
                ("note", .integer(1)), ("note", .bytes([65])), ("bytes", .text("\\x41")), ("count", .text("1")),
                ("bytes", .integer(1)), ("count", .bytes([0, 0, 0, 0, 0, 0, 0, 1])),
            ]
            for (column, value) in pairs {
                let seen = await fault {
                    try await database.write { _ = try $0.execute("UPDATE counts SET \(column) = $1", [value]) }
                }
                #expect(seen.kind == "corrupt", "\(column) \(value)")
            }
        }
    }

    @Test(
        "A connection that ends in the middle fails its own call and no other, and nothing of it is kept",
        arguments: WriteKind.allCases)
    func terminatedMidway(kind: WriteKind) async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { scratch, database in
            let runs = Atomic(0)
            let seen = await fault {
                try await kind.write(database) { connection in
                    runs.add(1, ordering: .relaxed)
                    try connection.set("lost", to: 1)
                    let pid = try connection.values("SELECT pg_backend_pid()")
                    try connection.execute(
                        "SELECT pg_terminate_backend(CAST($1 AS INTEGER))", pid.isEmpty ? [.null] : pid)
                }
            }
            #expect(seen.kind == "unavailable" && runs.load(ordering: .relaxed) == 1)
            try await kind.write(database) { try $0.set("next", to: 1) }
            #expect(try await scratch.run("SELECT name FROM counts") == ["next"])
        }
    }

    @Test("A connection on which a statement's name is taken fails one call, and not every one after it")
    func takenName() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            // The first statement of a connection is s0, the next will be s1.
            _ = try await database.read { try $0.values("PREPARE s1 AS SELECT 1") }
            let count = "SELECT count(*) FROM counts"
            let seen = await fault { _ = try await database.read { try $0.values(count) } }
            #expect(seen.text.contains("s1"), "\(seen)")
            #expect(try await database.read { try $0.values(count) } == [.integer(0)])
        }
    }

    @Test("Connections that ended while they lay idle are replaced, and nobody notices")
    func terminatedIdle() async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            for round in Int64(1)...3 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in Int64(0)..<20 {
                        group.addTask { try await database.set("\(round) \(number)", to: 1) }
                        group.addTask { _ = try await database.count("\(number)") }
                    }
                    try await group.waitForAll()
                }
                try await scratch.terminate()
            }
            #expect(try await database.read { try $0.values("SELECT count(*) FROM counts") } == [.integer(60)])
        }
    }

    @Test(
        "OP1: a connection lost during its commit is neither success, nor is the write run again",
        .timeLimit(.minutes(5)), arguments: WriteKind.allCases, [false, true])
    func lostDuringCommit(kind: WriteKind, isPut: Bool) async throws {
        try await PostgreSQLScratch.withDatabase { scratch, database in
            try await scratch.run(
                """
                CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON counts DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION dawdle()
                """)
            let runs = Atomic(0)
            let writing = Task {
                await fault {
                    try await kind.write(database) { connection in
                        runs.add(1, ordering: .relaxed)
                        guard isPut else { return try connection.set("unknown", to: 1) }
                        try connection.put("INSERT INTO counts (name, count) VALUES ('unknown', 1)", [])
                    }
                }
            }
            try await scratch.sees("query = 'COMMIT' AND wait_event = 'PgSleep'")
            try await scratch.terminate(where: "query = 'COMMIT'")
            let seen = await writing.value
            #expect(seen.kind == "unavailable" && seen.text.contains("nothing of it was kept"))
            #expect(runs.load(ordering: .relaxed) == 1)
            #expect(try await database.count("unknown") == nil)
        }
    }

    @Test("OP1: of a commit whose answer was lost the server is asked, and what it has kept is a success")
    func answerLost() async throws {
        let server = try await PostgreSQLServer.make()
        try await PostgreSQLScratch.with(server) { scratch in
            let database = try scratch.open(connections: 2)
            // Kept, but not said: each commit waits for a standby that does not exist.
            try await server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            try await server.run("SELECT pg_reload_conf()")
            let runs = Atomic(0)
            let isOver = Atomic(false)
            let writing = Task {
                await fault {
                    while !isOver.load(ordering: .relaxed) {
                        let run = runs.add(1, ordering: .relaxed).newValue
                        try await database.set("written \(run)", to: 1)
                    }
                }
            }
            try await scratch.sees("wait_event = 'SyncRep'")
            isOver.store(true, ordering: .relaxed)
            try await scratch.terminate(where: "wait_event = 'SyncRep'")
            #expect(await writing.value.kind == "none")
            let written = try await database.read { try $0.values("SELECT count(*) FROM counts") }
            #expect(written == [.integer(Int64(runs.load(ordering: .relaxed)))])
            try await server.run("ALTER SYSTEM RESET synchronous_standby_names")
            try await server.run("SELECT pg_reload_conf()")
            await database.close()
        }
    }

    @Test("OP1: after a crash a number may be another transaction's: what is said of it then is no success")
    func answerOfAnotherServer() async throws {
        let server = try await PostgreSQLServer.make()
        try await PostgreSQLScratch.with(server) { scratch in
            let database = try scratch.open(connections: 2)
            try await server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            try await server.run("SELECT pg_reload_conf()")
            let writing = Task { await fault { try await database.set("written", to: 1) } }
            try await scratch.sees("wait_event = 'SyncRep'")
            // A crash does this too: what the server has counted is gone.
            try await server.run("SELECT pg_stat_reset_shared('bgwriter')")
            try await scratch.terminate(where: "wait_event = 'SyncRep'")
            let seen = await writing.value
            #expect(seen.kind == "unavailable" && seen.text.contains("is not known"), "\(seen)")
            #expect(try await database.count("written") == .integer(1))
            try await server.run("ALTER SYSTEM RESET synchronous_standby_names")
            try await server.run("SELECT pg_reload_conf()")
            await database.close()
        }
    }

    @Test("A statement that takes too long, and a lock nobody gives up, end by themselves")
    func timeouts() async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            try await database.set("a", to: 1)
            for limit in ["SET LOCAL statement_timeout = 50", "SET LOCAL lock_timeout = 50"] {
                let gate = DispatchSemaphore(value: 0)
                let (begun, beginning) = AsyncStream<Void>.makeStream()
                let holding = Task {
                    try await database.write { connection in
                        try connection.execute("UPDATE counts SET count = 2", [])
                        beginning.finish()
                        gate.wait()
                    }
                }
                for await _ in begun {}
                let seen = await fault {
                    try await database.write { connection in
                        try connection.execute(limit, [])
                        try connection.execute("UPDATE counts SET count = 3", [])
                    }
                }
                gate.signal()
                try await holding.value
                #expect(seen.kind == "unavailable", "\(seen)")
            }
            #expect(try await database.count("a") == .integer(2))
        }
    }

    @Test("A server that only reads makes writes unavailable, not damaged")
    func readOnly() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            let seen = await fault {
                try await database.write { connection in
                    try connection.execute("SET TRANSACTION READ ONLY", [])
                    try connection.set("a", to: 1)
                }
            }
            #expect(seen.kind == "unavailable")
            try await database.set("a", to: 1)
        }
    }

    @Test("A closed engine answers, and closes again")
    func closed() async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            let closed = StorageError.unavailable("it has been closed")
            try await database.ping()
            await database.close()
            await database.close()
            await #expect(throws: closed) { try await database.set("late", to: 1) }
            await #expect(throws: closed) { _ = try await database.count("late") }
            await #expect(throws: closed) { try await database.ping() }
        }
    }
}
