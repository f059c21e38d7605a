import Identity
import OAuth
import Synchronization

/// What this process has seen become of letters, for as long as they are good.
final class MailFates: Sendable {
    private struct Fate {
        let expiresAt: Instant
        var unanswered = 0
        /// It is taken, or never will be; what is left to do is to take it out of the outbox.
        var ended: ClaimedLetter?
        /// That failed.
        var isLeft = false
    }

    private let fates = Mutex<[String: Fate]>([:])

    /// Once more; says how often by now.
    func unanswered(_ letter: SealedLetter, at now: Instant) -> Int {
        change(letter, at: now) { fate in
            fate.unanswered += 1
            return fate.unanswered
        }
    }

    func hasEnded(_ letter: SealedLetter) -> Bool { fates.withLock { $0[letter.id]?.ended != nil } }

    /// To be said before it is written: whatever becomes of the writing, this is known.
    func ended(_ claimed: ClaimedLetter, at now: Instant) {
        change(claimed.letter, at: now) { $0.ended = claimed }
    }

    /// It could not be taken out.
    func left(_ claimed: ClaimedLetter) {
        fates.withLock { $0[claimed.letter.id]?.isLeft = true }
    }

    /// It is out; or another process has the lease, and may give it back.
    func isWritten(_ claimed: ClaimedLetter, _ isOut: Bool) {
        fates.withLock { fates in
            if isOut { fates[claimed.letter.id] = nil } else { fates[claimed.letter.id]?.isLeft = false }
        }
    }

    /// Those to be taken out still.
    var leftOver: [ClaimedLetter] { fates.withLock { $0.values.filter(\.isLeft).compactMap(\.ended) } }

    private func change<Result: Sendable>(
        _ letter: SealedLetter, at now: Instant, _ body: (inout Fate) -> Result
    ) -> Result {
        fates.withLock { fates in
            fates = fates.filter { $0.value.expiresAt > now || $0.value.isLeft }
            return body(&fates[letter.id, default: Fate(expiresAt: letter.expiresAt)])
        }
    }
}
