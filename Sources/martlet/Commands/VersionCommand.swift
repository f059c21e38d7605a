import ArgumentParser

/// `martlet version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Say which version this is.")

    func run() throws {
        try Answer.tell("martlet \(Build.version)")
    }
}
