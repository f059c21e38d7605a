import ArgumentParser
import OAuth

/// `martlet client list`.
struct ListClientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the registered clients, and what is wrong with the files of others.")

    @OptionGroup var options: ClientOptions

    func run() throws {
        let folder = options.folder(try Settings.ofThisProcess())
        guard let reading = folder.files.read() else {
            throw CommandRefusal("the folder of clients \(folder.directory) cannot be read")
        }
        if reading.clients.isEmpty, reading.faults.isEmpty {
            print("There are no clients in \(folder.directory) yet: see `martlet client add --help`.")
        } else {
            print(Self.table(reading.clients, Terminal.standardOutput))
        }
        guard reading.faults.isEmpty else { throw CommandRefusal(reading.faults.map(\.description)) }
    }

    static func table(_ clients: [Client], _ terminal: Terminal) -> String {
        let head = ["client_id", "name", "authentication", "secrets", "grants"]
        let rows = clients.map { client in
            [
                client.id, client.name, client.authenticationMethod.rawValue, String(client.secretDigests.count),
                client.grantTypes.map(\.rawValue).joined(separator: " "),
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([head] + rows).map { row in
            zip(row, widths).map { $0.padding(to: $1) }.joined(separator: "  ")
        }
        return ([terminal.bold(lines.first ?? "")] + lines.dropFirst()).joined(separator: "\n")
    }
}
