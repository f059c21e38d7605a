/// HMAC with SHA-1, RFC 2104: what authenticator apps compute (RFC 4226 §5.2). That SHA-1 collides does not weaken it
/// there (RFC 6238 §1.2); nothing new is to be built on it.
package enum HMACSHA1 {
    package static let byteCount = 20

    package static func authenticate(_ message: [UInt8], key: [UInt8]) throws -> [UInt8] {
        try LegacyDigest.sha1.authenticate(message, key: key)
    }
}
