import ArgumentParser
import Cryptography
import Foundation
import Identity
import OAuth
import Outbound
import Web

/// `martlet mail`.
struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Try out how mail is sent.", subcommands: [TestMailCommand.self])
}

/// `martlet mail test`.
struct TestMailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a mail now, and say how far it came.",
        discussion: """
            It goes the way that the settings mail.… name, without the outbox and without another try. Ends with 0 when \
            the mail was taken, 1 when it was not, 2 when asked wrongly.

            Example: martlet mail test --to you@example.com
            """)

    @Option(name: .long, help: "Who to send it to.")
    var to: String

    func validate() throws {
        guard EmailAddress(to) != nil else {
            throw ValidationError("--to is no email address, such as you@example.com")
        }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        guard settings.mailDriver != nil, let from = settings.mailSender, let address = EmailAddress(to) else {
            throw CommandRefusal("there is no way to send mail: set mail.smtp.host, or mail.driver")
        }
        let pages = try Pages.load(directory: settings.folders.templates, theme: settings.folders.theme)
        let now = SystemClock().now
        let letter = Letter(.test, to: address, facts: [(.time, String(now.seconds))], expiresAt: now + 3600)
        let mail = try Correspondence(
            writer: MailWriter(pages: pages, settings: House.webSettings(settings)), from: from
        ).mail(letter, id: Identifier.make(from: SystemRandom()), createdAt: now)
        try Answer.tell("sending   \(settings.mailSummary)")
        try await send(mail, settings)
    }

    private func send(_ mail: OutgoingMail, _ settings: Settings) async throws {
        guard settings.mailDriver == .smtp, var server = settings.smtpServer else {
            do {
                try await settings.mailer()?.send(mail)
            } catch {
                throw CommandRefusal("\(error)")
            }
            return try Answer.tell(
                settings.mailDriver == .file ? "written   \(settings.mail.folder)/\(FileMailer.name(of: mail))" : "done"
            )
        }
        // Somebody waits for the word, and there is no second try that a copy could come of.
        server.patience = server.timeout
        let (dialogue, fault) = await SMTPMailer(server).attempt(mail)
        let report = SMTPReport(server: server, dialogue: dialogue, fault: fault)
        for line in report.lines { try Answer.tell(line) }
        if let advice = report.advice { throw CommandRefusal(advice) }
    }
}
