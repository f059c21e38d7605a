import ArgumentParser
import OAuth

/// `martlet client remove`.
struct RemoveClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a client: it can no longer ask anybody to sign in.",
        discussion: """
            It goes with everything it was given: no token of it is good any more, from the database within a second, \
            from the folder once the server has read it again (SIGHUP). An API that checks access tokens by itself \
            believes them until they expire.
            """)

    @Argument(help: "The client_id. One that begins with - goes after --.")
    var id: String
    @OptionGroup var options: ClientOptions

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (gone, place) = try await options.withPlaces(settings, endingGrants: true) { places in
            let found = try await places.existing(id)
            return (try await places.remove(found), found.place)
        }
        await settings.witness(
            AuditEvent(.clientRemoved, clientID: id, details: ["method": "command", "in": place.rawValue]))
        Terminal.tell("\(gone) is removed.")
        Terminal.tell(place.reminder)
    }
}
