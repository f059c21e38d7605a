import Foundation
import Identity
import OAuth

/// A mail as it travels: RFC 5322, the same words as text and as HTML (RFC 2046 §5.1.4).
///
/// Nothing here comes from a request. What stands in a header is still freed of line ends and control characters, so that
/// no value can begin another header (IN12).
package struct MailMessage: Sendable {
    /// Of the letter, and so the same at every attempt: a mail that was sent twice can be recognised.
    package let id: String
    package let from: Mailbox
    package let to: EmailAddress
    package let createdAt: Instant
    package let subject: String
    package let text: String
    package let html: String

    package init(
        id: String, from: Mailbox, to: EmailAddress, createdAt: Instant, subject: String, text: String, html: String
    ) {
        self.id = id
        self.from = from
        self.to = to
        self.createdAt = createdAt
        self.subject = subject
        self.text = text
        self.html = html
    }

    package var outgoing: OutgoingMail {
        OutgoingMail(id: id, from: from.address, to: to, createdAt: createdAt, message: bytes)
    }

    package var bytes: [UInt8] {
        let headers = [
            "From: \(from.headerText)",
            "To: \(to)",
            "Subject: \(Self.subject(subject))",
            "Date: \(Self.date(createdAt))",
            "Message-ID: <\(id)@\(from.address.domain)>",
            // Nobody answers it by machine: RFC 3834 §5, and what Exchange understands.
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "MIME-Version: 1.0",
            "Content-Language: en",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
        ]
        let head = headers.joined(separator: "\r\n") + "\r\n\r\n"
        return Array(head.utf8) + part("text/plain", text) + part("text/html", html)
            + Array("--\(boundary)--\r\n".utf8)
    }

    /// `=_` never stands in quoted-printable text.
    private var boundary: String { "=_\(id)" }

    private func part(_ type: String, _ content: String) -> [UInt8] {
        let head = """
            --\(boundary)\r
            Content-Type: \(type); charset=utf-8\r
            Content-Transfer-Encoding: quoted-printable\r
            \r

            """
        return Array(head.utf8) + QuotedPrintable.encode(content)
    }

    /// One line, without control characters, of a length that a list of mails can show.
    private static func subject(_ text: String) -> String {
        let line = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || $0.properties.generalCategory == .control ? " " : $0 }
            ).prefix(200))
        guard EncodedWords.isPlain(line) else { return EncodedWords.encode(line) }
        return folded(line)
    }

    /// Lines of at most 78 characters where there are spaces to break at (RFC 5322 §2.1.1); 998 is never reached.
    private static func folded(_ line: String) -> String {
        var width = "Subject: ".count
        var output = ""
        for word in line.split(separator: " ", omittingEmptySubsequences: true) {
            if !output.isEmpty {
                let breaks = width + 1 + word.count > 78
                output += breaks ? "\r\n " : " "
                width = breaks ? 1 : width + 1
            }
            output += word
            width += word.count
        }
        return output
    }

    /// `Sat, 21 Nov 2026 19:34:50 +0000`, RFC 5322 §3.3.
    private static func date(_ instant: Instant) -> String {
        var seconds = time_t(clamping: instant.seconds)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "Thu, 01 Jan 1970 00:00:00 +0000" }
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: ":")
        let day = days[Int(parts.tm_wday) % 7]
        let month = months[Int(parts.tm_mon) % 12]
        return "\(day), \(two(parts.tm_mday)) \(month) \(Int(parts.tm_year) + 1900) \(clock) +0000"
    }
}

extension EmailAddress {
    /// What stands behind the `@`.
    package var domain: Substring { canonical.split(separator: "@").last ?? "" }
}
