import Foundation
import Identity

/// Writes each mail to standard output, for trying things out (B038).
package struct ConsoleMailer: Mailer {
    package init() {}

    package func send(_ mail: OutgoingMail) async throws(MailFault) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(mail.message + Array("\r\n".utf8)))
        } catch {
            throw MailFault(.unwritable, detail: "mail cannot be written to standard output")
        }
    }
}
