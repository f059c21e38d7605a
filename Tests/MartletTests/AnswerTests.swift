import Foundation
import Testing

@testable import martlet

@Suite("What commands write")
struct AnswerTests {
    /// Somebody who has gone away must not end the process, as in `main` (CF5).
    init() { signal(SIGPIPE, SIG_IGN) }

    private func withPipe(_ body: (_ reader: Int32, _ writer: Int32) async throws -> Void) async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (try #require(ends.first), try #require(ends.last))
        defer { close(writer) }
        try await body(reader, writer)
    }

    private func full() throws -> Int32 {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        return descriptor
    }

    @Test("What a reader who has gone away, a full disk or a closed output does not take is a refusal, never a trap")
    func refused() async throws {
        try await withPipe { reader, writer in
            close(reader)
            let gone = #expect(throws: CommandRefusal.self) { try Answer.tell("to nobody", to: writer) }
            #expect(gone?.exitCode == .refused && gone?.description.contains("Broken pipe") == true)
        }
        let full = try full()
        defer { close(full) }
        let refusal = #expect(throws: CommandRefusal.self) { try Answer.write([1, 2, 3], to: full) }
        #expect(refusal?.description.contains("No space left") == true)
        #expect(throws: CommandRefusal.self) { try Answer.tell("into a wall", to: -1) }
        #expect(WholeWrite.put([1], to: full) == ENOSPC && WholeWrite.put([], to: full) == nil)
    }

    @Test("A reader who goes away in the middle is noticed, and a slow one gets everything")
    func readers() async throws {
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        try await withPipe { reader, writer in
            // On a thread of its own: the writer holds one of the pool's until all is read.
            let (taken, told) = AsyncStream.makeStream(of: Int.self)
            Thread.detachNewThread {
                var piece = [UInt8](repeating: 0, count: 4096)
                var count = 0
                while count < 1 << 20 {
                    let got = read(reader, &piece, piece.count)
                    guard got > 0 else { break }
                    count += got
                }
                close(reader)
                told.yield(count)
                told.finish()
            }
            try Answer.write(bytes, to: writer)
            #expect(await taken.first { _ in true } == 1 << 20)
            #expect(throws: CommandRefusal.self) { try Answer.write(bytes, to: writer) }
        }
        try await withPipe { reader, writer in
            Thread.detachNewThread {
                var piece = [UInt8](repeating: 0, count: 4096)
                _ = read(reader, &piece, piece.count)
                close(reader)
            }
            #expect(throws: CommandRefusal.self) { try Answer.write(bytes, to: writer) }
        }
    }

    @Test("Work that goes on tells nothing more once it could not be heard, and says so at its end")
    func running() throws {
        let full = try full()
        defer { close(full) }
        var answer = RunningAnswer()
        try answer.finish()
        answer.tell("one", to: full)
        answer.tell("two", to: full)
        #expect(answer.fault != nil)
        #expect(throws: CommandRefusal.self) { try answer.finish() }
    }

    @Test("Nothing in the sources writes so that a fault is lost or ends the process")
    func sources() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        let losing = try Regex(
            #"(^|[^A-Za-z.])(print|fputs|puts|putchar|printf|fwrite)\(|\.standard(Output|Error)\.write\((?!contentsOf)"#
        )
        var read = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            read += 1
            let text = try String(contentsOf: file, encoding: .utf8)
            for line in text.split(separator: "\n") where line.contains(losing) {
                Issue.record("\(file.lastPathComponent): \(line)")
            }
        }
        #expect(read > 300)
    }
}
