import Foundation
import Testing

@testable import Storage

@Suite("The SQLite engine")
struct EngineTests {
    private let scratch = EngineScratch()

    @Test("OP1: a job that fails is undone alone, whatever else its batch commits")
    func failingJobRollsBackAlone() async throws {
        let database = try await scratch.open()
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in Int64(0)..<200 {
                group.addTask {
                    do {
                        try await database.write { connection in
                            try connection.set("job \(number)", to: number)
                            if number % 2 == 1 { throw Refusal() }
                        }
                        return false
                    } catch is Refusal {
                        return true
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let kept = try await database.read { try $0.values("SELECT count(*), sum(count % 2) FROM counts") }
        #expect(refused == 100)
        #expect(kept == [.integer(100), .integer(0)])
    }

    @Test("OP1: a read begun after an acknowledged write sees it")
    func readSeesAcknowledgedWrites() async throws {
        let database = try await scratch.open()
        for number in Int64(0)..<50 {
            try await database.set("\(number)", to: number)
            #expect(try await database.count("\(number)") == .integer(number))
        }
    }

    @Test("OP1: what was acknowledged is there after closing and opening again")
    func acknowledgedWritesSurvive() async throws {
        let database = try await scratch.open()
        try await database.set("kept", to: 7)
        await database.close()
        #expect(try await scratch.open().count("kept") == .integer(7))
    }

    @Test("IN3: two databases on one file lose no increment")
    func twoDatabasesOnOneFile() async throws {
        let databases = [try await scratch.open(), try await scratch.open()]
        try await databases[0].set("total", to: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<400 { group.addTask { try await databases[number % 2].increment("total") } }
            try await group.waitForAll()
        }
        #expect(try await databases[1].count("total") == .integer(400))
    }

    @Test("IN3: of many that spend one row, exactly one is told that it did")
    func conditionalWriteHasOneWinner() async throws {
        let database = try await scratch.open()
        try await database.set("code", to: 1)
        let changed = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    try await database.write {
                        try $0.execute("UPDATE counts SET count = 0 WHERE name = $1 AND count = 1", [.text("code")])
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(changed == 1)
    }

    @Test(
        "A value comes back as it went in",
        arguments: [
            .text(""), .text("Zoë 🐦"), .integer(.max), .integer(.min),
            .bytes([]), .bytes([0]), .bytes([1, 0, 255]), .null,
        ] as [SQLValue])
    func valuesRoundTrip(_ value: SQLValue) async throws {
        let database = try await scratch.open()
        let returned = try await database.write { connection in
            try connection.values(
                "INSERT INTO counts (name, count, note) VALUES ($2, $1, $3) RETURNING note",
                [.integer(1), .text("value"), value])
        }
        let read = try await database.read { try $0.values("SELECT note, note IS NULL FROM counts") }
        #expect(returned == [value])
        #expect(read == [value, .integer(value == .null ? 1 : 0)])
    }

    @Test("A text that holds NUL is refused, not cut", arguments: ["a\0b", "\0"])
    func noNUL(text: String) async throws {
        let database = try await scratch.open()
        await #expect(throws: StorageError.constraint("a text holds the character NUL")) {
            try await database.write { try $0.rows("SELECT $1", [.text(text)]) }
        }
    }

    @Test("A statement that changes no row counts none, also after one that did")
    func changesAreCounted() async throws {
        let database = try await scratch.open()
        let changes = try await database.write { connection in
            try connection.set("a", to: 1)
            return [
                try connection.execute("UPDATE counts SET count = 2", []),
                try connection.execute("UPDATE counts SET count = 3 WHERE name = $1", [.text("b")]),
                try connection.execute("CREATE TABLE other (id TEXT PRIMARY KEY)", []),
            ]
        }
        #expect(changes == [1, 0, 0])
    }

    @Test("A read cannot write")
    func readsCannotWrite() async throws {
        let database = try await scratch.open()
        await #expect(throws: StorageError.self) { try await database.read { try $0.set("a", to: 1) } }
        #expect(try await database.count("a") == nil)
    }

    @Test("A read sees one state of the database, whatever is committed between its statements")
    func readsAreSnapshots() async throws {
        let database = try await scratch.open()
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
        gate.signal()
        #expect(try await reading.value == [.integer(0), .integer(0)])
    }
}
