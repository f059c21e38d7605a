import OAuth
import Testing

@Suite("Instants: whole seconds, and arithmetic that cannot trap")
struct InstantTests {
    @Test(
        "A sum that does not fit stops at the end of time",
        arguments: [
            (Int64.max, Int64(1), Int64.max), (.max, .max, .max), (0, .max, .max), (.min, -1, .min), (.min, .min, .min),
            (.max, .min, -1), (.min, .max, -1), (1_800_000_000, 60, 1_800_000_060), (5, -10, -5),
        ])
    func sums(_ start: Int64, _ span: Int64, _ end: Int64) {
        #expect((Instant(seconds: start) + span).seconds == end)
    }

    @Test(
        "So does a difference",
        arguments: [
            (Int64.max, Int64.min, Int64.max), (.min, .max, .min), (.max, -1, .max), (.min, 1, .min), (.max, .max, 0),
            (61, 60, 1), (0, 61, -61), (.min, 0, .min), (0, .min, .max),
        ])
    func differences(_ later: Int64, _ earlier: Int64, _ expected: Int64) {
        #expect(Instant(seconds: later).seconds(since: Instant(seconds: earlier)) == expected)
    }

    @Test("Even the ends of time can be written down")
    func description() {
        #expect(Instant(seconds: 1_800_000_000).description == "2027-01-15T08:00:00Z")
        #expect(Instant(seconds: 0).description == "1970-01-01T00:00:00Z")
        for seconds in [Int64.max, .min, .max / 2] { #expect(!Instant(seconds: seconds).description.isEmpty) }
    }
}
