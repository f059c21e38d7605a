import ArgumentParser
import Identity
import OAuth

/// `martlet user reset-factors`.
struct ResetFactorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-factors", abstract: "Remove all second factors of a person who lost them.",
        discussion: """
            For somebody who has neither a second factor nor a backup code left, and cannot wait until they get back in \
            by themselves (second_factor.recovery_wait). Make sure who asks: afterwards the password, or whatever else \
            the person signs in by, is enough. Second factors, backup codes and remembered browsers go, and the person \
            is signed out everywhere and hears of it by mail. Apps that ask for a second factor do not let them in \
            before they have set up another.
            """)

    @OptionGroup var choice: PersonChoice
    @OptionGroup var why: WhyOption
    @OptionGroup var sure: YesFlag
    @OptionGroup var output: PersonOutput

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (account, isNew) = try await PeopleDesk.with(settings, mailing: true) { administration in
            let person = try await choice.find(in: administration)
            try sure.confirm("\(person.email) will be signed out everywhere and has no second factor any more.")
            let outcome = try await administration.resetFactors(
                of: person.id, try why.instruction(), at: SystemClock().now)
            return try PeopleDesk.settled(outcome, of: person)
        }
        if isNew { PeopleDesk.warnOfSilence(settings) }
        try output.tell(
            PersonDocument.account(account),
            isNew
                ? "\(account.email) has no second factor any more and is signed out everywhere."
                : "\(account.email) has no second factor.")
    }
}
