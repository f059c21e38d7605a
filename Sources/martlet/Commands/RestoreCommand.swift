import ArgumentParser
import Foundation
import OAuth
import Storage

/// `martlet restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup into the database, whole or not at all.",
        discussion: """
            Stop every server first. The backup is read to its end and checked before anything is touched; a damaged \
            one, one of a newer version, and one sealed with another master key are refused. Whatever was issued \
            before is dead afterwards: everybody signs in again, and apps ask for new tokens. What was changed after \
            the backup was made is lost: passwords, roles and disabled accounts are again as they were then.
            """)

    @Argument(help: "A file that martlet backup has made.", completion: .file())
    var file: String

    @Flag(name: .long, help: "Put it in the place of what the database holds.")
    var replace = false

    @Flag(name: .long, help: "With --replace: do not ask.")
    var yes = false

    func validate() throws {
        guard replace || !yes else { throw ValidationError("--yes goes with --replace") }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let backup = try Backup.open(file)
        defer { backup.close() }
        try RestoreConditions(settings: settings, facts: backup.facts).check()
        let cellar = Cellar(settings)
        let progress = TableProgress("restored")
        let (restored, keys) = try await cellar.withAlone { alone in
            let store = alone.store
            let holdings = try await store.holdings()
            guard holdings.isEmpty || replace else { throw BackupFault.notEmpty(holdings) }
            if !holdings.isEmpty, !yes { try confirm(holdings, at: cellar.place) }
            let restored = try await store.restore(
                backup, replacing: replace, clock: SystemClock(), alone: alone.solitude, progress: progress.tell)
            await StoredAudit.witness(
                AuditEvent(
                    .restored, details: ["method": "command", "backup_of": "\(backup.facts.occasion.madeAt)"]),
                in: store, logger: settings.commandLogger)
            return (restored, try await store.signingKeys())
        }
        progress.end()
        try Answer.tell(
            RestoreWords(facts: backup.facts, restored: restored, keys: keys, settings: settings, place: cellar.place)
                .text)
    }

    private func confirm(_ holdings: [BackupRows], at place: String) throws {
        guard Terminal.standardInput.isTerminal else {
            throw CommandRefusal(
                "\(place) holds \(BackupRows.sentence(holdings)), and there is no terminal to ask at; give --yes as well",
                exitCode: .usage)
        }
        Terminal.show(
            """
            \(place) holds \(BackupRows.sentence(holdings)).
            All of it goes, and the backup of \(file) takes its place. Type yes to go on: 
            """)
        guard readLine()?.trimmingCharacters(in: .whitespaces) == "yes" else {
            throw CommandRefusal("nothing was changed")
        }
    }
}
