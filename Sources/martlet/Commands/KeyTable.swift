import OAuth

/// The signing keys as a table, in the order in which they sign.
struct KeyTable {
    struct Line: Equatable {
        let keyID: String
        let algorithm: String
        let state: String
        let published: String
        let signsFrom: String
        let retires: String
    }

    let lines: [Line]

    init(_ keys: [StoredSigningKey], schedule: KeySchedule, at now: Instant) {
        let ordered = keys.sorted { ($0.algorithm.rawValue, $0.generation) < ($1.algorithm.rawValue, $1.generation) }
        lines = ordered.map { key in
            let current = schedule.current(key.algorithm, in: keys, at: now)?.generation ?? 0
            return Line(
                keyID: key.keyID, algorithm: key.algorithm.rawValue,
                state: Self.state(generation: key.generation, current: current),
                published: key.createdAt.description, signsFrom: key.signsFrom.description,
                retires: key.retiresAt?.description ?? "-")
        }
    }

    /// One that waited and was overtaken by a key that had to sign at once is retired: it never signs.
    private static func state(generation: Int64, current: Int64) -> String {
        generation == current ? "signing" : generation > current ? "next" : "retired"
    }

    func text(_ terminal: Terminal) -> String {
        let head = ["kid", "algorithm", "state", "published", "signs from", "retires"]
        let rows = lines.map { [$0.keyID, $0.algorithm, $0.state, $0.published, $0.signsFrom, $0.retires] }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let written = ([head] + rows).map { row in
            zip(row, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmingEnd()
        }
        return ([terminal.bold(written[0])] + written.dropFirst()).joined(separator: "\n")
    }
}

extension String {
    func trimmingEnd() -> String {
        String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
    }
}
