/// A generator that a failing run can repeat (SplitMix64).
package struct Dice: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    /// The same bytes with a few changed, removed or added.
    package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let place = Int.random(in: 0...bytes.count, using: &self)
            switch Int.random(in: 0..<4, using: &self) {
            case 0: bytes.insert(UInt8.random(in: .min ... .max, using: &self), at: place)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.removeLast(min(bytes.count, Int.random(in: 0...8, using: &self)))
            default:
                if place < bytes.count { bytes[place] = UInt8.random(in: .min ... .max, using: &self) }
            }
        }
        return bytes
    }
}
