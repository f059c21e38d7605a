import Identity
import OAuth

/// What is done with a letter from the outbox: opened, put into words, handed over, and taken out.
///
/// A letter is taken out after the other side has taken the mail, so none is lost; and so there are three ways in
/// which somebody can get one twice, the same mail with the same `Message-ID` each time: this process dies
/// between their answer and our delete (once more for each such death); the connection is lost before their answer reaches
/// us (RFC 5321 §4.5.3.2.6 wants it sent again); or this process stands still for longer than the lease. A mail whose fate
/// is known is never sent again, and of several processes one alone has the lease.
struct MailRoom: Sendable {
    /// Longer than one mail can take: its timeout, as long again for the farewell, and clocks that differ.
    static func lease(timeout: Int64) -> Int64 { 2 * timeout + 30 }

    let outbox: any OutboxStore
    let postbox: Postbox
    let correspondence: Correspondence
    let mailer: any Mailer
    /// Seconds.
    let lease: Int64
    let clock: any WallClock
    let record: MailRecord

    /// Letters that are due, and nobody else's for the time of the lease.
    ///
    /// - Parameter ahead: those as well that are due within so many seconds.
    func claim(_ limit: Int, ahead: Int64 = 0) async throws -> [ClaimedLetter] {
        try await outbox.claimLetters(limit, leasing: lease, at: clock.now + ahead)
    }

    /// How one attempt ended.
    enum Ending: Sendable, Equatable {
        case sent
        /// It goes nowhere, and never was to.
        case thrownAway
        case failed(MailFault)
    }

    /// One letter, from opening to taking it out. Throws when the database fails: the lease will then run out.
    ///
    /// A blank one goes the same way, and is left out at the one step that takes place elsewhere: the handing over (PW10).
    @discardableResult
    func deliver(_ claimed: ClaimedLetter) async throws -> Ending {
        guard let letter = postbox.open(claimed.letter) else {
            record.dropped(claimed.letter, because: .unreadable)
            _ = try await outbox.remove(claimed)
            return .thrownAway
        }
        do throws(MailFault) {
            let mail = try written(letter, claimed.letter)
            if !claimed.letter.isBlank { try await mailer.send(mail) }
        } catch {
            try await settle(claimed, after: error)
            return .failed(error)
        }
        if !claimed.letter.isBlank { record.sent(claimed.letter) }
        _ = try await outbox.remove(claimed)
        return claimed.letter.isBlank ? .thrownAway : .sent
    }

    private func written(_ letter: Letter, _ sealed: SealedLetter) throws(MailFault) -> OutgoingMail {
        do {
            return try correspondence.mail(letter, id: sealed.id, createdAt: sealed.createdAt)
        } catch {
            throw MailFault(.unwritable, detail: "the templates of mail do not work: \(error)")
        }
    }

    private func settle(_ claimed: ClaimedLetter, after fault: MailFault) async throws {
        record.failed(claimed.letter, fault)
        let now = clock.now
        guard fault.cause != .interrupted else {
            // Whoever starts next may go on at once.
            _ = try await outbox.postpone(claimed, until: now)
            return
        }
        guard !fault.isFinal else {
            record.dropped(claimed.letter, because: .refused, fault)
            _ = try await outbox.remove(claimed)
            return
        }
        if let next = RetrySchedule.next(after: claimed.attempt, of: claimed.letter, at: now) {
            _ = try await outbox.postpone(claimed, until: next)
        } else {
            record.dropped(claimed.letter, because: .expired, fault)
            _ = try await outbox.remove(claimed)
        }
    }
}
