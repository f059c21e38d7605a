import OAuth

/// Somebody comes in by a link.
package struct MagicLinkEntry: Sendable {
    /// Whom it lets in, asked in the write itself.
    package enum Gate: Sendable, Equatable {
        case people(MagicLinkPeople)
        /// A link that staff made: for nobody who administers.
        case nobodyAdministering
    }

    package enum Outcome: Sendable, Equatable {
        case opened
        case gate
        case dead
    }

    package let link: TokenDigest
    package let purpose: MailProof.Purpose
    package let account: Account
    package let gate: Gate
    package let opening: SessionOpening
    /// Mailed at the first proof of the mailbox alone.
    package let welcome: SealedLetter?

    package init(
        link: TokenDigest, purpose: MailProof.Purpose, account: Account, gate: Gate, opening: SessionOpening,
        welcome: SealedLetter?
    ) {
        self.link = link
        self.purpose = purpose
        self.account = account
        self.gate = gate
        self.opening = opening
        self.welcome = welcome
    }

    /// Whether whoever comes in has read the mail of the account's address. Whoever has a link from staff has not.
    package var provesMailbox: Bool { purpose == .magicLink }
}
