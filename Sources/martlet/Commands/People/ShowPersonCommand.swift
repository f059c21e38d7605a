import ArgumentParser
import Identity
import JSON
import OAuth

/// `martlet user show`.
struct ShowPersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a person: state, roles, ways to sign in, sessions, apps, and what happened last.",
        discussion: "Changes nothing. Passwords are kept as hashes alone, and not even those are shown.")

    @OptionGroup var choice: PersonChoice

    @Option(name: .long, help: "The latest so many events, 0 to 1000; martlet audit --subject ID has all of them.")
    var events = 10

    @Flag(name: .long, help: "One JSON object, with the names of the administration API.")
    var json = false

    func validate() throws {
        guard (0...1000).contains(events) else { throw ValidationError("--events is a number from 0 to 1000") }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (record, happened) = try await PeopleDesk.with(settings) { administration in
            let id = try await choice.find(in: administration).id
            guard let record = try await administration.record(id, at: SystemClock().now) else {
                throw CommandRefusal("\(choice.person) is gone")
            }
            return (record, try await administration.events(of: id, before: nil, limit: events))
        }
        guard json else {
            return try Answer.tell(PersonSheet(record: record, events: happened).text(Terminal.standardOutput))
        }
        var object = PersonDocument.record(record)
        object["events"] = .array(happened.map(PersonDocument.event))
        try Answer.tell(PersonOutput.line(object))
    }
}
