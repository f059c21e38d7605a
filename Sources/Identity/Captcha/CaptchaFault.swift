import OAuth

/// What is wrong with an answer; the raw value is what the audit log says.
package enum CaptchaFault: String, Sendable, CaseIterable, Error {
    case malformed
    /// Not signed here for this form and this browser.
    case notGenuine = "not_genuine"
    case wrong
    case spent
    /// Answered faster than a person can (IN9).
    case tooFast = "too_fast"
    /// The page had no captcha, or was made for another browser or form.
    case notShown = "not_shown"
    /// Solved too late, and more often than may pass like that.
    case expired
    /// Without a script, and more often than may be.
    case withoutScript = "without_script"
    /// More answers from one network than we ask a provider about.
    case tooMany = "too_many"
    /// Nothing sent, where a provider's widget must have been used.
    case unanswered
    /// The provider says no.
    case denied
    case wrongHost = "wrong_host"
    case wrongAction = "wrong_action"
    /// The provider does not take our key.
    case wrongKey = "wrong_key"
    /// No usable answer of the provider.
    case unavailable
}

/// A form is kept, and nothing is done (B025).
package struct CaptchaRefusal: Sendable, Equatable {
    package let fault: CaptchaFault
    /// Seconds until the limit that refused is open again.
    package let retryAfter: Int64?
    /// For the operator: how a provider's answer failed.
    package let detail: ShownText?

    package init(_ fault: CaptchaFault, retryAfter: Int64? = nil, detail: ShownText? = nil) {
        self.fault = fault
        self.retryAfter = retryAfter
        self.detail = detail
    }
}

package enum CaptchaOutcome: Sendable, Equatable {
    case passed
    case refused(CaptchaRefusal)
}
