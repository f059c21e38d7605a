import ArgumentParser
import Identity
import JSON

/// `martlet user add`.
struct AddUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a person who signs in with a password.",
        discussion: """
            The password is asked for at a terminal, or read from standard input: its first line. To let people \
            choose their own, invite them: martlet user invite. Roles are names of your own; an app that is \
            registered with --role lets in only those who have it.
            """)

    @Option(name: .long, help: "The address to sign in with.")
    var email: String

    @Option(name: .long, help: "The name to show; without it, what stands before the @.")
    var name: String?

    @Option(name: .long, help: "A role the person has; may be repeated.")
    var role: [String] = []

    @OptionGroup var output: PersonOutput

    func validate() throws {
        guard EmailAddress(email) != nil else {
            throw ValidationError("\(Seen.quoted(email)) is no e-mail address; give one such as me@example.com")
        }
        try RoleName.validate(role)
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let account = try await PersonCreation(
            settings: settings, email: email, name: name, roles: role.map { Role($0) }
        ).run()
        try output.tell(PersonDocument.account(account), "\(account.email) can sign in at \(settings.issuer).")
    }
}
