import ArgumentParser
import Foundation
import OAuth

/// The command line: `martlet serve`, and what else an operator types.
///
/// Exit codes: 0 done, 1 refused or faulty, 2 asked wrongly.
@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "An OpenID Connect provider: people sign in here, and client apps learn who they are.",
        subcommands: [
            ServeCommand.self, DemoCommand.self, CheckCommand.self, AdminCommand.self, UserCommand.self,
            AccountsCommand.self,
            ClientCommand.self,
            MailCommand.self, KeyCommand.self, ExplainCommand.self, AuditCommand.self, MigrateCommand.self,
            BackupCommand.self,
            RestoreCommand.self,
            VersionCommand.self,
        ])

    static func main() async {
        // A reader of the log, or of a connection, that goes away must not take the house with it (CF5).
        signal(SIGPIPE, SIG_IGN)
        let ending = await run()
        LogOutput.standardError.flush()
        end(code: ending?.tell() ?? 0)
    }

    /// Ends the process under whatever threads are still at work: one that waits for a database that stands still may
    /// have been left behind. `exit` would first take down what such a thread uses, OpenSSL's locks among it, and the
    /// thread would crash there; so only what was printed is put out (exit(3), _exit(2)).
    private static func end(code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }

    private static func run() async -> CommandEnding? {
        do {
            let command = try parseAsRoot()
            let actor = command is ServeCommand ? AuditEvent.Actor.server : .operatorAtCommandLine(user: getuid())
            try await AuditEvent.Actor.$outsideRequests.withValue(actor) {
                var command = command
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            }
            return nil
        } catch {
            return CommandEnding(error)
        }
    }
}
