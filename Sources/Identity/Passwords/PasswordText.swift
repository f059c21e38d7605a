import Cryptography

/// A password in the one spelling that is measured and hashed: NFKC (D6), whole. One over the limit is
/// refused, never cut (PW1).
struct PasswordText: Sendable {
    static let mostBytes = 1024

    /// NFKC in UTF-8.
    let bytes: [UInt8]
    /// As it was typed, where that is another spelling: what other systems have hashed.
    let typedBytes: [UInt8]?
    /// Code points (NIST SP 800-63B-4 §3.1.1.2), typed or normalised, whichever is less: neither may a
    /// ligature that unfolds into eighteen letters pass for eighteen choices, nor an accent typed apart for two.
    let length: Int

    init?(_ typed: String) {
        guard typed.utf8.count <= Self.mostBytes else { return nil }
        bytes = PasswordNormalisation.nfkc(typed)
        typedBytes = bytes.elementsEqual(typed.utf8) ? nil : Array(typed.utf8)
        length = min(typed.unicodeScalars.count, String(decoding: bytes, as: UTF8.self).unicodeScalars.count)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}
