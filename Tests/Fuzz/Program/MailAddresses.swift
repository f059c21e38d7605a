import Identity
import OAuth

@testable import Outbound

/// What people type as their address, and what comes of it in a mail (ML6, IN12): a line with the address, then a name.
struct MailAddressTarget: FuzzTarget {
    static let name = "mail-address"

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        let (text, name) = (pieces.textLine(), pieces.remainingText())
        if let mailbox = Mailbox(text) { check(mailbox) }
        guard let address = EmailAddress(text) else { return }
        check(address)
        if let name = try? PersonName(name) { checkMail(to: address, name: name.text) }
    }

    private func check(_ address: EmailAddress) {
        demand(address.typed.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an address is printable ASCII")
        demand(address.typed.count { $0 == "@" } == 1 && (3...254).contains(address.typed.utf8.count), "one mailbox")
        demand(!address.typed.contains { "()<>[],;:\\\" ".contains($0) }, "nothing that parts addresses")
        let again = EmailAddress(address.canonical)
        demand(
            again?.canonical == address.canonical && again?.typed == address.canonical,
            "the form that is unique is one")
        demand(EmailAddress(address.typed)?.typed == address.typed, "an address that is written is read again")
        demand(address.canonical == address.typed.lowercased(), "only case is folded")
        demand(
            EmailAddress(address.typed.uppercased())?.canonical == address.canonical, "in either case it is the same")
        demand(
            address.counted == EmailAddress(address.counted)?.counted ?? address.counted,
            "counting twice is counting once")
        demand(Username(address.typed) == nil, "an address is no username (PW10)")
    }

    private func check(_ mailbox: Mailbox) {
        let again = Mailbox(mailbox.description)
        demand(again == mailbox, "a mailbox that is written is read again")
        checkHeader("From: \(mailbox.headerText)")
    }

    /// One mail, to one address, however it is called.
    private func checkMail(to address: EmailAddress, name: String) {
        guard let from = EmailAddress("login@id.example") else { return }
        let message = MailMessage(
            id: "m1", from: Mailbox(name: name, address: from), to: address, createdAt: Instant(seconds: 0),
            subject: name, text: name, html: name)
        let lines = message.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        demand(
            lines.allSatisfy { $0.dropLast().allSatisfy { (0x20...0x7E).contains($0) } }, "a mail is printable ASCII")
        demand(lines.allSatisfy { $0.last == 0x0D && $0.count <= 999 }, "lines end and are as long as SMTP has it")
        demand(!lines.contains { $0.elementsEqual([0x2E, 0x0D]) }, "no line ends the mail")
        let head = lines.prefix { $0.count > 1 }.filter { $0.first != 0x20 }
        let names = head.map { String(decoding: $0.prefix { $0 != 0x3A }, as: UTF8.self) }
        demand(names == Self.headers, "no header that somebody's name has made: \(names)")
    }

    private static let headers = [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
        "Content-Language", "Content-Type",
    ]

    private func checkHeader(_ header: String) {
        for line in header.replacing("\r\n ", with: "").unicodeScalars {
            demand(line.value >= 0x20, "a header is one line")
        }
    }
}
