import Cryptography

/// Waiting before something is tried again: twice as long each time up to a longest, and never for as long as the
/// others who wait for the same thing, so that they do not all come back at once.
struct Pause: Sendable {
    private var seconds: Double
    private let longest: Double

    init(from shortest: Double, to longest: Double) {
        seconds = shortest
        self.longest = longest
    }

    /// Seconds: between half of the pause that is due and the whole of it.
    mutating func next() -> Double {
        defer { seconds = min(seconds * 2, longest) }
        let chance = (try? SystemRandom().bytes(1).first) ?? 0
        return seconds * (0.5 + Double(chance) / 512)
    }
}
