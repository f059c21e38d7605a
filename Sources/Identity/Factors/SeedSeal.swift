import Cryptography
import OAuth

/// Keeps the seeds of authenticator apps from whoever reads the database (MF1). Each is bound to its account and factor:
/// copied to another row it does not open there.
struct SeedSeal: Sendable {
    private let key: SealingKey
    private let random: any RandomSource

    init(key: SealingKey, random: any RandomSource) {
        self.key = key
        self.random = random
    }

    func seal(_ seed: [UInt8], of accountID: String, factor: String) throws -> [UInt8] {
        try key.seal(seed, context: Self.context(accountID, factor), random: random)
    }

    /// Throws for what was changed, moved, or sealed with another key: that is no wrong code, and not to be told as one.
    func open(_ sealed: [UInt8], of accountID: String, factor: String) throws -> [UInt8] {
        try key.open(sealed, context: Self.context(accountID, factor))
    }

    /// A seed that is still being set up, for a hidden field: good in one session, for a while.
    func sealDraft(_ seed: [UInt8], for session: Session, until end: Instant) throws -> String {
        let text = Array("\(end.seconds) ".utf8) + seed
        return Base64URL.encode(try key.seal(text, context: Self.context(session), random: random))
    }

    /// `nil` when it is not of this session, or too old.
    func openDraft(_ sealed: String, in session: Session, at now: Instant) -> [UInt8]? {
        guard sealed.utf8.count <= 256, let bytes = Base64URL.decode(sealed),
            let text = try? key.open(bytes, context: Self.context(session)),
            let space = text.firstIndex(of: UInt8(ascii: " ")),
            let end = Int64(String(decoding: text[..<space], as: UTF8.self)), now < Instant(seconds: end)
        else { return nil }
        let seed = Array(text[space...].dropFirst())
        return seed.count == TOTP.seedByteCount ? seed : nil
    }

    private static func context(_ accountID: String, _ factor: String) -> [UInt8] {
        Array("totp seed \(accountID) \(factor)".utf8)
    }

    private static func context(_ session: Session) -> [UInt8] {
        Array("totp draft \(session.subject) \(session.id)".utf8)
    }
}
