import Identity
import OAuth

/// What is done with a letter from the outbox: opened, put into words, handed over, and taken out.
///
/// A letter is taken out after the other side has taken the mail, so none is lost; and so there are four ways in
/// which somebody can get one twice, the same mail with the same `Message-ID` each time: this process dies, or is stopped,
/// between the last byte and our delete (once more for each such end); the connection is lost before their answer reaches
/// us (RFC 5321 §4.5.3.2.6 wants it sent again); their answer does not come within ten minutes (once more, no oftener); or
/// this process stands still, or cannot reach the database, for longer than the lease, and another one takes over. A process that
/// knows what became of a mail never sends it again, whether or not it could write that down, and of several processes one alone has the lease.
struct MailRoom: Sendable {
    /// Longer than most mails take, clocks that differ included, and short, for whoever waits for a mail whose process died:
    /// while one is with the mail server, its lease is renewed.
    static func lease(timeout: Int64) -> Int64 { 2 * timeout + 30 }
    /// How often a mail is sent again that the mail server had as a whole and said nothing about.
    static let repeats = 1

    let outbox: any OutboxStore
    let postbox: Postbox
    let correspondence: Correspondence
    let mailer: any Mailer
    /// Seconds.
    let lease: Int64
    let clock: any WallClock
    let record: MailRecord
    let fates = MailFates()

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
        /// It had ended before, and that could not be written then.
        case endedBefore
        case failed(MailFault)
    }

    /// One letter, from opening to taking it out. Throws when the database fails: the lease will then run out.
    ///
    /// A blank one goes the same way, and is left out at the one step that takes place elsewhere: the handing over (PW10).
    @discardableResult
    func deliver(_ claimed: ClaimedLetter) async throws -> Ending {
        guard !fates.hasEnded(claimed.letter) else {
            try await end(claimed)
            return .endedBefore
        }
        guard let letter = postbox.open(claimed.letter) else {
            record.dropped(claimed.letter, because: .unreadable)
            try await end(claimed)
            return .thrownAway
        }
        do throws(MailFault) {
            let mail = try written(letter, claimed.letter)
            if !claimed.letter.isBlank { try await handOver(mail, claimed) }
        } catch {
            try await settle(claimed, after: error)
            return .failed(error)
        }
        if !claimed.letter.isBlank { record.sent(claimed.letter) }
        try await end(claimed)
        return claimed.letter.isBlank ? .thrownAway : .sent
    }

    /// Takes out what has ended, and could not be taken out then.
    func clearUp() async {
        for claimed in fates.leftOver { try? await end(claimed) }
    }

    private func end(_ claimed: ClaimedLetter) async throws {
        fates.ended(claimed, at: clock.now)
        do {
            fates.isWritten(claimed, try await outbox.remove(claimed))
        } catch {
            fates.left(claimed)
            throw error
        }
    }

    private func handOver(_ mail: OutgoingMail, _ claimed: ClaimedLetter) async throws(MailFault) {
        let holding = Task { await hold(claimed) }
        var fault: MailFault?
        do throws(MailFault) { try await mailer.send(mail) } catch { fault = error }
        holding.cancel()
        // A renewal that came after what is written next would undo it.
        await holding.value
        if let fault { throw fault }
    }

    /// Until it is called off, or somebody else has the lease. A database that is away is asked again the next time.
    private func hold(_ claimed: ClaimedLetter) async {
        while (try? await Task.sleep(for: .milliseconds(lease * 1000 / 3))) != nil {
            guard (try? await outbox.postpone(claimed, until: clock.now + lease)) != false else { return }
        }
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
            try await end(claimed)
            return
        }
        if fault.cause == .unanswered, fates.unanswered(claimed.letter, at: now) > Self.repeats {
            record.dropped(claimed.letter, because: .unanswered, fault)
            try await end(claimed)
            return
        }
        if let next = RetrySchedule.next(after: claimed.attempt, of: claimed.letter, at: now) {
            _ = try await outbox.postpone(claimed, until: next)
        } else {
            record.dropped(claimed.letter, because: .expired, fault)
            try await end(claimed)
        }
    }
}
