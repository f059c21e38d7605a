import OAuth

/// The forms that robots like: each makes mail, accounts or guesses (B025).
package enum CaptchaForm: String, Sendable, CaseIterable {
    case signUp = "sign_up"
    case signIn = "sign_in"
    case recovery
    case magicLink = "magic_link"
}

/// One form in front of one browser: what a puzzle is made for, and what it is good for.
package struct CaptchaPlace: Sendable {
    package let form: CaptchaForm
    package let browser: TokenDigest
    package let network: ClientNetwork
    /// The address as typed, where the form has been filled in: sign-in counts failures of it.
    package let address: String?

    package init(_ form: CaptchaForm, browser: TokenDigest, network: ClientNetwork, address: String? = nil) {
        self.form = form
        self.browser = browser
        self.network = network
        self.address = address
    }

    /// What a signature of this use covers, so that nothing made for one form or browser passes at another. The use and
    /// the form come from short lists without a NUL, and the digest has one length: no two places read alike.
    func message(_ use: String, _ rest: String = "") -> [UInt8] {
        Array(use.utf8) + [0] + Array(form.rawValue.utf8) + [0] + browser.bytes + Array(rest.utf8)
    }
}
