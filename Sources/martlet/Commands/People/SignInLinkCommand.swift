import ArgumentParser
import Identity
import OAuth

/// `martlet user link`.
struct SignInLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Make a link that signs a person in once.",
        discussion: """
            For somebody who is locked out and cannot read their mail for now. The link is shown here and nowhere else; \
            it is good once, for \(StaffLinks.lifetime / 60) minutes, in any browser, and a newer one ends it. Hand it to \
            nobody but the person, by a way that others do not read: whoever opens it is signed in. The person hears \
            of it by mail. There is none for an administrator, for somebody who is disabled or deleted, or for an \
            address that was never proven: there martlet user recover sends a mail instead.
            """)

    @OptionGroup var choice: PersonChoice
    @OptionGroup var why: WhyOption
    @OptionGroup var output: PersonOutput

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        try PeopleDesk.demandMail(settings, to: "be told of a link")
        let (person, made) = try await PeopleDesk.withStaffLinks(settings) { administration, links in
            let person = try await choice.find(in: administration)
            let answer = try await links.make(
                for: person.id, try why.instruction(), from: nil, at: SystemClock().now)
            return (person, try Self.settled(answer, of: person, takesPasswords: settings.takesPasswords))
        }
        let issuer = settings.issuer.text
        try output.tell(
            made.document(issuer: issuer),
            """
            \(issuer)\(made.path)
            It signs \(person.email) in once, in any browser, until \(made.expiresAt). They hear of it by mail.
            """)
    }

    /// The words for a link that was not made, and what to do instead.
    static func settled(
        _ answer: StaffLinks.Answer, of person: Account, takesPasswords: Bool
    ) throws(CommandRefusal) -> StaffLinks.Made {
        switch answer {
        case .made(let made): return made
        case .nobody: throw CommandRefusal("\(person.email) is gone; no link was made")
        case .changedMeanwhile:
            throw CommandRefusal("\(person.email) is being changed by somebody else; look again and repeat it")
        case .administrator:
            let way = takesPasswords ? "martlet user recover sends them a mail" : "they ask for a link by mail"
            throw CommandRefusal("\(person.email) is an administrator, for whom nobody makes a link; \(way)")
        case .untold: throw CommandRefusal("no mail is sent here, so that \(person.email) would not hear of a link")
        case .notActive:
            throw CommandRefusal("\(person.email) is \(person.state.rawValue); martlet user enable comes first")
        case .unproven:
            let way = takesPasswords ? "martlet user recover sends a mail" : "a link that they ask for by mail is one"
            throw CommandRefusal("\(person.email) was never proven to be theirs, which takes a mail; \(way)")
        }
    }
}
