import Cryptography
import JSON
import OAuth

/// What a registration may say at this server, wherever it lies.
package struct RegistrationRules: Sendable {
    let knownScopes: ScopeSet
    let algorithms: [SignatureAlgorithm]

    func read(_ value: JSONValue) -> (client: Client?, faults: [RegistrationFault]) {
        ClientRegistration.read(value, knownScopes: knownScopes, algorithms: algorithms)
    }

    /// Reads one of the database, where it was checked before it was kept: a fault is damage, or this server is older
    /// than the one that kept it.
    func read(_ stored: StoredRegistration) -> (client: Client?, faults: [ClientFault]) {
        let place = Self.place(of: stored.clientID)
        let value: JSONValue
        do {
            value = try JSONValue(parsing: Array(stored.document.utf8), maximumBytes: SmallFile.mostBytes)
        } catch {
            return (nil, [ClientFault(error, in: place)])
        }
        let (client, faults) = read(value)
        guard let client, client.id.isExactly(stored.clientID) else {
            let told = faults.map { ClientFault(file: place, message: $0.description) }
            return (nil, told.isEmpty ? [ClientFault(file: place, message: "client_id differs from its key")] : told)
        }
        return (client, [])
    }

    /// How a registration in the database is called where a file would have its path.
    static func place(of id: String) -> String { "the database, client \(id.debugDescription)" }
}
