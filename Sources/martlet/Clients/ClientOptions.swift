import ArgumentParser
import Foundation

/// Where the clients are: the same place the server looks in, unless told otherwise.
struct ClientOptions: ParsableArguments {
    @Option(
        name: .customLong("clients-dir"),
        help: "The folder of clients; without it, folders.clients of the settings.")
    var directory: String?

    func folder(_ settings: Settings) -> ClientFolder {
        ClientFolder(
            directory: directory ?? settings.folders.clients, knownScopes: settings.knownScopes,
            algorithms: settings.signing.algorithms)
    }

    /// What an operator has to do next; to standard error, since it is not what was asked for.
    static func remind() {
        tell("Martlet takes this up when it starts, or on SIGHUP: kill -HUP <its process id>")
    }

    static func tell(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
