import ArgumentParser
import Foundation
import OAuth
import Storage

/// `martlet backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a backup of the database into one file, while servers run.",
        discussion: """
            The file is one consistent state of the database, whichever engine it is on, and can be restored into \
            either: this is also the way from one engine to the other. It holds people, password hashes, roles, \
            remembered consents and sealed signing keys, but no sessions and no tokens, for a restore ends those. \
            Guard it like the database. The master key is not in it: keep that apart, for without it the signing \
            keys cannot be opened.
            """)

    @Argument(help: "The file to write; readable for its owner alone.", completion: .file())
    var file: String

    @Flag(name: .long, help: "Write over an older backup.")
    var force = false

    func validate() throws {
        guard file != "-" else {
            throw ValidationError("a backup is checked after it was written: give the name of a file, not -")
        }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let cellar = Cellar(settings)
        let progress = TableProgress("written")
        let facts = try await cellar.with { store in
            guard try await Migrator.status(store.database).found > 0 else {
                throw CommandRefusal("\(cellar.place) is empty: there is nothing to back up")
            }
            let occasion = BackupFacts.Occasion(
                madeAt: SystemClock().now, program: Build.version, engine: cellar.engine,
                issuer: settings.issuer.text)
            let facts = try await store.backUp(to: file, occasion, replacing: force, progress: progress.tell)
            await StoredAudit.witness(
                AuditEvent(.backupMade, details: ["method": "command", "schema": "\(facts.schemaVersion)"]), in: store,
                logger: settings.commandLogger)
            return facts
        }
        progress.end()
        try Answer.tell(Self.words(facts, file: file))
    }

    private static func words(_ facts: BackupFacts, file: String) -> String {
        """
        \(file) holds \(BackupRows.sentence(facts.rows.filter { $0.count > 0 })).
        Guard it like the database. The master key is not in it: keep that apart\
        \(facts.masterKeyFingerprint.map { " (its fingerprint is \(PlainText.escaped($0)))" } ?? "").
        """
    }
}
