import ArgumentParser
import Identity
import OAuth

/// `martlet user recover`.
struct RecoverPersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Send a person the mail by which they choose another password.",
        discussion: """
            For somebody who cannot ask for it on the sign-in page, or should not keep the password they have. The \
            link goes to the person's address alone and is good for a day, in any browser; it is shown nowhere else. \
            The password they have works until they have chosen another; martlet user end-sessions ends what is open.
            """)

    @OptionGroup var choice: PersonChoice
    @OptionGroup var why: WhyOption
    @OptionGroup var output: PersonOutput

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        try PeopleDesk.demandPasswords(settings)
        try PeopleDesk.demandMail(settings, to: "recover")
        let (account, _) = try await PeopleDesk.with(settings, mailing: true) { administration in
            let person = try await choice.find(in: administration)
            let outcome = try await administration.startRecovery(
                of: person.id, try why.instruction(), at: SystemClock().now)
            return try PeopleDesk.settled(outcome, of: person)
        }
        try output.tell(
            PersonDocument.account(account),
            "A mail goes to \(account.email); the link in it is good for a day.")
    }
}
