import OAuth

/// What an operator decides about captchas.
package struct CaptchaRules: Sendable {
    package var signUp = true
    /// Sign-in asks after so many failures of a browser, a network or an address; 0 asks always.
    package var signInAfter = 3
    package var recovery = true
    package var magicLink = true

    package init() {}

    /// Whether the form always asks; sign-in by what went before.
    func alwaysAsks(_ form: CaptchaForm) -> Bool {
        switch form {
        case .signUp: signUp
        case .signIn: signInAfter <= 0
        case .recovery: recovery
        case .magicLink: magicLink
        }
    }
}

/// Who judges.
package enum CaptchaJudge: Sendable {
    case nobody
    case proofOfWork(ProofOfWork)
    case hosted(HostedCaptcha)
}
