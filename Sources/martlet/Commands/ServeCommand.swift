import ArgumentParser

/// `martlet serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Open the house and serve people until told to stop.",
        discussion: SettingsCatalogue.help)

    func run() async throws {
        try await House.serve(settings: Settings.ofThisProcess())
    }
}
