/// Why an answer of a browser or an authenticator does not hold (WebAuthn §7).
package enum WebAuthnFault: String, Error, Sendable, CaseIterable {
    case malformed
    case wrongType = "wrong_type"
    case wrongChallenge = "wrong_challenge"
    case wrongOrigin = "wrong_origin"
    case wrongRelyingParty = "wrong_relying_party"
    case notPresent = "not_present"
    case notVerified = "not_verified"
    /// Backed up without being eligible, or eligible at one time and not at another (WebAuthn §6.1.3).
    case wrongBackupState = "wrong_backup_state"
    case unsupportedKey = "unsupported_key"
    case wrongSignature = "wrong_signature"
}
