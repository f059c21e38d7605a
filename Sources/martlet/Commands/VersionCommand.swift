import ArgumentParser

/// `martlet version`.
struct VersionCommand: ParsableCommand {
    static let number = "0.1.0"

    static let configuration = CommandConfiguration(commandName: "version", abstract: "Say which version this is.")

    func run() {
        print("martlet \(Self.number)")
    }
}
