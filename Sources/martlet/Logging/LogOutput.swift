import Dispatch
import Foundation
import Synchronization

/// Standard error, written from a queue of its own: a log that is read slowly, or not at all, must not stop
/// the house (CF5). Lines that come while one write is under way go out together with the next.
///
/// When so many lines wait that memory would fill, further ones are counted and dropped, and the number is
/// told as soon as lines move again. Security events are dropped last: they may wait four times as long.
final class LogOutput: Sendable {
    static let standardError = LogOutput(descriptor: STDERR_FILENO)

    private struct Waiting {
        var bytes: [UInt8] = []
        /// Lines not yet written, those being written included.
        var lines = 0
        var dropped = 0
        var droppedEver = 0
        var isDraining = false

        mutating func drop(_ lines: Int) {
            dropped += lines
            droppedEver += lines
        }
    }

    private let descriptor: Int32
    private let places: Int
    private let waiting = Mutex(Waiting())
    private let queue = DispatchQueue(label: "martlet.log")

    init(descriptor: Int32, places: Int = 8192) {
        self.descriptor = descriptor
        self.places = places
    }

    /// Lines dropped since the start.
    var dropped: Int { waiting.withLock { $0.droppedEver } }

    func write(_ line: String, isSecurity: Bool = false) {
        let mustStart = waiting.withLock { waiting in
            guard waiting.lines < (isSecurity ? 4 * places : places) else {
                waiting.drop(1)
                return false
            }
            waiting.lines += 1
            waiting.bytes.append(contentsOf: line.utf8)
            waiting.bytes.append(UInt8(ascii: "\n"))
            defer { waiting.isDraining = true }
            return !waiting.isDraining
        }
        // A few milliseconds gather what a busy house says into one write and one waking of the thread.
        if mustStart { queue.asyncAfter(deadline: .now() + .milliseconds(5)) { [self] in drain() } }
    }

    /// Waits for the lines so far, but not for ever: called before the process ends.
    func flush(seconds: Double = 2) {
        let done = DispatchSemaphore(value: 0)
        queue.async { [self] in
            drain()
            done.signal()
        }
        _ = done.wait(timeout: .now() + seconds)
    }

    private func drain() {
        while let batch = next() {
            let lost = WholeWrite.put(batch.bytes, to: descriptor) == nil ? 0 : batch.lines
            waiting.withLock { waiting in
                waiting.lines -= batch.lines
                waiting.drop(lost)
            }
        }
    }

    /// Everything that waits, with a word on what was dropped; `nil`, and draining ends, when nothing does.
    private func next() -> (bytes: [UInt8], lines: Int)? {
        waiting.withLock { waiting in
            guard !waiting.bytes.isEmpty else {
                waiting.isDraining = false
                return nil
            }
            var bytes = waiting.bytes
            if waiting.dropped > 0 { bytes += Self.notice(of: waiting.dropped).utf8 }
            let lines = waiting.lines
            waiting.bytes.removeAll(keepingCapacity: bytes.count < 65_536)
            waiting.dropped = 0
            return (bytes, lines)
        }
    }

    private static func notice(of count: Int) -> String {
        "{\"level\":\"error\",\"message\":\"log lines were dropped, because they were not read\",\"count\":\(count)}\n"
    }
}
