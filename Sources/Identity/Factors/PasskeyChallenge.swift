import Cryptography
import OAuth

/// What a passkey signs: chance, an end, a purpose, and a signature of ours over these and what it is bound to. Nothing is
/// kept of one before it is spent, so that asking for many costs nobody anything.
struct PasskeyChallenge: Sendable, Equatable {
    enum Purpose: UInt8, Sendable {
        case signIn = 1
        case proof = 2
        case registration = 3
    }

    /// Seconds; what the options tell the browser, too (WebAuthn §15.1).
    static let lifetime: Int64 = 300

    private static let chanceCount = 16
    private static let bodyCount = chanceCount + 8 + 1

    let bytes: [UInt8]
    let expiresAt: Instant
    private let place: Place

    /// Where it is good: for one thing, in one browser or session.
    struct Place: Sendable, Equatable {
        let purpose: Purpose
        let binding: String

        static func signIn(_ browser: TokenDigest) -> Place {
            Place(purpose: .signIn, binding: Base64URL.encode(browser.bytes))
        }

        static func proof(_ session: Session) -> Place { Place(purpose: .proof, binding: session.id) }
        static func registration(_ session: Session) -> Place { Place(purpose: .registration, binding: session.id) }
    }

    init(for place: Place, key: [UInt8], from random: any RandomSource, at now: Instant) throws {
        expiresAt = now + Self.lifetime
        self.place = place
        let body = try random.bytes(Self.chanceCount) + Self.bytes(expiresAt) + [place.purpose.rawValue]
        bytes = body + Self.signature(of: body, at: place, key: key)
    }

    /// One that came back; `nil` unless it was made here, for this place, and is still good. Whether it was used before,
    /// the write that spends it finds out.
    init?(_ bytes: [UInt8], for place: Place, key: [UInt8], at now: Instant) {
        let body = Array(bytes.prefix(Self.bodyCount))
        // The body always has the same length: nothing of what it is bound to can be moved into it.
        guard bytes.count == Self.bodyCount + HMACSHA256.byteCount, body.last == place.purpose.rawValue,
            constantTimeEqual(
                Array(bytes.dropFirst(Self.bodyCount)), Self.signature(of: body, at: place, key: key))
        else { return nil }
        let seconds = body.dropFirst(Self.chanceCount).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        expiresAt = Instant(seconds: Int64(bitPattern: seconds))
        guard expiresAt > now else { return nil }
        self.bytes = bytes
        self.place = place
    }

    /// What is spent for it.
    var artefact: OneTimeArtefact {
        OneTimeArtefact(
            kind: .passkeyChallenge, digest: TokenDigest(bytes: SHA256.digest(bytes)), binding: place.binding,
            expiresAt: expiresAt)
    }

    private static func bytes(_ time: Instant) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: time.seconds >> (56 - 8 * $0)) }
    }

    private static func signature(of body: [UInt8], at place: Place, key: [UInt8]) -> [UInt8] {
        HMACSHA256.authenticate(body + Array(place.binding.utf8), key: key)
    }
}
