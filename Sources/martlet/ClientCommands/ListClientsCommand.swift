import ArgumentParser
import OAuth

/// `martlet client list`.
struct ListClientsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the registered clients, where each is, and what is wrong with others.")

    @OptionGroup var options: ClientOptions

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let listing = try await options.withPlaces(settings) { try await ClientListing($0) }
        if listing.rows.isEmpty, listing.faults.isEmpty {
            try Answer.tell("There are no clients yet: see `martlet client add --help`.")
        } else {
            try Answer.tell(Self.table(listing.rows, Terminal.standardOutput))
        }
        guard listing.faults.isEmpty else { throw CommandRefusal(listing.faults.map(\.description)) }
    }

    static func table(_ clients: [ClientListing.Row], _ terminal: Terminal) -> String {
        let head = ["client_id", "name", "authentication", "secrets", "in", "grants"]
        let rows = clients.map { row in
            let client = row.client
            return [
                client.id, client.name, client.authenticationMethod.rawValue, String(client.secretDigests.count),
                row.place.rawValue, client.grantTypes.map(\.rawValue).joined(separator: " "),
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([head] + rows).map { row in
            zip(row, widths).map { $0.padding(to: $1) }.joined(separator: "  ")
        }
        return ([terminal.bold(lines.first ?? "")] + lines.dropFirst()).joined(separator: "\n")
    }
}
