import OAuth

/// Which clients there are at one moment. What is registered in the database wins over the folder: the database is
/// one for all processes, while folders may differ from machine to machine.
struct ClientSnapshot: Sendable {
    private var folder: [String: Client] = [:]
    /// Ids of all files, those that cannot be used included.
    private var files: Set<String> = []
    private var stored: [String: Stored] = [:]
    private var merged: [String: Client] = [:]

    /// Of the database, as last read.
    private(set) var state: Int64?
    /// By client id.
    private(set) var all: [Client] = []

    private struct Stored {
        let version: Int64
        /// The last one that could be used, if any ever could.
        let client: Client?
    }

    /// Ids that are in both places.
    var clashes: Set<String> { files.intersection(stored.keys) }

    func client(_ id: String) -> Client? { Self.exact(merged[id], id) }

    /// A client about which the database has nothing to say.
    func ofFolderAlone(_ id: String) -> Client? {
        stored[id] == nil ? Self.exact(folder[id], id) : nil
    }

    /// Text that is only equivalent is another id.
    private static func exact(_ client: Client?, _ id: String) -> Client? {
        guard let client, client.id.isExactly(id) else { return nil }
        return client
    }

    /// A broken file keeps its earlier registration.
    mutating func take(_ reading: ClientFiles.Reading) {
        var next: [String: Client] = [:]
        for id in reading.broken { next[id] = folder[id] }
        for client in reading.clients { next[client.id] = client }
        folder = next
        files = reading.ids
        merge()
    }

    /// Reads those that have changed, and says what is wrong with them. One that cannot be used keeps its earlier
    /// registration; without one it is no client, even if a file says otherwise.
    mutating func take(_ news: StoredRegistrations, by rules: RegistrationRules) -> [ClientFault] {
        var next: [String: Stored] = [:]
        var told: [ClientFault] = []
        for row in news.registrations {
            let earlier = stored[row.clientID]
            guard earlier?.version != row.version else {
                next[row.clientID] = earlier
                continue
            }
            let (client, faults) = rules.read(row)
            told += faults
            next[row.clientID] = Stored(version: row.version, client: client ?? earlier?.client)
        }
        (stored, state) = (next, news.state)
        merge()
        return told
    }

    private mutating func merge() {
        merged = folder
        for (id, row) in stored { merged[id] = row.client }
        all = merged.values.sorted { $0.id < $1.id }
    }
}
