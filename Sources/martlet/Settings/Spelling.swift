/// Finds the name that somebody probably meant.
enum Spelling {
    /// The nearest of the known names, if it is near enough to be more than a guess: a third of the letters
    /// may differ, three at most.
    static func nearest(to name: String, among known: some Sequence<String>) -> String? {
        let letters = Array(name.lowercased().unicodeScalars.prefix(100))
        let allowed = min(3, max(1, letters.count / 3))
        let ranked = known.map {
            (name: $0, distance: distance(letters, Array($0.lowercased().unicodeScalars.prefix(100))))
        }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= allowed else { return nil }
        return best.name
    }

    /// Letters added, dropped, replaced, or two neighbours swapped (optimal string alignment).
    static func distance<Letter: Equatable>(_ from: [Letter], _ to: [Letter]) -> Int {
        guard !from.isEmpty, !to.isEmpty else { return max(from.count, to.count) }
        var beforeLast: [Int] = []
        var last = Array(0...to.count)
        for row in 1...from.count {
            var current = [row]
            for column in 1...to.count {
                let isSame = from[row - 1] == to[column - 1]
                var least = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, from[row - 1] == to[column - 2], from[row - 2] == to[column - 1] {
                    least = min(least, beforeLast[column - 2] + 1)
                }
                current.append(least)
            }
            (beforeLast, last) = (last, current)
        }
        return last[to.count]
    }
}
