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

            With --now it is gone for good in this step, whether it was deleted before or not, and nothing takes it \
            back but a backup. What stays is its security events, with an id that leads nowhere, and the mail about \
            it until that is sent.
            """)

    @OptionGroup var choice: PersonChoice
    @Flag(name: .long, help: "Remove it for good, at once.")
    var now = false

    @OptionGroup var why: WhyOption
    @OptionGroup var quiet: QuietFlag
    @OptionGroup var sure: YesFlag
    @OptionGroup var output: PersonOutput

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (account, isNew) = try await PeopleDesk.with(settings, mailing: !quiet.quiet) { administration in
            let person = try await choice.find(in: administration)
            try sure.confirm(
                now
                    ? "The account of \(person.email) and all that is kept of it will be gone for good."
                    : "The account of \(person.email) will be deleted.")
            let (instruction, time) = (try why.instruction(isQuiet: quiet.quiet), SystemClock().now)
            let outcome =
                now
                ? try await administration.purge(person.id, instruction, at: time)
                : try await administration.delete(person.id, instruction, at: time)
            return try PeopleDesk.settled(outcome, of: person)
        }
        if isNew, !quiet.quiet { PeopleDesk.warnOfSilence(settings) }
        guard !now else {
            return try output.tell(["id": .string(account.id), "purged": true], "\(account.email) is gone for good.")
        }
        try output.tell(
            PersonDocument.account(account),
            isNew
                ? "\(account.email) is deleted; martlet user enable takes it back."
                : "\(account.email) is deleted already.")
    }
}
