import ArgumentParser
import JSON

/// `martlet client show`.
struct ShowClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the registration of a client, as a file would hold it.",
        discussion: "It holds hashes of secrets, never a secret.")

    @Argument(help: "The client_id. One that begins with - goes after --.")
    var id: String
    @OptionGroup var options: ClientOptions

    func run() async throws {
        let found = try await options.withPlaces(try Settings.ofThisProcess()) { try await $0.existing(id) }
        try Answer.write(Array(JSONValue.object(found.object).prettyText().utf8))
        Terminal.tell("This is registered in the \(found.place.rawValue).")
    }
}
