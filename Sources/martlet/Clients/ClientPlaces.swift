import JSON
import OAuth

/// Folder and database as the commands change them: what is registered in either is found, and nothing is registered in
/// both.
struct ClientPlaces {
    let folder: ClientFolder
    /// `nil` when there is none yet, or nobody wants to look into it.
    let store: (any RegistrationStore)?
    /// The one place that was asked for.
    let asked: ClientPlace?
    /// For new clients.
    let usual: ClientPlace
    let clock: any WallClock

    /// A registration, and where it was found.
    struct Found {
        let id: String
        var object: JSONObject
        let place: ClientPlace
        /// Of the row, in the database.
        let version: Int64
    }

    /// For commands about a client that should be there.
    func existing(_ id: String) async throws -> Found {
        let found = try await places(of: id)
        guard found.count < 2 else {
            throw CommandRefusal(
                "\(id.debugDescription) is registered both in \(folder.directory) and in the database; say which is meant: "
                    + "--in folder or --in database")
        }
        guard let found = found.first else {
            throw CommandRefusal("there is no client \(id.debugDescription) \(searched); see `martlet client list`")
        }
        return found
    }

    /// - Returns: where it is now, in words.
    func add(_ object: JSONObject, of id: String, replacing: Bool) async throws -> String {
        let place = asked ?? usual
        let present = try await places(of: id)
        if let other = present.first(where: { $0.place != place }) {
            throw CommandRefusal(
                "\(id.debugDescription) is registered in the \(other.place.rawValue) already; choose another --id, or take "
                    + "it away there first: martlet client remove \(id) --in \(other.place.rawValue)")
        }
        guard place == .database else { return try folder.write(object, of: id, replacing: replacing) }
        if let present = present.first {
            guard replacing else {
                throw CommandRefusal(
                    "\(id.debugDescription) is in the database already; give --replace to write over it, or choose "
                        + "another --id")
            }
            try await rewrite(Found(id: id, object: object, place: .database, version: present.version))
        } else {
            let document = try document(object, of: id)
            guard try await database.add(registration: document, of: id, at: clock.now) else { throw Self.overtaken }
        }
        return "the database"
    }

    /// Puts a changed registration where it was found. In the database only if it still is what was found there.
    func rewrite(_ found: Found) async throws {
        guard found.place == .database else {
            try folder.write(found.object, of: found.id, replacing: true)
            return
        }
        let document = try document(found.object, of: found.id)
        guard
            try await database.replace(
                registration: document, of: found.id, version: found.version, at: clock.now)
        else { throw Self.overtaken }
    }

    /// With its grants: should the id be registered again, nothing comes back to life.
    ///
    /// - Returns: what is removed, in words.
    func remove(_ found: Found) async throws -> String {
        guard found.place == .database else {
            let gone = try folder.remove(found.id)
            try await store?.endGrants(ofUnregistered: found.id, at: clock.now)
            return gone
        }
        guard try await database.removeRegistration(of: found.id, at: clock.now) else { throw Self.overtaken }
        return "client \(found.id) of the database"
    }
}

extension ClientPlaces {
    private func places(of id: String) async throws -> [Found] {
        var found: [Found] = []
        if asked != .database, let object = try folder.object(id) {
            found.append(Found(id: id, object: object, place: .folder, version: 0))
        }
        if asked != .folder, let row = try await store?.registration(id) {
            found.append(Found(id: id, object: try Self.object(row), place: .database, version: row.version))
        }
        return found
    }

    /// What cannot be read can still be removed or replaced; what else is changed is checked before it is written.
    private static func object(_ row: StoredRegistration) throws -> JSONObject {
        let value = try? JSONValue(parsing: Array(row.document.utf8), maximumBytes: SmallFile.mostBytes)
        return value?.objectValue ?? JSONObject()
    }

    /// Checked by the server's own rules.
    private func document(_ object: JSONObject, of id: String) throws(CommandRefusal) -> String {
        if let message = ClientRegistration.fault(ofID: id) { throw CommandRefusal(message, exitCode: .usage) }
        let value = JSONValue.object(object)
        let (client, faults) = folder.files.rules.read(value)
        guard faults.isEmpty, client?.id.isExactly(id) == true else {
            throw CommandRefusal(faults.isEmpty ? ["client_id must be \(id)"] : faults.map(\.description))
        }
        return value.text
    }

    private var database: any RegistrationStore {
        get throws(CommandRefusal) {
            guard let store else { throw CommandRefusal("there is no database yet: martlet serve makes it") }
            return store
        }
    }

    private var searched: String {
        switch (asked, store == nil) {
        case (.database, _): "in the database"
        case (_, true): "in \(folder.directory)"
        case (_, false): "in \(folder.directory) or in the database"
        }
    }

    private static let overtaken = CommandRefusal(
        "somebody else has just changed this client; nothing was done, so look at it and try again")
}
