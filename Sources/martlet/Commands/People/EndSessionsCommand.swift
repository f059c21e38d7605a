import ArgumentParser
import Identity
import JSON
import OAuth

/// `martlet user end-sessions`.
struct EndSessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end-sessions", abstract: "Sign a person out everywhere.",
        discussion: "The account stays as it is: whoever knows the password can sign in again.")

    @OptionGroup var choice: PersonChoice

    @Flag(name: .long, help: "End what apps hold while the person is away, too.")
    var apps = false

    @OptionGroup var why: WhyOption
    @OptionGroup var sure: YesFlag
    @OptionGroup var output: PersonOutput

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (person, ended) = try await PeopleDesk.with(settings) { administration in
            let person = try await choice.find(in: administration)
            try sure.confirm("\(person.email) will be signed out everywhere.")
            let ending = try await administration.endAccess(
                of: person.id, applications: apps, try why.instruction(), at: SystemClock().now)
            return (person, try PeopleDesk.settled(ending, of: person))
        }
        try output.tell(
            ["sessions": .integer(Int64(ended.sessions)), "applications": .integer(Int64(ended.applications))],
            "\(person.email) is signed out of \(ended.sessions) \(ended.sessions == 1 ? "session" : "sessions").")
    }
}
