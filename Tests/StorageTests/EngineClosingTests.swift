import Foundation
import Testing

@testable import Storage

@Suite("Closing the SQLite engine")
struct EngineClosingTests {
    private let scratch = EngineScratch()
    private static let closed = StorageError.unavailable("it has been closed")

    @Test("Closing finishes the job in hand and tells the ones that wait")
    func closingResumesWaiters() async throws {
        let database = try await scratch.open()
        let gate = DispatchSemaphore(value: 0)
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        let inHand = Task {
            try await database.write { connection in
                try connection.set("in hand", to: 1)
                beginning.finish()
                gate.wait()
            }
        }
        for await _ in begun {}
        let waiting = (0..<20).map { number in Task { try await database.set("waits \(number)", to: 1) } }
        let closing = Task { await database.close() }
        for task in waiting {
            await #expect(throws: Self.closed) { try await task.value }
        }
        gate.signal()
        try await inHand.value
        await closing.value
        let again = try await scratch.open()
        #expect(try await again.read { try $0.values("SELECT name FROM counts") } == [.text("in hand")])
    }

    @Test("A closed database answers, and closes again")
    func closedDatabaseAnswers() async throws {
        let database = try await scratch.open()
        await database.close()
        await database.close()
        await #expect(throws: Self.closed) { try await database.set("late", to: 1) }
        await #expect(throws: Self.closed) { try await database.count("late") }
        await #expect(throws: Self.closed) { try await database.ping() }
    }

    @Test("Closing folds the log into the file: one file is the whole database")
    func closingLeavesOneFile() async throws {
        let database = try await scratch.open()
        try await database.set("kept", to: 1)
        await database.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder + "/data") == ["martlet.db"])
    }

    @Test("A read does not wait for a write under way, and sees nothing of it")
    func readsDoNotWaitForWrites() async throws {
        let database = try await scratch.open()
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
