import ArgumentParser
import OAuth

/// `martlet client remove`.
struct RemoveClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a client: it can no longer ask anybody to sign in.",
        discussion: """
            From the database it goes with everything it was given: its tokens end within a second. Of a client in \
            the folder, access tokens end by themselves, after 15 minutes at most.
            """)

    @Argument(help: "The client_id.")
    var id: String
    @OptionGroup var options: ClientOptions

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (gone, place) = try await options.withPlaces(settings) { places in
            let found = try await places.existing(id)
            return (try await places.remove(found), found.place)
        }
        await settings.witness(
            AuditEvent(.clientRemoved, clientID: id, details: ["method": "command", "in": place.rawValue]))
        ClientOptions.tell("\(gone) is removed.")
        ClientOptions.tell(place.reminder)
    }
}
