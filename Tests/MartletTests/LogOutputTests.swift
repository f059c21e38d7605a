import Foundation
import Synchronization
import Testing

@testable import martlet

@Suite("The log's way out never stops the house (CF5)", .timeLimit(.minutes(5)))
struct LogOutputTests {
    @Test("CF5: while nobody reads, writers do not wait, and what was dropped is told afterwards")
    func unread() throws {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor, places: 100)
        let line = String(repeating: "x", count: 1000)
        for _ in 0..<5000 { output.write(line) }
        output.write("security", isSecurity: true)
        let seen = Mutex("")
        let collecting = Thread {
            while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
                seen.withLock { $0 += String(decoding: data, as: UTF8.self) }
            }
        }
        collecting.start()
        output.flush(seconds: 120)
        output.write("last")
        output.flush(seconds: 120)
        try pipe.fileHandleForWriting.close()
        while !collecting.isFinished { usleep(1000) }
        seen.withLock {
            #expect($0.contains("log lines were dropped") && $0.contains("security\n") && $0.contains("last\n"))
            #expect($0.split(separator: "\n").count < 400)
        }
    }

    @Test("Waiting for the last lines has an end, though nobody reads them")
    func flushEnds() {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        for _ in 0..<200 { output.write(String(repeating: "x", count: 1000)) }
        output.flush(seconds: 0.2)  // one that waited for the reader would wait for ever
        Thread { while !pipe.fileHandleForReading.availableData.isEmpty {} }.start()
        output.flush(seconds: 120)
    }
}
