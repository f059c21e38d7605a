import Outbound
import Testing

@Suite("Who a mail is from: one mailbox, parsed right (B037, RFC 5322 §3.4)")
struct MailboxTests {
    @Test(
        "Each form that people write",
        arguments: [
            ("noreply@example.org", nil, "noreply@example.org"),
            ("Your Site <noreply@example.org>", "Your Site", "Your Site <noreply@example.org>"),
            ("  Your Site   <noreply@example.org> ", "Your Site", "Your Site <noreply@example.org>"),
            ("<noreply@example.org>", nil, "noreply@example.org"),
            ("\"Example, Inc.\" <a@example.org>", "Example, Inc.", "\"Example, Inc.\" <a@example.org>"),
            ("\"a \\\"b\\\" \\\\ c\" <a@example.org>", "a \"b\" \\ c", "\"a \\\"b\\\" \\\\ c\" <a@example.org>"),
            ("Zoë & Söhne <a@example.org>", "Zoë & Söhne", "Zoë & Söhne <a@example.org>"),
            ("\"\" <a@example.org>", nil, "a@example.org"),
            ("\"  Ann \" <a@example.org>", "Ann", "Ann <a@example.org>"),
            ("\" \" <a@example.org>", nil, "a@example.org"),
        ] as [(String, String?, String)])
    func forms(text: String, name: String?, written: String) throws {
        let mailbox = try #require(Mailbox(text))
        #expect(mailbox.name == name)
        #expect(mailbox.description == written)
        #expect(Mailbox(mailbox.description) == mailbox)
    }

    @Test(
        "Lists, groups, comments and what could end a line are refused",
        arguments: [
            "", " ", "Your Site", "a@b.c, d@e.f", "A <a@b.c>, B <d@e.f>", "Group: a@b.c;", "Example, Inc. <a@b.c>",
            "A (b) <a@b.c>", "A <a@b.c> x", "A <a@b.c", "A a@b.c>", "A <<a@b.c>>", "\"A <a@b.c>", "A\" <a@b.c>",
            "\"a\"b\" <a@b.c>", "\"a\\\" <a@b.c>", "A\r\nBcc: x@y.z <a@b.c>", "A\n<a@b.c>", "A\u{0} <a@b.c>",
            "A\u{7F} <a@b.c>",
            "A <a@b>", "A <a b@b.c>", "A <\"a\"@b.c>", "A <a@[192.0.2.1]>",
        ])
    func refusals(text: String) {
        #expect(Mailbox(text) == nil)
    }
}
