import OAuth

extension Store: RegistrationStore {
    /// The counter is asked first: should an engine let the rows be newer than it, they are read once more, and
    /// never once too seldom.
    package func registrations(unless known: Int64?) async throws -> StoredRegistrations? {
        try await database.read { connection in
            let state = try connection.changes(of: .clients)
            guard state != known else { return nil }
            return StoredRegistrations(
                state: state,
                registrations: try connection.rows(
                    "SELECT \(StoredRegistration.columns) FROM clients ORDER BY client_id", []
                ).map(StoredRegistration.init))
        }
    }

    package func registration(_ clientID: String) async throws -> StoredRegistration? {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(StoredRegistration.columns) FROM clients WHERE client_id = $1", [.text(clientID)]
            ).first.map(StoredRegistration.init)
        }
    }

    package func add(registration document: String, of clientID: String, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            let added = try connection.insert(
                into: "clients",
                [
                    "client_id": .text(clientID),
                    "registration": .text(document),
                    "version": .integer(1),
                    "created_at": .instant(now),
                    "updated_at": .instant(now),
                ], orElse: "ON CONFLICT (client_id) DO NOTHING")
            guard added == 1 else { return false }
            try connection.stamp(clientID)
            return true
        }
    }

    package func replace(
        registration document: String, of clientID: String, version: Int64, at now: Instant
    ) async throws -> Bool {
        try await database.write { connection in
            let replaced = try connection.execute(
                "UPDATE clients SET registration = $3, updated_at = $4 WHERE client_id = $1 AND version = $2",
                [.text(clientID), .integer(version), .text(document), .instant(now)])
            guard replaced == 1 else { return false }
            try connection.stamp(clientID)
            return true
        }
    }

    package func removeRegistration(of clientID: String, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            guard try connection.execute("DELETE FROM clients WHERE client_id = $1", [.text(clientID)]) == 1 else {
                return false
            }
            _ = try connection.count(changeOf: .clients)
            try connection.endGrants(of: clientID, at: now)
            return true
        }
    }

    package func endGrants(ofUnregistered clientID: String, at now: Instant) async throws {
        try await database.write { connection in
            let registered = try connection.rows("SELECT 1 FROM clients WHERE client_id = $1", [.text(clientID)])
            guard registered.isEmpty else { return }
            try connection.endGrants(of: clientID, at: now)
        }
    }
}

extension SQLConnection {
    fileprivate func endGrants(of clientID: String, at now: Instant) throws {
        try endGrants("client_id = $3", [.text(clientID)], because: .clientRemoved, at: now)
    }

    /// Gives a row just written the number of its change: one that nobody has read can then not be written over.
    fileprivate func stamp(_ clientID: String) throws {
        let version = try count(changeOf: .clients)
        try execute(
            "UPDATE clients SET version = $2 WHERE client_id = $1", [.text(clientID), .integer(version)])
    }
}
