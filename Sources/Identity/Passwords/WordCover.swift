/// How much of a text is made of known words.
struct WordCover {
    private let free: Set<FoldedText>
    private let counted: Set<FoldedText>
    private let longest: Int

    /// `free` words may be used as often as they fit, `counted` ones and keyboard runs as often as is asked.
    init(_ free: Set<FoldedText>, counted: Set<FoldedText> = []) {
        self.free = free
        self.counted = counted
        longest = free.union(counted).map(\.count).max() ?? 0
    }

    /// Of a long text the beginning tells: what stands in words is the same all along, and looking takes its time.
    func covers(moreThanHalfOf text: FoldedText) -> Bool {
        let beginning = FoldedText(text.scalars.prefix(Self.longestText))
        return leftover(of: beginning, words: 0) * 2 < beginning.count
    }

    /// Scalars. One letter can stand for 18 of them once it is normalised.
    private static let longestText = 256

    /// The fewest characters that stay outside of words, when at most so many counted words are laid over it.
    ///
    /// Walks the text once, keeping for each number of words used the best covering of what lies behind.
    func leftover(of text: FoldedText, words most: Int) -> Int {
        var best = Array(repeating: [0], count: most + 1)
        for end in 0..<text.count {
            let tiles = tiles(endingAt: end, of: text, countingRuns: most > 0)
            for used in 0...most {
                var least = best[used][end] + 1
                for tile in tiles where used >= tile.price {
                    least = min(least, best[used - tile.price][end + 1 - tile.length])
                }
                best[used].append(least)
            }
        }
        return best.compactMap(\.last).min() ?? 0
    }

    private func tiles(
        endingAt end: Int, of text: FoldedText, countingRuns: Bool
    ) -> [(length: Int, price: Int)] {
        var tiles: [(length: Int, price: Int)] = []
        for length in 3..<max(3, min(longest, end + 1) + 1) {
            let word = FoldedText(text.scalars[(end + 1 - length)...end])
            if free.contains(word) {
                tiles.append((length, 0))
            } else if counted.contains(word) {
                tiles.append((length, 1))
            }
        }
        let run = countingRuns ? Keyboard.runLength(endingAt: end, of: text) : 0
        for length in 3..<max(3, run + 1) { tiles.append((length, 1)) }
        return tiles
    }
}
