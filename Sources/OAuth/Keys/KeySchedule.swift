import Cryptography
import JOSE

/// When keys are published, sign, and retire (JW8, OP5). Everything follows from the times in the rows:
/// a key is published from its creation, signs from `signsFrom` until its successor does, and stays
/// published until its last token is dead.
package struct KeySchedule: Sendable, Equatable {
    /// How long one key signs, in seconds.
    package var rotation: Int64 = 90 * 86_400
    /// How long a key is published before it signs: longer than clients cache the JWKS.
    package var lead: Int64 = 86_400
    /// How long clients may cache the JWKS.
    package var cacheTime: Int64 = 3600
    /// How long it may take until every process knows a key: what one signs, no other must refuse.
    package let notice: Int64 = 2

    package init() {}

    /// The key that signs now: the latest whose time has come. While none has, because a clock was set back
    /// after the first start, the first: nothing can have been signed before it.
    package func current(_ algorithm: SignatureAlgorithm, in keys: [StoredSigningKey], at now: Instant)
        -> StoredSigningKey?
    {
        let keys = keys.filter { $0.algorithm == algorithm }.sorted { $0.generation < $1.generation }
        return keys.last { $0.signsFrom <= now } ?? keys.first
    }

    /// Whether a successor is due: none is waiting and the newest has signed for long enough that a new
    /// one must be published now to be known in time.
    package func isSuccessorDue(_ algorithm: SignatureAlgorithm, in keys: [StoredSigningKey], at now: Instant) -> Bool {
        guard let newest = keys.filter({ $0.algorithm == algorithm }).max(by: { $0.generation < $1.generation }) else {
            return true
        }
        return newest.signsFrom + (rotation - lead) <= now
    }

    /// When a key added now begins to sign: at once if there is no other, else after the lead.
    package func signsFrom(_ algorithm: SignatureAlgorithm, in keys: [StoredSigningKey], at now: Instant) -> Instant {
        keys.contains { $0.algorithm == algorithm } ? now + lead : now
    }
}
