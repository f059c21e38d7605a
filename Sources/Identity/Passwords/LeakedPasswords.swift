import CLeakedPasswords
import Cryptography

/// Passwords that were found in leaks, 353,687 of them: those of at least 15 characters, and the most common of at least
/// eight (PW3). `make-list.py` beside the list says where they come from.
///
/// Of each, five bytes of a digest are kept. One in three million other passwords is taken for one of them.
enum LeakedPasswords {
    private static let buckets = 65_536

    static func contains(_ text: PasswordText) -> Bool {
        let mark = SHA256.digest(PasswordMark.folded(text.bytes))
        let list = UnsafeBufferPointer(start: leaked_passwords(), count: leaked_passwords_size())
        guard mark.count >= 5, list.count > buckets else { return false }
        let bucket = Int(mark[0]) << 8 | Int(mark[1])
        let before = list.prefix(bucket).reduce(0) { $0 + Int($1) }
        let start = buckets + 3 * before
        let end = start + 3 * Int(list[bucket])
        guard end <= list.count else { return false }
        return stride(from: start, to: end, by: 3).contains { place in
            list[place] == mark[2] && list[place + 1] == mark[3] && list[place + 2] == mark[4]
        }
    }
}

/// What is compared of a password in a list.
enum PasswordMark {
    /// With the letters A to Z made small: whoever tries a list tries that as well.
    static func folded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }

    /// The first eight bytes.
    static func number(_ digest: [UInt8]) -> UInt64 { digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
