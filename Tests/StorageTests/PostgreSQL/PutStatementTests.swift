import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("What is put on PostgreSQL goes with the next statement, or with the commit, and fails there")
struct PutStatementTests {
    @Test(
        "OP1: a row that may not be is refused by the commit, and nothing is kept",
        arguments: PostgreSQLFaultTests.WriteKind.allCases)
    func refusedByTheCommit(kind: PostgreSQLFaultTests.WriteKind) async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            try await database.set("taken", to: 1)
            let wentOn = Atomic(false)
            let seen = await fault {
                try await kind.write(database) { connection in
                    try connection.put("new", 1)
                    try connection.put("taken", 2)
                    wentOn.store(true, ordering: .relaxed)
                }
            }
            #expect(seen.kind == "constraint" && wentOn.load(ordering: .relaxed))
            #expect(try await database.values("SELECT name, count FROM counts") == [.text("taken"), .integer(1)])
            try await kind.write(database) { try $0.put("next", 1) }
            #expect(try await database.count("next") == .integer(1))
        }
    }

    @Test("OP1: a row that may not be is refused by the next statement, which does nothing itself")
    func refusedByTheNext() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            try await database.set("taken", to: 1)
            let seen = await fault {
                try await database.write { connection in
                    try connection.put("taken", 2)
                    let changed = try connection.execute("UPDATE counts SET count = 3", [])
                    Issue.record("\(changed) rows were changed after a fault")
                }
            }
            #expect(seen.kind == "constraint")
            #expect(try await database.count("taken") == .integer(1))
        }
    }

    @Test("A fault that a closure swallows fails its write all the same")
    func swallowed() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            try await database.set("taken", to: 1)
            let seen = await fault {
                try await database.write { connection in
                    try connection.put("taken", 2)
                    _ = try? connection.values("SELECT 1")
                    try connection.put("late", 1)
                }
            }
            #expect(seen.kind == "constraint")
            #expect(try await database.count("late") == nil)
        }
    }

    @Test("Whatever follows sees it: statements of the same write, a hundred of them, and all of them are kept")
    func order() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            let seen = try await database.write { connection in
                try (Int64(0)..<100).flatMap { number in
                    try connection.put("\(number)", number)
                    return number % 20 == 19 ? try connection.values("SELECT count(*) FROM counts") : []
                }
            }
            #expect(seen == [20, 40, 60, 80, 100].map(SQLValue.integer))
            #expect(try await database.values("SELECT sum(CAST(count AS INTEGER)) FROM counts") == [.integer(4950)])
        }
    }

    @Test("Between more statements than a connection keeps each is put once")
    func manyStatements() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            try await database.write { connection in
                for number in 0..<600 {
                    try connection.put(
                        "INSERT INTO counts (name, count) VALUES ($1, \(number))", [.text("\(number)")])
                }
            }
            #expect(try await database.values("SELECT count(*) FROM counts") == [.integer(600)])
        }
    }

    @Test("OP1: what a failing closure has put is not kept, and the connection goes on")
    func thrownAway() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            for _ in 0..<3 {
                await #expect(throws: Refusal.self) {
                    try await database.write { connection in
                        try connection.put("refused", 1)
                        throw Refusal()
                    }
                }
            }
            try await database.write { try $0.put("kept", 1) }
            #expect(try await database.values("SELECT name FROM counts") == [.text("kept")])
        }
    }

    @Test("OP1: of many that share a commit those fail that put what may not be, and no other")
    func failingAlone() async throws {
        try await PostgreSQLScratch.withDatabase { _, database in
            try await database.set("taken", to: 1)
            let refused = await withTaskGroup(of: String.self) { group in
                for number in Int64(0)..<200 {
                    group.addTask {
                        await fault {
                            try await database.conditionalWrite { connection in
                                try connection.put(number % 4 == 0 ? "taken" : "job \(number)", number)
                            }
                        }.kind
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(refused == ["none": 150, "constraint": 50])
            let kept = try await database.values("SELECT count(*), min(count % 4) FROM counts")
            #expect(kept == [.integer(151), .integer(1)])
        }
    }

    @Test("A value of another type than its column is refused when it is put")
    func types() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            let seen = await fault {
                try await database.write { connection in
                    try connection.put("INSERT INTO counts (name, count) VALUES ($1, $2)", [.text("a"), .text("1")])
                    Issue.record("it was taken")
                }
            }
            #expect(seen.kind == "corrupt")
        }
    }

    @Test("A read that puts something is refused")
    func reads() async throws {
        try await PostgreSQLScratch.withDatabase(connections: 2) { _, database in
            let seen = await fault { try await database.read { try $0.put("read", 1) } }
            #expect(seen.kind == "unavailable")
            let kept = try await database.count("read")
            #expect(kept == nil)
        }
    }

    @Test(
        "OP1: of a commit whose answer was lost the server is asked, and what was put and kept is a success, and once",
        .timeLimit(.minutes(5)), arguments: PostgreSQLFaultTests.WriteKind.allCases)
    func answerLost(kind: PostgreSQLFaultTests.WriteKind) async throws {
        let server = try await PostgreSQLServer.make()
        try await PostgreSQLScratch.with(server) { scratch in
            let database = try scratch.open(connections: 2)
            // Kept, but not said: each commit waits for a standby that does not exist.
            try await server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            try await server.run("SELECT pg_reload_conf()")
            let runs = Atomic(0)
            let writing = Task {
                await fault {
                    try await kind.write(database) { connection in
                        let run = runs.add(1, ordering: .relaxed).newValue
                        try connection.put("written \(run)", 1)
                    }
                }
            }
            try await scratch.sees("wait_event = 'SyncRep'")
            try await scratch.terminate(where: "wait_event = 'SyncRep'")
            let seen = await writing.value
            #expect(seen.kind == "none", "\(seen)")
            #expect(try await database.values("SELECT name FROM counts") == [.text("written 1")])
            try await server.run("ALTER SYSTEM RESET synchronous_standby_names")
            try await server.run("SELECT pg_reload_conf()")
            await database.close()
        }
    }
}

extension SQLConnection {
    fileprivate func put(_ name: String, _ count: Int64) throws {
        try put("INSERT INTO counts (name, count) VALUES ($1, $2)", [.text(name), .integer(count)])
    }
}

extension Database {
    fileprivate func values(_ sql: String) async throws -> [SQLValue] {
        try await read { try $0.values(sql) }
    }
}
