import Identity
import Testing

@Suite("ML6: one strict mailbox")
struct EmailAddressTests {
    @Test(
        "ML6: what a mail program could read in two ways is no address",
        arguments: [
            "", "@", "a@", "@example.org", "a", "a@@example.org", "a@b@example.org", "\"a@b\"@example.org",
            "a b@example.org", "a@exam ple.org", "a,b@example.org", "a@example.org,b@example.org",
            "a@example.org;b@example.org", "Ann <a@example.org>", "a(comment)@example.org", "a@example.org(comment)",
            "a\r\n@example.org", "a@example.org\r\nBcc: b@example.org", "a@example.org\n", "\na@example.org",
            "a\0@example.org", "a@example.org\0", "a\t@example.org", ".a@example.org", "a.@example.org",
            "a..b@example.org", "a@example", "a@.org", "a@example..org", "a@example.org.", "a@-example.org",
            "a@example-.org", "a@exa_mple.org", "a@[127.0.0.1]", "a@127.0.0.1", "a@example.123", "a@[::1]",
            "a:b@example.org", "a\\@example.org", "<script>@example.org",
        ])
    func refused(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test(
        "ML6: a character that somebody maps to another never reaches an address",
        arguments: [
            "a\u{FF20}example.org", "a\u{FE6B}example.org", "mar\u{212A}@example.org", "mark@example.o\u{212A}",
            "a\u{1FEF}@example.org", "\u{0131}@example.org", "a@\u{0130}example.org", "j\u{00FC}rgen@example.org",
            "a@m\u{00FC}nchen.example", "a@ex\u{0430}mple.org", "a\u{200B}@example.org", "a@example\u{3002}org",
        ])
    func refusedBeyondASCII(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test("IN1: an address ends at 254 bytes, its local part at 64, a label at 63")
    func lengths() {
        let local = String(repeating: "a", count: 64)
        let label = String(repeating: "b", count: 63)
        #expect(EmailAddress("\(local)@example.org") != nil)
        #expect(EmailAddress("\(local)a@example.org") == nil)
        #expect(EmailAddress("a@\(label).org") != nil)
        #expect(EmailAddress("a@\(label)b.org") == nil)
        #expect(EmailAddress("a@\(label).\(label).\(label).\(String(repeating: "c", count: 60))") != nil)
        #expect(EmailAddress("a@\(label).\(label).\(label).\(String(repeating: "c", count: 61))") == nil)
        #expect(EmailAddress(String(repeating: "a@", count: 100_000)) == nil)
    }

    @Test(
        "ML6: two ways to type a mailbox are one canonical address",
        arguments: [
            ("Ann@Example.ORG", "ann@example.org"), ("  ann@example.org ", "ann@example.org"),
            ("o'brien+tag@mail.example.org", "o'brien+tag@mail.example.org"),
            ("A@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example"), ("root@localhost", "root@localhost"),
            ("1@2.example", "1@2.example"),
        ])
    func canonical(_ typed: String, _ canonical: String) {
        #expect(EmailAddress(typed)?.canonical == canonical)
    }

    @Test("The address as typed is kept beside the canonical one")
    func typed() {
        #expect(EmailAddress(" Ann@Example.org")?.typed == "Ann@Example.org")
    }

    @Test(
        "ML7: attempts are counted for a mailbox, whatever tags and dots are typed before the @",
        arguments: [
            ("ann@example.org", "ann@example.org"), ("Ann+news@Example.ORG", "ann@example.org"),
            ("a.n.n@example.org", "ann@example.org"), ("a.nn+a.b+c@example.org", "ann@example.org"),
            ("ann@mail.example.org", "ann@mail.example.org"), ("+tag@example.org", "+tag@example.org"),
            ("+@example.org", "+@example.org"), ("a.+b@example.org", "a@example.org"),
            ("o'brien-x@a-b.example", "o'brien-x@a-b.example"), ("root@localhost", "root@localhost"),
        ])
    func counted(_ typed: String, _ counted: String) {
        #expect(EmailAddress(typed)?.counted == counted)
    }

    @Test("ML7: no two domains share a count, and no two mailboxes do that differ in more than tags and dots")
    func countedApart() throws {
        let locals = [
            "a", "ab", "a.b", "a+b", "ab+x.y", "+a", "+", "a-b", "a_b", "b.a", "a.b+c", "A.B", "0", "a+", "a+b+c",
        ]
        let domains = [
            "example.org", "sub.example.org", "exampleorg.com", "example.org.evil.example", "a.example", "a.b.example",
            "ab.example", "localhost", "a-b.example",
        ]
        var mailboxes: [String: Set<String>] = [:]
        for domain in domains {
            for local in locals {
                let address = try #require(EmailAddress("\(local)@\(domain)"), "\(local)@\(domain)")
                #expect(address.counted.hasSuffix("@\(domain)"), "\(address)")
                #expect(address.counted.split(separator: "@").count == 2, "\(address)")
                let letters = local.lowercased().prefix { $0 != "+" }.filter { $0 != "." }
                mailboxes[address.counted, default: []].insert(letters.isEmpty ? local : String(letters))
            }
        }
        #expect(mailboxes.values.allSatisfy { $0.count == 1 })
    }

    @Test(
        "Masked, an address tells its first letter and its domain, and no more",
        arguments: [
            ("ann@example.org", "a…@example.org"), ("A@Example.org", "a…@example.org"),
            ("o'brien+tag@mail.example.org", "o…@mail.example.org"), ("root@localhost", "r…@localhost"),
        ])
    func masked(_ typed: String, _ masked: String) {
        #expect(EmailAddress(typed)?.masked == masked)
    }
}
