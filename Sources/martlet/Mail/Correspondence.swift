import Identity
import OAuth
import Outbound
import Web

/// Makes of a letter the mail that travels: words from the templates, a form from the standards of mail.
struct Correspondence: Sendable {
    let writer: MailWriter
    let from: Mailbox

    func mail(_ letter: Letter, id: String, createdAt: Instant) throws -> OutgoingMail {
        let written = try writer.write(letter)
        return MailMessage(
            id: id, from: from, to: letter.to, createdAt: createdAt, subject: written.subject, text: written.text,
            html: written.html
        ).outgoing
    }
}
