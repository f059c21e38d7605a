import Logging
import Testing

@testable import martlet

@Suite("How a stop spends its time")
struct StopTimesTests {
    @Test("OP4: all steps together end before 30 seconds have passed, and each leaves time for the next")
    func sum() {
        let times = StopTimes()
        #expect(Delivery.stopTime + .seconds(3) < StopTimes.drain)
        #expect(times.begin + StopTimes.drain < times.services)
        #expect(times.services + StopTimes.writing < times.end)
        #expect(times.end < times.begin + .seconds(30))
    }

    @Test("OP4: without a signal the time counts from the end of serving, and with one from the signal")
    func begin() async throws {
        let drain = Drain(logger: Logger(label: "martlet"))
        #expect(!drain.hasBegun)
        let before = ContinuousClock.now
        #expect(drain.times.begin >= before)
        let running = Task { try await drain.run() }
        running.cancel()
        try await running.value
        #expect(drain.hasBegun)
        #expect(drain.times.begin == drain.times.begin)
    }
}
