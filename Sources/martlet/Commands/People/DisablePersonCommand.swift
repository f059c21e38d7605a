import ArgumentParser
import Identity
import OAuth

/// `martlet user disable`.
struct DisablePersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Shut a person out, at once and everywhere.",
        discussion: """
            Sessions, tokens, codes and mailed links of the person end in the same step, and stay ended when the \
            account is enabled again. The person is told by mail. An API that checks access tokens by itself \
            believes them until they expire. Somebody who has deleted their account can no longer come back, and the \
            account is gone when it would have been.
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
            try sure.confirm("\(person.email) will be signed out everywhere and can no longer sign in.")
            let outcome = try await administration.disable(
                person.id, try why.instruction(isQuiet: quiet.quiet), at: SystemClock().now)
            return try PeopleDesk.settled(outcome, of: person)
        }
        if isNew, !quiet.quiet { PeopleDesk.warnOfSilence(settings) }
        try output.tell(
            PersonDocument.account(account),
            isNew ? Self.sentence(account) : "\(account.email) is \(account.state.rawValue) already.")
    }

    private static func sentence(_ account: Account) -> String {
        account.state == .deleted
            ? "\(account.email) was deleted by the person, who can no longer come back."
            : "\(account.email) is disabled."
    }
}

/// `martlet user enable`.
struct EnablePersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a person in again who was disabled or deleted.",
        discussion: """
            No session or token comes back to life: the person signs in anew. A deleted account can be enabled as \
            long as it is there.
            """)

    @OptionGroup var choice: PersonChoice
    @OptionGroup var why: WhyOption
    @OptionGroup var output: PersonOutput

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (account, isNew) = try await PeopleDesk.with(settings) { administration in
            let person = try await choice.find(in: administration)
            let outcome = try await administration.enable(person.id, try why.instruction(), at: SystemClock().now)
            return try PeopleDesk.settled(outcome, of: person)
        }
        try output.tell(
            PersonDocument.account(account),
            isNew ? "\(account.email) can sign in again." : "\(account.email) is active already.")
    }
}
