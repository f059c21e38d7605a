import ArgumentParser
import Identity

/// `martlet admin`: the people who run this server.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Create administrators.", subcommands: [CreateAdminCommand.self])
}

/// `martlet admin create`.
struct CreateAdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create an administrator.",
        discussion: """
            The password is asked for at a terminal, or read from standard input: its first line. It is never an \
            argument, for those can be seen by everybody on the machine.
            """)

    @Option(name: .long, help: "The address to sign in with.")
    var email: String

    @Option(name: .long, help: "The name to show; without it, what stands before the @.")
    var name: String?

    func validate() throws {
        guard EmailAddress(email) != nil else {
            throw ValidationError("\(Seen.quoted(email)) is no e-mail address; give one such as me@example.com")
        }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let account = try await PersonCreation(
            settings: settings, email: email, name: name, roles: [.administrator]
        ).run()
        try Answer.tell("\(account.email) is an administrator now, and can sign in at \(settings.issuer).")
    }
}
