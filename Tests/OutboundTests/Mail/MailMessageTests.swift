import Foundation
import Identity
import OAuth
import Outbound
import Testing

@Suite("A mail as it travels: RFC 5322, 2045, 2046, 2047")
struct MailMessageTests {
    private func message(
        from: String = "Example <noreply@Example.org>", subject: String = "Hello", text: String = "Hello\n",
        html: String = "<p>Hello</p>\n"
    ) throws -> MailMessage {
        MailMessage(
            id: "id-1", from: try #require(Mailbox(from)), to: try #require(EmailAddress("ada@example.com")),
            createdAt: Instant(seconds: 1_800_000_000), subject: subject, text: text, html: html)
    }

    private func lines(_ message: MailMessage) -> [String] {
        String(decoding: message.bytes, as: UTF8.self).components(separatedBy: "\r\n")
    }

    @Test("Every header that belongs there, and the two parts: text first, HTML second")
    func whole() throws {
        let expected = """
            From: "Example" <noreply@Example.org>
            To: ada@example.com
            Subject: Hello
            Date: Fri, 15 Jan 2027 08:00:00 +0000
            Message-ID: <id-1@example.org>
            Auto-Submitted: auto-generated
            X-Auto-Response-Suppress: All
            MIME-Version: 1.0
            Content-Language: en
            Content-Type: multipart/alternative; boundary="=_id-1"

            --=_id-1
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Hello

            --=_id-1
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <p>Hello</p>

            --=_id-1--

            """
        #expect(try lines(message()) == expected.components(separatedBy: "\n"))
    }

    @Test("The same letter is the same mail, whenever it is sent: a second copy can be recognised")
    func stable() throws {
        #expect(try message().bytes == message().bytes)
    }

    private static let evil = [
        "x\r\nBcc: eve@example.org", "x\nBcc: eve@example.org", "x\rBcc: eve@example.org", "x\r\n\r\n<p>body</p>",
        "x\u{85}Bcc: e@e.e", "x\u{2028}Bcc: e@e.e", "x\u{0}y", "x\u{1B}[2J", "=?UTF-8?B?DQpCY2M6IGVAZS5l?=",
        "ü\r\nBcc: eve@example.org", String(repeating: "x", count: 5000), String(repeating: "ü", count: 5000),
        String(repeating: "wort ", count: 1000), "",
    ]

    @Test("IN12: no subject begins another header, nor a body", arguments: evil)
    func subjects(subject: String) throws {
        let message = try message(subject: subject)
        let all = lines(message)
        let head = all.prefix { !$0.isEmpty }
        #expect(head.count { !$0.hasPrefix(" ") } == 10, "each header once")
        #expect(!head.contains { $0.lowercased().hasPrefix("bcc") })
        #expect(head.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
        #expect(all.allSatisfy { $0.utf8.count <= 998 })
        let kept = try #require(KeptMail(message.bytes))
        #expect(kept.to == "ada@example.com" && kept.text == "Hello\n")
    }

    @Test(
        "A subject beyond ASCII arrives as it was written, in words of 75 characters and lines of 76",
        arguments: [
            "Grüße", "Bestätige deine Adresse für Zürich & Söhne, und noch viel mehr davon 🦆🦆🦆", "確認してください", "=?x?=",
        ])
    func encodedSubjects(subject: String) throws {
        let message = try message(subject: subject)
        #expect(KeptMail(message.bytes)?.subject == subject)
        let head = lines(message).prefix { !$0.isEmpty }
        for line in head where line.contains("=?UTF-8") {
            #expect(line.utf8.count <= 76)
            #expect(line.matches(of: /=\?UTF-8\?B\?[^?]*\?=/).allSatisfy { $0.0.utf8.count <= 75 })
        }
    }

    @Test(
        "B037: a name in From is quoted or encoded, and read back as it was",
        arguments: [
            "Example <a@b.c>", "\"Example, Inc.\" <a@b.c>", "Zoë <a@b.c>", "\"a \\\"b\\\"\" <a@b.c>", "a@b.c",
        ])
    func senders(from: String) throws {
        let kept = try #require(KeptMail(try message(from: from).bytes))
        #expect(Mailbox(kept.from) == Mailbox(from))
    }

    @Test(
        "Text is printable, in lines of at most 76 characters, and the same when it is read",
        arguments: [
            "", "a", "ä€🦆", "a = b", "trailing space \nnext\t\n", ".\n..\n.end", "From me\nFrom: x",
            "--=_id-1--\n--=_id-1",
            String(repeating: "x", count: 1000), String(repeating: "ä", count: 1000),
            String(repeating: " ", count: 200),
            "\u{0}\u{7F}\u{1B}", String(repeating: "=", count: 100) + " \n",
        ])
    func bodies(text: String) throws {
        let message = try message(text: text, html: text)
        let all = lines(message)
        #expect(all.allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
        #expect(!all.contains { $0.hasSuffix(" ") || $0.hasPrefix(".") || $0.hasPrefix("From ") })
        #expect(all.count { $0 == "--=_id-1" } == 2 && all.count { $0 == "--=_id-1--" } == 1)
        let kept = try #require(KeptMail(message.bytes))
        #expect(kept.text == text && kept.html == text)
    }
}
