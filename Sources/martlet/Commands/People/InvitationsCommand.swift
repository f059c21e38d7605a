import ArgumentParser
import Identity
import OAuth

/// `martlet user invitations`.
struct InvitationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invitations", abstract: "List invitations that can still be accepted, or take one back.",
        discussion: """
            An invitation that an administrator sent from a browser or by a token of theirs dies with their right to \
            administer; one from the command line does not.
            """,
        subcommands: [ListInvitationsCommand.self, WithdrawInvitationCommand.self],
        defaultSubcommand: ListInvitationsCommand.self)
}

/// `martlet user invitations list`.
struct ListInvitationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List invitations in the order of their addresses.")

    @Flag(name: .long, help: "One JSON object a line, with the names of the administration API.")
    var json = false

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let now = SystemClock().now
        let waiting = try await OpenHouse.withStore(settings) { store, _ in
            var all: [Invitation] = []
            while true {
                let page = try await store.invitations(
                    after: all.last?.address.canonical, limit: PersonQuery.most, at: now)
                all += page
                guard page.count == PersonQuery.most else { return all }
            }
        }
        if json {
            for one in waiting { try Answer.tell(PersonOutput.line(PersonDocument.invitation(one))) }
        } else if waiting.isEmpty {
            Terminal.tell("Nobody is invited.")
        } else {
            for one in waiting { try Answer.tell(Self.line(one)) }
        }
    }

    private static func line(_ invitation: Invitation) -> String {
        let by = invitation.inviter.map { ", by \($0)" } ?? ""
        let roles = PersonTable.roles(invitation.roles, else: "no roles")
        return PlainText.escaped("\(invitation.address), until \(invitation.expiresAt), \(roles)\(by)")
    }
}

/// `martlet user invitations withdraw`.
struct WithdrawInvitationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Take an invitation back; the link in its mail is dead at once.")

    @Argument(help: "The address it was sent to.")
    var address: String

    @OptionGroup var why: WhyOption
    @OptionGroup var output: PersonOutput

    func validate() throws {
        guard EmailAddress(address) != nil else {
            throw ValidationError("\(Seen.quoted(address)) is no e-mail address; give one such as me@example.com")
        }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        guard let email = EmailAddress(address) else { return }
        let instruction = try why.instruction()
        let house = try await OpenHouse.open(settings, logger: settings.commandLogger)
        let withdrawn: Invitation?
        do {
            let postbox = try Postbox(masterKey: house.masterKey, random: house.random)
            let invitations = Invitations(
                store: house.store, postbox: postbox, random: house.random, audit: house.audit)
            withdrawn = try await invitations.withdraw(email, instruction, at: SystemClock().now)
            await house.close()
        } catch {
            await house.close()
            throw error
        }
        guard let withdrawn else {
            throw CommandRefusal("no invitation to \(email) waits; see martlet user invitations")
        }
        try output.tell(PersonDocument.invitation(withdrawn), "The invitation to \(email) is withdrawn.")
    }
}
