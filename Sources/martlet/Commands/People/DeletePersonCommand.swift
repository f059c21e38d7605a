import ArgumentParser
import Identity
import OAuth

/// `martlet user delete`.
struct DeletePersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a person's account.",
        discussion: """
            The account is disabled at once, with everything that hangs from it, and gone for good when the time of \
            grace is over. Until then martlet user enable takes it back; the person alone cannot. The person is told \
            by mail.
            """)

    @OptionGroup var choice: PersonChoice
    @OptionGroup var why: WhyOption
    @OptionGroup var quiet: QuietFlag
    @OptionGroup var sure: YesFlag
    @OptionGroup var output: PersonOutput

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (account, isNew) = try await PeopleDesk.with(settings, mailing: !quiet.quiet) { administration in
            let person = try await choice.find(in: administration)
            try sure.confirm("The account of \(person.email) will be deleted.")
            let outcome = try await administration.delete(
                person.id, try why.instruction(isQuiet: quiet.quiet), at: SystemClock().now)
            return try PeopleDesk.settled(outcome, of: person)
        }
        output.tell(
            PersonDocument.account(account),
            isNew
                ? "\(account.email) is deleted; martlet user enable takes it back."
                : "\(account.email) is deleted already.")
    }
}
