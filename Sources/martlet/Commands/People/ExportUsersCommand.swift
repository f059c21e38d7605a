import ArgumentParser
import Foundation
import Identity
import JSON
import OAuth
import Storage

/// `martlet user export`.
struct ExportUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write down everybody, one JSON object a line.",
        discussion: """
            Everything that is known of people: addresses, names, attributes, roles, preferences, dates. Password \
            hashes only with --with-password-hashes. martlet user import reads the file back, also into a Martlet \
            on another database. Sessions, tokens and consents are not in it; martlet backup has consents.

            The file is for its owner alone (mode 0600), and appears when it is whole. Guard it like the database.
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
            let count = try await write(to: output, from: store)
            try output?.finish()
            let details = [
                "method": "command", "count": "\(count)", "hashes": withPasswordHashes ? "yes" : "no",
            ]
            audit.record(AuditEvent(.peopleExported, details: details))
            return count
        }
        guard let path else { return }
        Terminal.tell(
            "\(path) holds \(count == 1 ? "1 person" : "\(count) people"), "
                + (withPasswordHashes ? "with their password hashes. Guard it." : "without password hashes."))
    }

    private func write(to output: ExportFile?, from store: Store) async throws -> Int {
        let progress = PeopleProgress("written")
        var count = 0
        var last: String?
        while true {
            let people = try await store.accounts(after: last, limit: 200)
            guard let end = people.last else { break }
            var bytes: [UInt8] = []
            for account in people {
                let preferences = try await store.preferences(of: account.id)
                let line = Departure.line(account, preferences, withPasswordHash: withPasswordHashes)
                bytes += line.bytes() + [UInt8(ascii: "\n")]
            }
            if let output { try output.write(bytes) } else { FileHandle.standardOutput.write(Data(bytes)) }
            count += people.count
            progress.tell(count)
            last = end.email.canonical
        }
        progress.clear()
        return count
    }
}
