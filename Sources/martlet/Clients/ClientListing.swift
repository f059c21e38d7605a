import OAuth

/// Every client of every place that is looked into, and everything that is wrong with them.
struct ClientListing {
    struct Row {
        let client: Client
        let place: ClientPlace
    }

    private(set) var rows: [Row] = []
    private(set) var faults: [ClientFault] = []

    init(_ places: ClientPlaces) async throws {
        let files = places.folder.files
        let stored = try await places.store?.registrations(unless: nil)?.registrations ?? []
        guard places.asked != .database else {
            self.init(ClientFiles.Reading(), stored, files: files)
            return
        }
        guard let reading = files.read() else { throw CommandRefusal(files.unreadable.description) }
        self.init(reading, stored, files: files)
    }

    init(_ reading: ClientFiles.Reading, _ registrations: [StoredRegistration], files: ClientFiles) {
        rows = reading.clients.map { Row(client: $0, place: .folder) }
        faults = reading.faults
        for stored in registrations {
            let (client, faults) = files.rules.read(stored)
            if let client { rows.append(Row(client: client, place: .database)) }
            self.faults += faults
            if reading.ids.contains(stored.clientID) { self.faults.append(files.clash(stored.clientID)) }
        }
        rows.sort { ($0.client.id, $0.place.rawValue) < ($1.client.id, $1.place.rawValue) }
    }
}
