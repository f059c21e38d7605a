import Foundation
import OAuth
import Storage
import Synchronization
import Testing

@Suite("Writing behind: nothing that is recorded holds anybody up (CF5)")
struct WriteBehindTests {
    /// No test waits this long: whatever is written before was written for another reason.
    private static let never = Duration.seconds(3600)

    private func line(
        _ sink: Sink, places: Int = 10_000, batch: Int = 500, pause: Duration = .zero
    ) -> WriteBehind<Int> {
        WriteBehind(
            limits: WriteBehindLimits(places: places, batch: batch, pause: pause), noteOfLoss: { -$0 },
            report: sink.hear, write: sink.write)
    }

    @Test("Everything is written once, in the order in which it came")
    func order() async {
        let sink = Sink()
        let line = line(sink)
        for number in 1...3000 { line.record(number) }
        await line.close(within: Self.never)
        #expect(sink.written == Array(1...3000) && sink.reports.isEmpty)
        #expect(line.counts == (0, 0))
    }

    @Test("What comes within a pause goes out in one write; so many at once go out without waiting")
    func batches() async {
        let sink = Sink()
        let line = line(sink, batch: 50, pause: Self.never)
        for number in 1...49 { line.record(number) }
        await line.flush(within: Self.never)
        #expect(sink.batches.map(\.count) == [49])
        for number in 50...269 { line.record(number) }
        await sink.reaches(249)
        await line.close(within: Self.never)
        #expect(sink.written == Array(1...269) && sink.batches.allSatisfy { $0.count <= 50 })
    }

    @Test("A first element waits for company and no longer")
    func pause() async {
        let sink = Sink()
        let line = line(sink, pause: .milliseconds(1))
        line.record(1)
        await sink.reaches(1)
        line.record(2)
        await sink.reaches(2)
        #expect(sink.batches == [[1], [2]] && line.counts == (0, 0))
    }

