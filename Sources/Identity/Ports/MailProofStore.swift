import OAuth

/// Proofs of mailboxes in storage. What a proof is spent for is written in the same step, by the verb of that purpose.
package protocol MailProofStore: Sendable {
    /// Keeps a proof and puts its mail, and any other that tells of it, into the outbox in one step. An earlier one that the same browser asked for, for
    /// the same purpose and address, is superseded; those of other browsers stay, so that a stranger who keeps asking
    /// takes nobody's link away.
    func begin(_ proof: MailProof, with enclosures: MailProof.Enclosures, at now: Instant) async throws

    /// The live proof of a link; changes nothing (a GET asks this).
    func mailProof(link: TokenDigest, for purpose: MailProof.Purpose, at now: Instant) async throws -> MailProof?

    /// The newest live proof that a browser waits for.
    func mailProof(
        awaitedBy browser: TokenDigest, for purpose: MailProof.Purpose, at now: Instant
    ) async throws -> MailProof?

    /// Counts a try of a code against the newest live proof this browser waits for, before it is compared. Atomic:
    /// of any number of simultaneous tries no more are compared than `MailProof.codeTries`.
    func tryCode(
        _ code: TokenDigest, for purpose: MailProof.Purpose, browser: TokenDigest, at now: Instant
    ) async throws -> CodeTry

    /// Puts a new link in the place of a live one, which is dead from here on. `false` when it was not live any more.
    func replaceLink(_ old: TokenDigest, by new: TokenDigest, at now: Instant) async throws -> Bool
}

extension MailProof {
    /// What is written together with a proof: its letter, any other that tells of it, and a way back.
    package struct Enclosures: Sendable {
        package var letters: [SealedLetter]
        package var undo: AddressUndo?

        package init(letters: [SealedLetter] = [], undo: AddressUndo? = nil) {
            self.letters = letters
            self.undo = undo
        }
    }
}

/// What came of a code that was typed.
package enum CodeTry: Sendable, Equatable {
    /// Proves the mailbox; nothing is spent yet.
    case right(MailProof)
    case wrong(triesLeft: Int64)
    /// Too many wrong ones: only the link is left.
    case locked
    /// This browser waits for nothing, or too late.
    case nothing
}
