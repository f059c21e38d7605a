/// How far a conversation with a mail server has come: RFC 5321 §4.1.4, with RFC 3207 and RFC 4954 before it.
///
/// What was being asked when it broke off decides what a refusal means: one at the recipient is about this mail, one at
/// the sign-in about every mail there is.
package struct SMTPDialogue: Sendable, Equatable {
    package enum Stage: Int, Sendable, CaseIterable, Comparable {
        case connecting, greeting, encrypting, signingIn, naming, addressing, handingOver, ending, done

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package private(set) var stage = Stage.connecting
    package private(set) var wasEncrypted = false
    package private(set) var hasSignedIn = false
    /// The last line of the last answer: its three figures, and what was said.
    package private(set) var code: Int?
    package private(set) var reply: String?
    private var isLeaving = false

    /// They have said that the mail is theirs now.
    var isTaken: Bool { stage >= .ending && (200...299).contains(code ?? 0) }

    package init() {}

    /// We have said this. Only the verb is looked at: what follows may be a secret.
    mutating func said(_ line: some Collection<UInt8>) {
        let verb = String(decoding: line.prefix { (0x41...0x5A).contains($0 & 0xDF) }, as: UTF8.self).uppercased()
        switch verb {
        case "EHLO", "HELO": stage = max(stage, .greeting)
        case "STARTTLS": stage = .encrypting
        case "AUTH": stage = .signingIn
        case "MAIL": stage = .naming
        case "RCPT": stage = .addressing
        case "DATA": stage = .handingOver
        // What is said to it no longer matters: the decision has been made.
        case "QUIT":
            isLeaving = true
            return
        // Lines of the sign-in.
        default: return
        }
        (code, reply) = (nil, nil)
    }

    /// The other side has said this; the last line of an answer has no stroke behind its figures.
    mutating func heard(_ line: some Collection<UInt8>) {
        guard !isLeaving else { return }
        let text = String(decoding: line.prefix(512), as: UTF8.self)
        let figures = text.utf8.prefix(3)
        guard figures.count == 3, figures.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.dropFirst(3).first != 0x2D
        else { return }
        code = Int(text.prefix(3))
        reply = String(text.trimmingSuffix { $0.isWhitespace || $0.isNewline })
        stage = max(stage, .greeting)
        if stage == .signingIn, code == 235 { hasSignedIn = true }
    }

    /// The last byte of the mail is with them; now they decide.
    mutating func hasHandedOver() {
        stage = .ending
        (code, reply) = (nil, nil)
    }

    mutating func encrypted() { wasEncrypted = true }

    mutating func isOver() { stage = .done }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while isUnwanted: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let last = rest.last, isUnwanted(last) { rest = rest.dropLast() }
        return rest
    }
}
