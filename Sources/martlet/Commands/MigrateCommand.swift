import ArgumentParser
import Foundation
import JSON
import Storage

/// `martlet migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database to this version's schema, or say whether it has it.",
        discussion: """
            martlet serve does the same when it starts. A step is done whole or not at all, and one that is done is \
            not done again. With --status nothing is changed; the command ends with 0 when nothing is to be done, \
            and with 1 when steps are pending or a newer version has been here beside which this one cannot go on.
            """)

    @Flag(name: .long, help: "Change nothing; show every step, and whether it is applied.")
    var status = false

    @Flag(name: .long, help: "With --status: as JSON.")
    var json = false

    func validate() throws {
        guard status || !json else { throw ValidationError("--json goes with --status") }
    }

    func run() async throws {
        let cellar = try Cellar(Settings.ofThisProcess())
        let before = try await cellar.steps()
        guard !status else { return try tell(before, at: cellar.place) }
        guard before.contains(where: { $0.state == .pending || $0.state == .unknown }) else {
            return try Answer.tell("\(cellar.place) has this version's schema; there was nothing to do.")
        }
        let store = try await OpenHouse.openStore(cellar.settings)
        await store.close()
        for step in before where step.state == .pending { try Answer.tell("applied \(step.version) \(step.name)") }
        try Answer.tell("\(cellar.place) has this version's schema now.")
    }

    private func tell(_ steps: [MigrationStep], at place: String) throws {
        try Answer.tell(json ? Self.json(steps) : Self.table(steps))
        guard !steps.contains(where: { $0.state == .unknown }) else {
            throw CommandRefusal("\(place) was changed by a newer version of martlet; run that version")
        }
        guard Self.isCurrent(steps) else { throw ExitCode(1) }
    }

    static func table(_ steps: [MigrationStep]) -> String {
        let width = steps.map(\.name.count).max() ?? 0
        return steps.map { step in
            let state =
                switch step.state {
                case .pending where step.isAdditive: "pending; the program before goes on beside it"
                case .applied, .pending: step.state.rawValue
                case .additive: "of a newer version, beside which this one goes on"
                case .unknown: "of a newer version"
                }
            return "\("\(step.version)".padding(to: 3)) \(step.name.padding(to: width))  \(state)"
        }.joined(separator: "\n")
    }

    static func json(_ steps: [MigrationStep]) -> String {
        let list = steps.map { step in
            JSONValue.object([
                "version": .integer(step.version), "name": .string(step.name), "state": .string(step.state.rawValue),
                "additive": .bool(step.isAdditive || step.state == .additive),
            ])
        }
        return JSONValue.object(["current": .bool(isCurrent(steps)), "steps": .array(list)]).text
    }

    private static func isCurrent(_ steps: [MigrationStep]) -> Bool {
        steps.allSatisfy { $0.state == .applied || $0.state == .additive }
    }
}
