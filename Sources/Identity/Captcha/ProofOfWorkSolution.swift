import Cryptography
import JSON
import OAuth

/// What a browser sends back: base64 of a JSON object. Read strictly and within bounds; nothing in it is believed
/// before its signature is checked (IN10).
package struct ProofOfWorkSolution: Sendable, Equatable {
    /// Ours have about 400 bytes.
    static let maximumBytes = 2048

    let challenge: String
    let number: Int64
    let salt: String
    let signature: String
    package let expiresAt: Instant

    init?(_ payload: String) {
        guard payload.utf8.count <= Self.maximumBytes, let bytes = Base64.decode(payload),
            let object = try? JSONValue(parsing: bytes, maximumDepth: 2, maximumBytes: Self.maximumBytes).objectValue,
            object["algorithm"]?.stringValue?.isExactly("SHA-256") == true,
            let challenge = object["challenge"]?.stringValue, Self.isDigest(challenge),
            let signature = object["signature"]?.stringValue, Self.isDigest(signature),
            let salt = object["salt"]?.stringValue, let expiresAt = Self.expiry(in: salt),
            let number = object["number"]?.integerValue, number >= 0
        else { return nil }
        self.challenge = challenge
        self.number = number
        self.salt = salt
        self.signature = signature
        self.expiresAt = expiresAt
    }

    /// By what it is remembered once it is spent: 256 bits that no other puzzle has.
    package var digest: TokenDigest { TokenDigest(bytes: SHA256.digest(Array(challenge.utf8))) }

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Exactly the form that is made here, its last `&` included.
    private static func expiry(in salt: String) -> Instant? {
        guard salt.utf8.count <= 64, let match = salt.wholeMatch(of: /[0-9a-f]{24}\?expires=([0-9]{1,12})&/) else {
            return nil
        }
        return Int64(match.1).map(Instant.init(seconds:))
    }
}
