import Identity
import OAuth

extension Store: ThrottleStore {
    package func count(_ lanes: [ThrottleLane], at now: Instant) async throws -> [ThrottleCount] {
        try await database.write { connection in try lanes.map { try connection.count($0, at: now) } }
    }

    package func attempts(_ keys: [String], at now: Instant) async throws -> [Int64] {
        guard !keys.isEmpty else { return [] }
        let places = keys.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        let rows = try await database.lookUp(
            "SELECT lane, attempts FROM throttle_counters WHERE window_ends_at > $1 AND lane IN (\(places))",
            [.instant(now)] + keys.map(SQLValue.text))
        let attempts = Dictionary(try rows.map { (try $0.text(0), try $0.integer(1)) }) { first, _ in first }
        return keys.map { attempts[$0] ?? 0 }
    }

    package func clear(_ key: String) async throws {
        try await database.write { connection in
            try connection.put("DELETE FROM throttle_counters WHERE lane = $1", [.text(key)])
        }
    }
}

extension Store {
    package func succeed(_ own: String, others: [String], at now: Instant) async throws {
        try await database.write { connection in
            try connection.put("DELETE FROM throttle_counters WHERE lane = $1", [.text(own)])
            for lane in others { try connection.takeBack(lane, at: now) }
        }
    }
}

extension SQLConnection {
    fileprivate func takeBack(_ lane: String, at now: Instant) throws {
        let last = try execute(
            "DELETE FROM throttle_counters WHERE lane = $1 AND window_ends_at > $2 AND attempts = 1",
            [.text(lane), .instant(now)])
        guard last == 0 else { return }
        try put(
            "UPDATE throttle_counters SET attempts = attempts - 1 WHERE lane = $1 AND window_ends_at > $2",
            [.text(lane), .instant(now)])
    }

    /// One statement counts, starts a window that has run out anew, and tells the result.
    fileprivate func count(_ lane: ThrottleLane, at now: Instant) throws -> ThrottleCount {
        let counted = try rows(
            """
            INSERT INTO throttle_counters (lane, attempts, window_ends_at) VALUES ($1, 1, $2)
            ON CONFLICT (lane) DO UPDATE SET
                attempts = CASE WHEN throttle_counters.window_ends_at > $3
                    THEN throttle_counters.attempts + 1 ELSE 1 END,
                window_ends_at = CASE WHEN throttle_counters.window_ends_at > $3
                    THEN throttle_counters.window_ends_at ELSE excluded.window_ends_at END
            RETURNING attempts, window_ends_at
            """,
            [.text(lane.key), .instant(now + lane.window), .instant(now)])
        guard let row = counted.first else { throw StorageError.corrupt("a counter gave no count") }
        return ThrottleCount(attempts: try row.integer(0), windowEndsAt: Instant(seconds: try row.integer(1)))
    }
}
