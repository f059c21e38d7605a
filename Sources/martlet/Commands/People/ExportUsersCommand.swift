import ArgumentParser
import Identity
import JSON
import OAuth
import Storage

/// `martlet user export`.
struct ExportUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write down everybody, one JSON object a line.",
        discussion: """
            Everything that is known of people: addresses, names, attributes, roles, preferences, accounts at providers, dates. Password \
            hashes only with --with-password-hashes. martlet user import reads the file back, also into a Martlet \
            on another database. Sessions, tokens and consents are not in it; martlet backup has consents.

            The file is for its owner alone (mode 0600), and appears when it is whole. Guard it like the database. That \
            an export began is on record before its first byte, and how many people were in it at its end.
            """)

    @Argument(help: "The file; without it, or with -, standard output.", completion: .file())
    var file: String?

    @Flag(name: .long, help: "With everybody's password hash.")
    var withPasswordHashes = false

    @Flag(name: .long, help: "Write over a file that is there.")
    var replace = false

    @Flag(name: .long, help: "JSON, one object a line: there is no other form.")
    var json = false

    func validate() throws {
        guard !replace || path != nil else { throw ValidationError("--replace goes with a file") }
    }

    private var path: String? { file == "-" ? nil : file }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let count = try await OpenHouse.withStore(settings) { store, audit in
            let output = try path.map { try ExportFile($0, replacing: replace) }
            // Whoever reads along has some of it already, however it ends: so it is on record before the first byte.
            try await StoredAudit.insist(on: event("begun"), in: store, logger: settings.commandLogger)
            var count = 0
            do {
                try await write(to: output, from: store, &count)
                try output?.finish()
            } catch {
                audit.record(event("cut", count))
                throw error
            }
            audit.record(event("ended", count))
            return count
        }
        guard let path else { return }
        Terminal.tell(
            "\(path) holds \(count == 1 ? "1 person" : "\(count) people"), "
                + (withPasswordHashes ? "with their password hashes. Guard it." : "without password hashes."))
    }

    private func event(_ stage: String, _ count: Int? = nil) -> AuditEvent {
        var details = ["method": "command", "hashes": withPasswordHashes ? "yes" : "no", "stage": stage]
        details["count"] = count.map(String.init)
        return AuditEvent(.peopleExported, details: details)
    }

    /// `count`: of whom something was written, perhaps.
    private func write(to output: ExportFile?, from store: Store, _ count: inout Int) async throws {
        let progress = PeopleProgress("written")
        var last: String?
        while true {
            let people = try await store.accounts(after: last, limit: 200)
            guard let end = people.last else { break }
            var bytes: [UInt8] = []
            for account in people {
                let preferences = try await store.preferences(of: account.id)
                let luggage = Departure.Luggage(
                    preferences, try await store.identities(of: account.id),
                    expected: try await store.expectedIdentities(of: account.id))
                let line = Departure.line(account, with: luggage, withPasswordHash: withPasswordHashes)
                bytes += line.bytes() + [UInt8(ascii: "\n")]
            }
            count += people.count
            if let output { try output.write(bytes) } else { try Answer.write(bytes) }
            progress.tell(count)
            last = end.email.canonical
        }
        progress.clear()
    }
}
