import Foundation
import Identity
import Synchronization

/// Hands mail to an SMTP server through libcurl.
package struct SMTPMailer: Mailer {
    private let server: SMTPServer

    package init(_ server: SMTPServer) {
        self.server = server
    }

    package func send(_ mail: OutgoingMail) async throws(MailFault) {
        if let fault = await attempt(mail).fault { throw fault }
    }

    /// One attempt, and how far it came. A task that is cancelled calls it off.
    package func attempt(_ mail: OutgoingMail) async -> (dialogue: SMTPDialogue, fault: MailFault?) {
        let flag = Flag()
        let server = server
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread {
                    do throws(MailFault) {
                        let transfer = try SMTPTransfer(mail, to: server) { flag.isUp }
                        continuation.resume(returning: transfer.run())
                    } catch {
                        continuation.resume(returning: (SMTPDialogue(), error))
                    }
                }
                thread.name = "mail"
                thread.start()
            }
        } onCancel: {
            flag.raise()
        }
    }

    private final class Flag: Sendable {
        private let state = Atomic<Bool>(false)
        var isUp: Bool { state.load(ordering: .relaxed) }
        func raise() { state.store(true, ordering: .relaxed) }
    }
}
