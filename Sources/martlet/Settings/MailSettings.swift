import Foundation
import Identity
import Outbound

/// Mail, as far as it was given.
struct MailSettings: Sendable, Equatable {
    var driver: MailDriver?
    var from: Mailbox?
    var server = MailServer()
    var folder = "data/mail"
    /// Seconds for one mail.
    var timeout: Int64 = 30
}

struct MailServer: Sendable, Equatable {
    var host: String?
    var port: Int?
    var encryption = SMTPServer.Encryption.startTLS
    var user: String?
    var password: SMTPServer.Password?
    var authorities: String?
}

/// What happens to mail.
enum MailDriver: String, Sendable, CaseIterable {
    case smtp
    case file
    case console
}

extension SettingFormat where Value == Mailbox {
    static let mailbox = Self.single(
        "one address, such as noreply@example.com or \"Example, Inc.\" <noreply@example.com>", text: \.description
    ) { raw throws(SettingRefusals) in
        guard let mailbox = Mailbox(raw.text) else { throw SettingRefusals(raw) }
        return mailbox
    }
}

extension SettingFormat where Value == String {
    /// A machine to talk to: a name or a numeric address.
    static let server = Self.single("the name or the address of a machine, such as smtp.example.com", text: { $0 }) {
        raw throws(SettingRefusals) in
        guard isServer(raw.text) else { throw SettingRefusals(raw) }
        return raw.text
    }

    /// Given to a server within its own protocol.
    static let credential = Self.single("one line of text", text: { $0 }) { raw throws(SettingRefusals) in
        guard (1...1024).contains(raw.text.utf8.count), raw.text.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
            throw SettingRefusals(raw)
        }
        return raw.text
    }

    private static func isServer(_ text: String) -> Bool {
        guard NetworkRange.bytes(of: text) == nil else { return true }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-")
                    && label.utf8.allSatisfy {
                        (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                    }
            }
    }
}

extension SettingFormat where Value == SMTPServer.Password {
    static let serverPassword = Self(expected: SettingFormat<String>.credential.expected, text: { _ in "given" }) {
        raw throws(SettingRefusals) in
        SMTPServer.Password(try SettingFormat<String>.credential.parse(raw))
    }
}