    @Test("Of many writers at once nothing is lost, and each one's order is kept")
    func concurrent() async {
        let sink = Sink()
        let line = line(sink)
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<20 {
                group.addTask { for number in 0..<200 { line.record(writer * 1000 + number) } }
            }
        }
        await line.close(within: Self.never)
        #expect(sink.written.count == 4000 && Set(sink.written).count == 4000)
        for writer in 0..<20 {
            let own = sink.written.filter { $0 / 1000 == writer }
            #expect(own == own.sorted())
        }
    }

    @Test("While writes hang, recording goes on; memory is bounded, and what found no place is counted and told")
    func bounded() async {
        let sink = Sink()
        sink.hold()
        let line = line(sink, places: 100, batch: 10)
        for number in 1...250 { line.record(number) }
        #expect(line.counts == (100, 150))
        sink.letGo()
        await line.close(within: Self.never)
        #expect(sink.written == Array(1...100) + [-150])
        #expect(sink.reports == [.lost(150)])
        #expect(line.counts == (0, 150))
    }

    @Test("What strangers cause fills half of the places, and never the other half")
    func expendable() async {
        let sink = Sink()
        sink.hold()
        let line = line(sink, places: 100, batch: 10)
        for number in 1...500 { line.record(number, isExpendable: true) }
        #expect(line.counts == (50, 450))
        for number in 501...550 { line.record(number) }
        #expect(line.counts == (100, 450))
        sink.letGo()
        await line.close(within: Self.never)
        #expect(sink.written == Array(1...50) + Array(501...550) + [-450])
    }

    @Test("After an outage everything is written that waited, in order, and both ends of it are told once")
    func outage() async {
        let sink = Sink()
        sink.fail(with: StorageError.unavailable("away"))
        let line = line(sink, batch: 10)
        for number in 1...35 { line.record(number) }
        await sink.fails(5)
        #expect(line.counts == (35, 0) && sink.written.isEmpty)
        sink.fail(with: nil)
        await line.flush(within: Self.never)
        #expect(sink.written == Array(1...35))
        #expect(sink.reports.first == .failing("the database is not available: away"))
        guard case .writing(let failures) = sink.reports.last else { return #expect(Bool(false), "\(sink.reports)") }
        #expect(failures >= 5 && sink.reports.count == 2)
    }

    @Test(
        "CF2, CF5: while a right or a table is missing everything waits within its bound, and is then written in order",
        arguments: [
            StorageError.forbidden("permission denied"), .corrupt("no such table: audit_events"),
            .outdatedSchema(found: 4, known: 5), .newerSchema(found: 9, known: 5),
        ])
    func missingRight(fault: StorageError) async {
        let sink = Sink()
        sink.fail(with: fault)
        let line = line(sink, places: 40, batch: 10)
        for number in 1...35 { line.record(number) }
        await sink.fails(3)
        #expect(line.counts == (35, 0) && sink.written.isEmpty)
        for number in 36...50 { line.record(number) }
        #expect(line.counts == (40, 10))
        sink.fail(with: nil)
        await line.close(within: Self.never)
        #expect(sink.written.filter { $0 > 0 } == Array(1...40) && sink.written.contains(-10))
        #expect(sink.reports.first == .failing("\(fault)") && line.counts == (0, 10))
    }

    @Test("CF5: a right that goes missing while one bad element is looked for takes no other with it")
    func missingRightAmidPoison() async {
        let sink = Sink()
        sink.refuse(3, then: .forbidden("permission denied"))
        let line = line(sink, batch: 10)
        for number in 1...10 { line.record(number) }
        await sink.fails(4)
        #expect(line.counts.lost <= 1)
        sink.fail(with: nil)
        await line.close(within: Self.never)
        #expect(sink.written.filter { $0 > 0 } == (1...10).filter { $0 != 3 })
    }

    @Test("One element that can never be written does not keep the others waiting")
    func poison() async {
        let sink = Sink()
        sink.refuse(7)
        let line = line(sink, batch: 10)
        for number in 1...25 { line.record(number) }
        await line.flush(within: Self.never)
        await line.close(within: Self.never)
        #expect(sink.written.filter { $0 > 0 } == (1...25).filter { $0 != 7 })
        #expect(sink.written.contains(-1) && sink.reports.contains(.lost(1)) && line.counts == (0, 1))
    }

    @Test("Closing has an end, and tells what was lost; what comes later is refused and counted")
    func closing() async {
        let sink = Sink()
        sink.fail(with: StorageError.unavailable("away"))
        let line = line(sink)
        for number in 1...3 { line.record(number) }
        await line.close(within: .milliseconds(20))
        #expect(sink.reports.last == .lost(3))
        line.record(4)
        #expect(line.counts == (0, 4))
    }

    @Test("Closing does not wait for a write that hangs")
    func hanging() async {
        let sink = Sink()
        sink.hold()
        let line = line(sink)
        line.record(1)
        await line.close(within: .milliseconds(20))
        #expect(sink.written.isEmpty && sink.reports == [.lost(1)])
        sink.letGo()
    }

    @Test("Closing what was never used is harmless, and so is closing twice")
    func idle() async {
        let sink = Sink()
        let line = line(sink, pause: Self.never)
        await line.flush(within: Self.never)
        await line.close(within: Self.never)
        line.record(1)
        await line.close(within: Self.never)
        #expect(sink.batches.isEmpty && sink.reports == [.lost(1)])
    }
}

/// Where batches arrive; it can hang, fail, or refuse one element for ever.
private final class Sink: Sendable {
    private struct State {
        var batches: [[Int]] = []
        var reports: [WriteBehindReport] = []
        var failures = 0
        var fault: StorageError?
        var refused: Int?
        var afterRefusal: StorageError?
        var isHeld = false
    }

    private let state = Mutex(State())

    var batches: [[Int]] { state.withLock { $0.batches } }
    var written: [Int] { batches.flatMap { $0 } }
    var reports: [WriteBehindReport] { state.withLock { $0.reports } }

    @Sendable func hear(_ report: WriteBehindReport) { state.withLock { $0.reports.append(report) } }
    func fail(with fault: StorageError?) { state.withLock { $0.fault = fault } }
    func refuse(_ element: Int, then fault: StorageError? = nil) {
        state.withLock { ($0.refused, $0.afterRefusal) = (element, fault) }
    }
    func hold() { state.withLock { $0.isHeld = true } }
    func letGo() { state.withLock { $0.isHeld = false } }

    @Sendable func write(_ batch: [Int]) async throws {
        while state.withLock({ $0.isHeld }) { await Task.yield() }
        try state.withLock { state in
            let refusal = state.refused.flatMap { batch.contains($0) ? StorageError.constraint("\($0)") : nil }
            if let fault = state.fault ?? refusal {
                state.failures += 1
                if batch == state.refused.map({ [$0] }), let next = state.afterRefusal {
                    (state.fault, state.afterRefusal) = (next, nil)
                }
                throw fault
            }
            state.batches.append(batch)
        }
    }

    /// Comes back when so many elements are written.
    func reaches(_ count: Int) async {
        while written.count < count { await Task.yield() }
    }

    func fails(_ count: Int) async {
        while state.withLock({ $0.failures < count }) { await Task.yield() }
    }
}
