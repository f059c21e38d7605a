import JSON
import OAuth

/// A registration that somebody has edited whole, on its way back to where it is kept.
struct EditedRegistration {
    let path: String
    let rules: RegistrationRules

    /// Every fault is told at once, with the place an editor can jump to (CF7).
    func replacing(_ found: ClientPlaces.Found) throws(CommandRefusal) -> JSONObject {
        guard let bytes = SmallFile.read(path) else {
            throw CommandRefusal("\(path) cannot be read, or is too large for a registration")
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw CommandRefusal(ClientFault(error, in: path).description)
        }
        let positions = JSONPositions(bytes)
        let faults = (rules.read(value).faults + faults(of: value, replacing: found))
            .map { ClientFault($0, in: path, positions: positions) }
            .sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
        guard faults.isEmpty, let object = value.objectValue else { throw CommandRefusal(faults.map(\.description)) }
        return object
    }

    private func faults(of value: JSONValue, replacing found: ClientPlaces.Found) -> [RegistrationFault] {
        var faults: [RegistrationFault] = []
        if let id = value.objectValue?["client_id"]?.stringValue, !id.isExactly(found.id) {
            faults.append(
                RegistrationFault(
                    path: ["client_id"], message: "client_id is not the one of the client to change",
                    suggestion: found.id))
        }
        if bringsSecret(value, to: found.object) {
            faults.append(
                RegistrationFault(
                    path: [.key(ClientSecret.name)],
                    message: "a secret stands here that the client does not have now; `martlet client secret "
                        + "\(found.id) add` makes a new one"))
        }
        return faults
    }

    /// A secret that was retired while somebody had the file open must not come back to life with it (TK2). A client
    /// without any may be given its first.
    private func bringsSecret(_ value: JSONValue, to object: JSONObject) -> Bool {
        let present = Self.digests(.object(object))
        return !present.isEmpty && !Self.digests(value).isSubset(of: present)
    }

    private static func digests(_ value: JSONValue) -> Set<String> {
        let secrets = value.objectValue?[ClientSecret.name]?.arrayValue ?? []
        return Set(secrets.compactMap { $0.objectValue?["sha256"]?.stringValue?.lowercased() })
    }
}
