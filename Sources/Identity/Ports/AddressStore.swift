import OAuth

/// Changing the address of an account, and taking that back. Each verb is one transaction, its mail included.
package protocol AddressStore: Sendable {
    /// Spends the proof of the new address and puts it in the place of the one before. Everything else that the person
    /// waits for by mail is dropped; the way back is kept; the session that asks goes on under its new secret.
    func changeAddress(
        _ change: AddressSwitch, mailing letter: SealedLetter, at now: Instant
    ) async throws -> AddressSwitch.Outcome

    /// Where live ways back of an account lead: addresses it had lately.
    func addressesToReturnTo(of accountID: String, at now: Instant) async throws -> [EmailAddress]

    /// The live way back of a link, of an account that is active or was deleted as by its person; changes nothing (a GET
    /// asks this).
    func addressUndo(link: TokenDigest, at now: Instant) async throws -> AddressUndo?

    /// Spends it: the address is again what it was, whatever it has become since, and a change that is still waited for
    /// is dropped. Every session and every grant of the person ends, offline ones too, and every way back that was
    /// made later is dead, for it leads to an address that came after. Where the address was another one, the password and
    /// the preferences of those days go with it. Nothing of an account that an operator switched off.
    func undoAddressChange(
        link: TokenDigest, mailing letter: SealedLetter, at now: Instant
    ) async throws -> AddressUndo.Outcome
}

extension AddressUndo {
    package enum Outcome: Sendable, Equatable {
        /// With the number of sessions that ended; `wasChanged`: the address was another one.
        case undone(wasChanged: Bool, sessionsEnded: Int)
        /// Unknown, expired, used, or overtaken by an earlier one.
        case dead
        /// Another account has the address by now; nothing was written.
        case taken
    }
}

/// One address in the place of another.
package struct AddressSwitch: Sendable {
    package enum Outcome: Sendable, Equatable {
        case changed(sessionsEnded: Int)
        /// The proof is not live, or of another account or address than it was asked for; or the session that asks has
        /// ended.
        case dead
        /// Another account has the address by now; nothing was written.
        case taken
    }

    /// Of the proof.
    package let link: TokenDigest
    package let accountID: String
    package let old: EmailAddress
    package let new: EmailAddress
    /// The session that asks: without it nothing is changed.
    package let kept: KeptSession
    package let endsOtherSessions: Bool
    package let undo: AddressUndo

    package init(
        spending link: TokenDigest, from old: EmailAddress, to new: EmailAddress, keeping kept: KeptSession,
        endsOthers: Bool, undo: AddressUndo
    ) {
        self.link = link
        accountID = kept.subject
        self.old = old
        self.new = new
        self.kept = kept
        endsOtherSessions = endsOthers
        self.undo = undo
    }
}
