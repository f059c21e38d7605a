import ArgumentParser
import Identity
import JSON
import OAuth

/// `martlet user invite`.
struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Invite somebody by mail; they choose a password of their own.",
        discussion: """
            The link in the mail is good once, for 7 days, and for this address alone, which it proves. A newer \
            invitation ends an earlier one. The mail goes out as soon as a server runs; where \
            none can be sent, nobody is invited.
            """)

    @Argument(help: "The address.")
    var address: String

    @Option(name: .long, help: "The name to greet them by; they can write it otherwise.")
    var name: String?

    @Option(name: .long, help: "A role they will have; may be repeated.")
    var role: [String] = []

    @OptionGroup var why: WhyOption
    @OptionGroup var output: PersonOutput

    func validate() throws {
        guard EmailAddress(address) != nil else {
            throw ValidationError("\(Seen.quoted(address)) is no e-mail address; give one such as me@example.com")
        }
        if let name, (try? PersonName(name)) == nil {
            throw ValidationError(
                "\(Seen.quoted(name)) is no name; give one line of at most \(PersonName.longest) characters")
        }
        try RoleName.validate(role)
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        guard let email = EmailAddress(address) else { return }
        try PeopleDesk.demandMail(settings, to: "be invited")
        let instruction = try why.instruction()
        let house = try await OpenHouse.open(settings, logger: settings.commandLogger)
        let making: Invitations.Making
        do {
            let postbox = try Postbox(masterKey: house.masterKey, random: house.random)
            let invitations = Invitations(
                store: house.store, postbox: postbox, random: house.random, audit: house.audit)
            making = try await invitations.invite(
                email, name: try name.map(PersonName.init), roles: role.map { Role($0) }, instruction,
                at: SystemClock().now)
            await house.close()
        } catch {
            await house.close()
            throw error
        }
        switch making {
        case .addressTaken: throw CommandRefusal("\(email) has an account already; see martlet user show \(email)")
        case .mayNotAppoint: throw CommandRefusal("who is administrator is not yours to say; nobody was invited")
        case .throttled(let seconds):
            throw CommandRefusal("too many invitations were sent; try again in \(seconds) seconds")
        case .made(let invitation):
            try output.tell(
                PersonDocument.invitation(invitation), "\(email) is invited until \(invitation.expiresAt).")
        }
    }
}
