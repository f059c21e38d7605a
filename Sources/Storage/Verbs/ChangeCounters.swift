/// What processes hold in memory, and must read again when another has changed it.
package enum ChangeTopic: String, Sendable, CaseIterable {
    case clients
    case keys
    /// How long imported hashes take to check.
    case importedHashes = "imported_hashes"
}

extension SQLConnection {
    /// Counts a change, in the write that makes it: whoever sees the new number sees the change too. Writers of one
    /// topic wait here for one another, so a number is never given twice.
    func count(changeOf topic: ChangeTopic) throws -> Int64 {
        let rows = try rows(
            """
            INSERT INTO change_counters (topic, version) VALUES ($1, 1)
            ON CONFLICT (topic) DO UPDATE SET version = change_counters.version + 1 RETURNING version
            """,
            [.text(topic.rawValue)])
        guard let row = rows.first else { throw StorageError.corrupt("a change was not counted") }
        try announce(topic.rawValue)
        return try row.integer(0)
    }

    /// 0 before the first change.
    func changes(of topic: ChangeTopic) throws -> Int64 {
        try rows("SELECT version FROM change_counters WHERE topic = $1", [.text(topic.rawValue)]).first?.integer(0) ?? 0
    }
}
