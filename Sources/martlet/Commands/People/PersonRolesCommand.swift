import ArgumentParser
import Identity
import OAuth

/// `martlet user roles`.
struct PersonRolesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles", abstract: "Give a person roles, or take them.",
        discussion: """
            A running server knows at once. The role administrator opens the pages under /admin and the \
            administration API; the last administrator keeps it.
            """,
        aliases: ["role"])

    @OptionGroup var choice: PersonChoice

    @Option(name: .long, help: "A role to give; may be repeated.")
    var add: [String] = []

    @Option(name: .long, help: "A role to take; may be repeated.")
    var remove: [String] = []

    @OptionGroup var why: WhyOption
    @OptionGroup var output: PersonOutput

    func validate() throws {
        try RoleName.validate(add + remove)
        guard !(add + remove).isEmpty else { throw ValidationError("give --add or --remove, or both") }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (given, taken) = (add.map { Role($0) }, Set(remove.map { Role($0) }))
        let (account, _) = try await PeopleDesk.with(settings) { administration in
            let person = try await choice.find(in: administration)
            let outcome = try await administration.setRoles(
                of: person.id, try why.instruction(), at: SystemClock().now
            ) { roles in
                let kept = roles.filter { !taken.contains($0) }
                return kept + given.filter { !kept.contains($0) }
            }
            return try PeopleDesk.settled(outcome, of: person)
        }
        let names = account.roles.map(\.name).joined(separator: ", ")
        try output.tell(
            PersonDocument.account(account),
            "\(account.email) has \(names.isEmpty ? "no roles" : "the roles \(names)").")
    }
}
