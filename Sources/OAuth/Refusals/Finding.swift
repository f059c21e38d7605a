/// What a check that failed found. Made where the refusal is made, and a refusal cannot be made without one, so
/// that `martlet explain` has a reason for each.
package struct Finding: Sendable, Equatable {
    package let check: CheckName
    package let seen: ShownText
    package let expected: ShownText
    /// What usually puts it right, in a sentence for the operator.
    package let repair: ShownText

    package init(_ check: CheckName, seen: ShownText, expected: ShownText, repair: ShownText) {
        self.check = check
        self.seen = seen
        self.expected = expected
        self.repair = repair
    }
}

/// The checks that stand between a request and its answer; the raw values are what `--json` prints.
package enum CheckName: String, Sendable, CaseIterable {
    // Any request
    case address
    case form
    case throttle
    case server
    // An authorization request
    case client
    case redirectAddress = "redirect_address"
    case request
    case scope
    case proofKey = "proof_key"
    case resource
    case claims
    case demands
    // Its person
    case pausedRequest = "paused_request"
    case browserBinding = "browser_binding"
    case session
    case factor
    case policy
    case consent
    // Signing in
    case formOrigin = "form_origin"
    case method
    case credentials
    case setupLink = "setup_link"
    case noticeLink = "notice_link"
    case invitation
    case captcha
    case signUpPolicy = "sign_up_policy"
    case mailProof = "mail_proof"
    case upstream
    // A client's own calls
    case clientProof = "client_proof"
    case grantType = "grant_type"
    case token
    case lifetime
    case singleUse = "single_use"

    /// As a person reads it.
    package var words: String { rawValue.replacing("_", with: " ") }
}
