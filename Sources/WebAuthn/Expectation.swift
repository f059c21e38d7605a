import Cryptography

/// What an answer must say to be one to what was asked.
package struct Expectation: Sendable {
    let challenge: [UInt8]
    let origin: String
    let relyingPartyHash: [UInt8]
    let isVerificationRequired: Bool

    /// - Parameters:
    ///   - origin: `scheme://host[:port]`, the one page that may ask (WebAuthn §13.4.9).
    ///   - relyingPartyID: a host name.
    ///   - isVerificationRequired: whether the authenticator must have known its person.
    package init(challenge: [UInt8], origin: String, relyingPartyID: String, isVerificationRequired: Bool) {
        self.challenge = challenge
        self.origin = origin
        relyingPartyHash = SHA256.digest(Array(relyingPartyID.utf8))
        self.isVerificationRequired = isVerificationRequired
    }

    /// Steps 13 to 16 of WebAuthn §7.1.
    func check(_ data: AuthenticatorData) throws(WebAuthnFault) {
        guard constantTimeEqual(data.relyingPartyHash, relyingPartyHash) else { throw .wrongRelyingParty }
        guard data.flags.contains(.isPresent) else { throw .notPresent }
        guard data.flags.contains(.isVerified) || !isVerificationRequired else { throw .notVerified }
    }
}
