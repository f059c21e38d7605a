import ArgumentParser

/// `martlet client remove`.
struct RemoveClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a client: it can no longer ask anybody to sign in.",
        discussion: "Access tokens it holds end by themselves, after 15 minutes at most.")

    @Argument(help: "The client_id.")
    var id: String
    @OptionGroup var options: ClientOptions

    func run() throws {
        let path = try options.folder(try Settings.ofThisProcess()).remove(id)
        ClientOptions.tell("\(path) is removed.")
        ClientOptions.remind()
    }
}
