/// What a 5yz says no to, from the recipient on: this mail, or us.
///
/// A server may keep its no to us until then: Postfix says `554 5.7.1 Relay access denied` at the recipient unless told
/// otherwise, and what it holds against the sender too. Taking that for a word about each mail would empty the
/// outbox while a setting is wrong. So a mail ends only where the answer is about its recipient, their mailbox or
/// its content (RFC 3463 §3.2, §3.3, §3.7), and whatever is doubtful waits.
package struct SMTPRefusal: Sendable, Equatable {
    package let isAboutThisMail: Bool

    /// - Parameter reply: the last line of the answer.
    package init(_ reply: String) {
        guard let status = Self.status(reply) else {
            isAboutThisMail = Self.isAboutThisMail(code: reply.prefix(3), words: reply.lowercased())
            return
        }
        switch status {
        // Of the sender: 5.1.7 and 5.1.8 by the letter, 5.1.0 as Postfix has it.
        case (1, 0), (1, 7), (1, 8): isAboutThisMail = false
        case (1, _), (2, _), (6, _): isAboutThisMail = true
        default: isAboutThisMail = false
        }
    }

    /// Subject and detail: behind the figures (RFC 2034 §4), or at the end in brackets as qmail has it. `nil` where there is
    /// none, and for 5.0.0, which says nothing.
    private static func status(_ reply: String) -> (subject: Int, detail: Int)? {
        let found =
            reply.prefixMatch(of: /\d{3}[ -]5\.(\d{1,3})\.(\d{1,3})(?!\d)/)?.output
            ?? reply.firstMatch(of: /\(#5\.(\d{1,3})\.(\d{1,3})\)/)?.output
        guard let found, let subject = Int(found.1), let detail = Int(found.2), subject != 0 else { return nil }
        return (subject, detail)
    }

    /// RFC 5321 §4.2.3: 550 to 553 are about the mailbox. Exim says by 550 alone also that it does not relay for us, and that it
    /// does not know the sender.
    private static func isAboutThisMail(code: Substring, words: String) -> Bool {
        ["550", "551", "552", "553"].contains(code)
            && !["relay", "sender", "authenti", "rcpthosts"].contains { words.contains($0) }
    }
}
