import ArgumentParser

/// `martlet user`: people, as those see them who run the server.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Find people, and do what an operator does with them.",
        discussion: """
            A person is named by address or by id (sub). Whoever is changed can be told why by the record alone: \
            --reason is asked for and kept with the event (martlet audit), together with who runs the command. A \
            running server knows of every change at once. With --json there is one JSON object a line, with the \
            names of the administration API.

            EXAMPLES
              martlet user list --query ann --role staff
              martlet user show ann@example.org --json | jq .sessions
              martlet user invite ann@example.org --role staff --reason "joins on Monday"
              martlet user disable ann@example.org --reason "left the company"
            """,
        subcommands: [
            ListPeopleCommand.self, ShowPersonCommand.self, AddUserCommand.self, InviteCommand.self,
            InvitationsCommand.self,
            RecoverPersonCommand.self, ResetFactorsCommand.self, SignInLinkCommand.self, DisablePersonCommand.self,
            EnablePersonCommand.self,
            PersonRolesCommand.self,
            EndSessionsCommand.self, DeletePersonCommand.self, ImportUsersCommand.self, ExportUsersCommand.self,
        ])
}
