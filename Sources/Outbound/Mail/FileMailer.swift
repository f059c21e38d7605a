import Foundation
import Identity

/// Puts each mail into a folder as a file of its own, for trying things out and for tests (B038).
///
/// Named by time and letter: a mail that is sent a second time takes the place of the first.
package struct FileMailer: Mailer {
    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    package func send(_ mail: OutgoingMail) async throws(MailFault) {
        do {
            // Links in these mails open accounts: nobody else may read them.
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw fault
        }
        let path = "\(folder)/\(Self.name(of: mail))"
        let draft = "\(folder)/.\(mail.id).\(getpid()).new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw fault }
        defer { unlink(draft) }
        let isWritten = Self.put(mail.message, file) && fsync(file) == 0
        guard close(file) == 0, isWritten, rename(draft, path) == 0 else { throw fault }
    }

    /// In a list sorted by name the oldest comes first.
    package static func name(of mail: OutgoingMail) -> String {
        "\(mail.createdAt.description.filter { $0 != "-" && $0 != ":" })-\(mail.id).eml"
    }

    private static func put(_ bytes: [UInt8], _ file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private var fault: MailFault {
        MailFault(.unwritable, detail: "mail cannot be written into \(folder): \(String(cString: strerror(errno)))")
    }
}
