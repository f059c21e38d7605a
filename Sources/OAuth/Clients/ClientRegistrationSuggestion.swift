import JSON

/// What somebody who mistyped a name probably meant.
enum NearestName {
    /// The candidate that needs the fewest changes, if these are few.
    static func to(_ name: String, among candidates: [String]) -> String? {
        let name = name.beginning(64).lowercased()
        let scored = candidates.map { (name: $0, distance: distance(from: name, to: $0)) }
        guard let best = scored.min(by: { $0.distance < $1.distance }),
            best.distance <= max(2, best.name.utf8.count / 4), best.distance < best.name.utf8.count
        else { return nil }
        return best.name
    }

    /// Our own prefix is easily forgotten, and costs nothing.
    private static func distance(from name: String, to candidate: String) -> Int {
        let prefix = "martlet_"
        let plain = changes(Array(name.utf8), Array(candidate.lowercased().utf8))
        guard candidate.hasPrefix(prefix), !name.hasPrefix(prefix) else { return plain }
        return min(plain, changes(Array(name.utf8), Array(candidate.dropFirst(prefix.count).utf8)))
    }

    /// Levenshtein's distance; inputs are short.
    private static func changes(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        for (row, byte) in a.enumerated() {
            var current = [row + 1]
            for (column, other) in b.enumerated() {
                let kept = previous[column] + (byte == other ? 0 : 1)
                current.append(min(kept, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous.last ?? 0
    }
}
