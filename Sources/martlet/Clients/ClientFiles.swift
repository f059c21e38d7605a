import Cryptography
import Foundation
import JSON
import OAuth

/// The folder of registered clients, one `<client_id>.json` each; what else lies there is left alone.
package struct ClientFiles: Sendable {
    /// What the folder says at one moment.
    package struct Reading: Sendable {
        package fileprivate(set) var clients: [Client] = []
        /// Ids, by file name, of registrations that are there but cannot be used.
        package fileprivate(set) var broken: [String] = []
        package fileprivate(set) var faults: [ClientFault] = []

        /// Of every file, usable or not.
        var ids: Set<String> { Set(broken).union(clients.map(\.id)) }
    }

    package let directory: String
    let rules: RegistrationRules

    package init(directory: String, knownScopes: ScopeSet, algorithms: [SignatureAlgorithm]) {
        self.directory = directory
        rules = RegistrationRules(knownScopes: knownScopes, algorithms: algorithms)
    }

    /// Reads every file and tells every fault of each (CF7); `nil` when the folder itself cannot be read.
    package func read() -> Reading? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return nil }
        var reading = Reading()
        for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix(".") {
            let (client, faults) = read(name)
            if let client { reading.clients.append(client) } else { reading.broken.append(String(name.dropLast(5))) }
            reading.faults += faults
        }
        return reading
    }

    /// What keeps a server from starting.
    func faults() -> [ClientFault] { read()?.faults ?? [unreadable] }

    var unreadable: ClientFault {
        ClientFault(
            file: directory,
            message: "the folder of clients cannot be read; make it, or name another by folders.clients")
    }

    /// What is wrong with a client that is in the database too.
    func clash(_ id: String) -> ClientFault {
        ClientFault(
            file: path(of: id),
            message: "this client is registered in the database too, and that registration counts; take one away: "
                + "martlet client remove \(id) --in folder, or --in database")
    }

    func path(of id: String) -> String { (directory as NSString).appendingPathComponent("\(id).json") }

    private func read(_ name: String) -> (client: Client?, faults: [ClientFault]) {
        let file = (directory as NSString).appendingPathComponent(name)
        guard let bytes = SmallFile.read(file) else {
            return (nil, [ClientFault(file: file, message: "the file cannot be read")])
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            return (nil, [ClientFault(error, in: file)])
        }
        var (client, faults) = rules.read(value)
        if let fault = Self.fault(ofName: name, for: value) {
            (client, faults) = (nil, faults + [fault])
        }
        let positions = JSONPositions(bytes)
        let placed = faults.map { ClientFault($0, in: file, positions: positions) }
        return (client, placed.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) })
    }

    /// The name must say the id: nobody can then register one client twice, or look for it in vain.
    private static func fault(ofName name: String, for value: JSONValue) -> RegistrationFault? {
        guard let id = value.objectValue?["client_id"]?.stringValue, ClientRegistration.fault(ofID: id) == nil,
            !"\(id).json".isExactly(name)
        else { return nil }
        return RegistrationFault(
            path: ["client_id"], message: "client_id differs from the file name, which must be <client_id>.json",
            suggestion: String(name.dropLast(5)))
    }
}
