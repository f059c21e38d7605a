import Cryptography
import JOSE
import Synchronization

/// Self-contained access tokens whose signature has been verified lately. APIs ask about the same token again and again,
/// and a signature that was good once is good as long as its key is published.
///
/// Only what the token itself says is kept, under its digest. Whether it is alive is looked up each time (TK14), and so
/// are issuer and times compared. Memory is bounded: the latest so many, and at most as many before them, none of them
/// long.
final class VerifiedTokens: Sendable {
    struct Entry: Sendable {
        let jwt: VerifiedJWT
        let token: AccessToken
    }

    private struct Generations {
        var latest: [TokenDigest: Entry] = [:]
        var before: [TokenDigest: Entry] = [:]
    }

    private let kept = Mutex(Generations())
    private let most: Int
    /// Bytes of a token; most have less than one thousand.
    private static let longest = 4096

    /// - Parameter most: of each of the two generations. A thousand of the usual length take about a megabyte.
    init(most: Int = 1024) {
        self.most = most
    }

    /// How many are kept now.
    var count: Int { kept.withLock { $0.latest.count + $0.before.count } }

    /// Nothing once the key that signed it is published no more.
    func entry(_ digest: TokenDigest, keys: KeyRing) -> Entry? {
        guard let entry = kept.withLock({ $0.latest[digest] ?? $0.before[digest] }), let key = entry.jwt.keyID,
            keys.publishes(keyID: key)
        else { return nil }
        return entry
    }

    /// - Parameter length: of the token, in bytes.
    func keep(_ entry: Entry, _ digest: TokenDigest, length: Int) {
        guard length <= Self.longest else { return }
        kept.withLock { kept in
            if kept.latest.count >= most { kept = Generations(before: kept.latest) }
            kept.latest[digest] = entry
        }
    }

    static func digest(of text: String) -> TokenDigest { TokenDigest(bytes: SHA256.digest(Array(text.utf8))) }
}
