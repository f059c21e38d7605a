import ArgumentParser
import Foundation
import Identity
import OAuth
import Storage

/// `martlet accounts`: what is done with many accounts at once.
struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts", abstract: "Remove deleted accounts for good.",
        subcommands: [PurgeAccountsCommand.self])
}

/// `martlet accounts purge` (B117-B125).
struct PurgeAccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Remove accounts that were deleted long enough ago.",
        discussion: """
            Counted from the day an account was deleted. A running server does the same by itself every hour, with \
            accounts.deletion_grace; this is for other times, and for seeing what is due. An account that cannot be \
            removed keeps none of the others; then the exit code is 1. What stays is one security event for each, \
            with an id that leads nowhere.
            """)

    @Option(name: .long, help: "Those deleted at least so many days ago; without it, accounts.deletion_grace.")
    var days: Int?

    @Flag(name: .long, help: "Say what would be removed, and change nothing.")
    var dryRun = false

    @Flag(name: .long, help: "A line for each account.")
    var verbose = false

    @Flag(name: .long, help: "Do not ask; needed where no terminal is, as with cron.")
    var noInput = false

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard days.map({ (0...36_500).contains($0) }) ?? true else {
            throw ValidationError("--days is a whole number from 0 to 36500")
        }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let age = days.map { Int64($0) * 86_400 } ?? settings.deletionGrace
        let report = try await OpenHouse.withStore(settings) { store, audit in
            try await purge(PurgeReport(latest: SystemClock().now + -age, isDry: dryRun), store, audit)
        }
        try Answer.tell(json ? report.json(withAccounts: verbose) : report.text)
        if report.summary.failed > 0 { throw ExitCode(1) }
    }

    private func purge(_ empty: PurgeReport, _ store: Store, _ audit: any AuditLog) async throws -> PurgeReport {
        let purge = AccountPurge(store: store, audit: audit)
        var report = empty
        report.due = try await purge.due(until: report.latest)
        guard !dryRun, !report.due.isEmpty else {
            if verbose, !json {
                for account in report.due { try Answer.tell(PurgeReport.line(account, "would be removed")) }
            }
            return report
        }
        if !noInput { try confirm(report) }
        var answer = RunningAnswer()
        report.summary = await purge.purge(report.due, deletedUntil: report.latest) { account, step in
            let result = PurgeReport.words(step)
            report.results[account.id] = result
            if verbose, !json { answer.tell(PurgeReport.line(account, result)) }
            if case .failed(let error) = step { Terminal.tell("\(account.id): \(PlainText.escaped("\(error)"))") }
        }
        try answer.finish()
        return report
    }

    private func confirm(_ report: PurgeReport) throws {
        guard Terminal.standardInput.isTerminal else {
            throw CommandRefusal(
                "there is no terminal to ask at; give --no-input to remove \(report.count) for good", exitCode: .usage)
        }
        Terminal.show("Remove \(report.count) for good? [y/N] ")
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        guard answer == "y" || answer == "yes" else { throw CommandRefusal("nothing was changed") }
    }
}
