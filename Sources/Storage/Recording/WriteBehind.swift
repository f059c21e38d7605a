import OAuth
import Synchronization

/// Writes down behind the back of whoever records: `record` never waits and never fails, and what waits goes to the
/// database in batches, in the order in which it came (CF5).
///
/// Memory is bounded. What finds no place is counted, the count is reported, and as soon as there is room it is
/// itself recorded. While the database is away, lacks a right or a table, what waits is tried again; before `close`
/// nothing is given up but what the database refuses for its own sake.
/// Between two batches nothing of it runs: no thread, no timer.
///
/// What can be lost: whatever waits when the process dies without `close`, which is at most one `pause` of records
/// while the database works, and up to `places` while it does not take them.
package final class WriteBehind<Element: Sendable>: Sendable {
    /// Writes a whole batch or nothing. It may get elements again whose write it could not acknowledge.
    package typealias Write = @Sendable ([Element]) async throws -> Void

    private struct Line {
        /// The oldest first. What is being written stays here until it is written.
        var waiting: [Element] = []
        /// Since the last time it was reported.
        var lost = 0
        var lostInAll = 0
        var writer: Task<Void, Never>?
        var pause: Task<Void, Never>?
        /// Somebody waits for the line to be empty.
        var isHurried = false
        var closesAt: ContinuousClock.Instant?

        mutating func lose(_ count: Int) {
            lost += count
            lostInAll += count
        }
    }

    private let limits: WriteBehindLimits
    private let write: Write
    private let noteOfLoss: @Sendable (Int) -> Element?
    private let report: @Sendable (WriteBehindReport) -> Void
    private let line = Mutex(Line())

    /// - Parameter noteOfLoss: the element by which the record itself tells that so many are missing from it.
    package init(
        limits: WriteBehindLimits = WriteBehindLimits(),
        noteOfLoss: @escaping @Sendable (Int) -> Element? = { _ in nil },
        report: @escaping @Sendable (WriteBehindReport) -> Void, write: @escaping Write
    ) {
        self.limits = limits
        self.noteOfLoss = noteOfLoss
        self.report = report
        self.write = write
    }

    /// How many wait, and how many were lost since the start.
    package var counts: (waiting: Int, lost: Int) { line.withLock { ($0.waiting.count, $0.lostInAll) } }

    /// - Parameter isExpendable: of elements that strangers can cause at will. They may fill half of the places, so
    ///   that nobody can make the other half's go missing by knocking often.
    package func record(_ element: Element, isExpendable: Bool = false) {
        line.withLock { line in
            let places = isExpendable ? limits.places / 2 : limits.places
            guard line.waiting.count < places, line.closesAt == nil else { return line.lose(1) }
            line.waiting.append(element)
            if line.waiting.count >= limits.batch { line.pause?.cancel() }
            // Detached: what it says is not about the request that happened to start it.
            if line.writer == nil { line.writer = Task.detached { await self.run() } }
        }
    }

    /// Comes back when what has been recorded so far is written, or when the time is up.
    package func flush(within limit: Duration = .seconds(10)) async {
        let writer = line.withLock { line in
            line.isHurried = line.writer != nil
            line.pause?.cancel()
            return line.writer
        }
        guard let writer else { return }
        let (either, done) = AsyncStream.makeStream(of: Void.self)
        let written = Task {
            await writer.value
            done.finish()
        }
        let late = Task {
            _ = try? await Task.sleep(for: limit)
            done.finish()
        }
        for await _ in either {}
        for task in [written, late] { task.cancel() }
    }

    /// Writes what waits and takes no more. What could not be written within the limit is lost, and reported.
    package func close(within limit: Duration = .seconds(10)) async {
        line.withLock { $0.closesAt = $0.closesAt ?? ContinuousClock.now + limit }
        await flush(within: limit)
        let lost = line.withLock { line in
            line.lose(line.waiting.count)
            line.waiting = []
            defer { line.lost = 0 }
            return line.lost
        }
        if lost > 0 { report(.lost(lost)) }
    }

    /// Until nothing waits any more; the next element starts it anew.
    private func run() async {
        var failures = 0
        repeat {
            await rest(after: failures)
            while let batch = next() {
                do {
                    try await write(batch)
                    settle(batch, after: failures)
                    failures = 0
                } catch {
                    failures += 1
                    await failed(batch, error, times: failures)
                    break
                }
            }
        } while !isOver()
    }

    /// Gathers what a moment brings. After a failure it waits longer, and in the end two seconds.
    private func rest(after failures: Int) async {
        let pause = failures == 0 ? limits.pause : min(limits.pause * (1 << min(failures, 8)), .seconds(2))
        let sleep = Task { _ = try? await Task.sleep(for: pause) }
        let isUrgent = line.withLock { line in
            line.pause = sleep
            defer { line.isHurried = false }
            return line.isHurried || (failures == 0 && line.waiting.count >= limits.batch)
        }
        if isUrgent { sleep.cancel() }
        await sleep.value
    }

    private func next() -> [Element]? {
        line.withLock { line in
            let batch = Array(line.waiting.prefix(limits.batch))
            return batch.isEmpty ? nil : batch
        }
    }

    /// There is room now to say what is missing.
    private func settle(_ batch: [Element], after failures: Int) {
        let lost = line.withLock { line in
            line.waiting.removeFirst(min(batch.count, line.waiting.count))
            defer { line.lost = 0 }
            if line.lost > 0, let note = noteOfLoss(line.lost) { line.waiting.append(note) }
            return line.lost
        }
        if failures > 0 { report(.writing(after: failures)) }
        if lost > 0 { report(.lost(lost)) }
    }

    /// An outage passes, and a right or a table that is missing can be given back: the batch stays. An element that
    /// can never be written must not keep the others waiting, so they are tried one by one, and those at fault are
    /// lost.
    private func failed(_ batch: [Element], _ error: any Error, times: Int) async {
        if times == 1 { report(.failing("\(error)")) }
        guard Self.isOfTheElement(error) else { return }
        for element in batch {
            var isLost = false
            do {
                try await write([element])
            } catch {
                guard Self.isOfTheElement(error) else { return }
                isLost = true
            }
            line.withLock { line in
                if !line.waiting.isEmpty { line.waiting.removeFirst() }
                if isLost { line.lose(1) }
            }
        }
    }

    private static func isOfTheElement(_ error: any Error) -> Bool { (error as? StorageError)?.isOfTheValue == true }

    private func isOver() -> Bool {
        line.withLock { line in
            let isTooLate = line.closesAt.map { $0 <= .now } ?? false
            guard line.waiting.isEmpty || isTooLate else { return false }
            line.writer = nil
            line.pause = nil
            return true
        }
    }
}
