import Identity
import OAuth
import Synchronization

/// What this process has seen become of letters, for as long as they are good.
final class MailFates: Sendable {
    private struct Fate {
        let expiresAt: Instant
        var unanswered = 0
    }

    private let fates = Mutex<[String: Fate]>([:])

    /// Once more; says how often by now.
    func unanswered(_ letter: SealedLetter, at now: Instant) -> Int {
        fates.withLock { fates in
            fates = fates.filter { $0.value.expiresAt > now }
            fates[letter.id, default: Fate(expiresAt: letter.expiresAt)].unanswered += 1
            return fates[letter.id]?.unanswered ?? 0
        }
    }
}
