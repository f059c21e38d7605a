import Cryptography

/// Proof Key for Code Exchange, RFC 7636. Only `S256` is spoken: `plain` proves nothing to an attacker
/// who can read the request (RFC 9700 §2.1.1).
package struct ProofKey: Sendable, Equatable {
    package let challenge: String

    /// Reads `code_challenge` from an authorization request (§4.3); `nil` when none is sent.
    package init?(_ parameters: Parameters) throws(OAuthError) {
        guard let challenge = parameters["code_challenge"] else {
            guard parameters["code_challenge_method"] == nil else {
                throw .invalidRequest("code_challenge is missing", .proofKeyMissing)
            }
            return nil
        }
        guard parameters["code_challenge_method"] == "S256" else {
            throw .invalidRequest(
                "code_challenge_method must be S256", .proofKeyMethod(parameters["code_challenge_method"]))
        }
        guard challenge.utf8.count == 43, Base64URL.decode(challenge) != nil else {
            throw .invalidRequest("code_challenge is not a base64url-encoded SHA-256", .proofKeyMalformed)
        }
        self.challenge = challenge
    }

    /// RFC 7636 §4.6. A verifier is required exactly when a challenge was sent (AZ8).
    package static func check(verifier: String?, against challenge: String?) throws(OAuthError) {
        guard let challenge else {
            guard verifier == nil else {
                throw .invalidGrant("code_verifier was sent but no code_challenge", .verifierUnasked)
            }
            return
        }
        guard let verifier, (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(isUnreserved) else {
            throw .invalidGrant("code_verifier is missing or malformed", .verifierMalformed)
        }
        let expected = Base64URL.encode(SHA256.digest(Array(verifier.utf8)))
        guard constantTimeEqual(Array(expected.utf8), Array(challenge.utf8)) else {
            throw .invalidGrant("code_verifier does not match code_challenge", .verifierWrong)
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
