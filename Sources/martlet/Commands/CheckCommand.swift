import ArgumentParser
import Foundation

/// `martlet check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at settings, keys, clients, providers, pages and database, and say all that is wrong.",
        discussion: """
            Changes nothing and serves nobody. Asks the providers that people may sign in by, unless told not to. Ends with 1 \
            when there is a fault.
            """)

    @Flag(name: .long, help: "Ask nobody on the network.")
    var offline = false

    @Flag(name: .customLong("settings-table"), help: .hidden)
    var showsTable = false

    func run() async throws {
        guard !showsTable else { return try Answer.tell(SettingsCatalogue.markdown) }
        let read = try Settings.readWithOrigins(environment: ProcessInfo.processInfo.environment)
        var house = HouseCheck(settings: read.settings, given: read.origins)
        if !offline { house.conversations = try UpstreamRoom.conversations(with: read.settings.providers) }
        let findings = await house.findings()
        let faults = findings.flatMap(\.faults)
        let terminal = Terminal.standardOutput
        var answer = RunningAnswer()
        for finding in findings where finding.faults.isEmpty {
            answer.tell(terminal.green("ok") + "  \(finding.room.padding(to: 10)) \(finding.summary)")
        }
        guard faults.isEmpty else { throw CommandRefusal(faults) }
        answer.tell("Everything is in order.")
        try answer.finish()
    }
}
