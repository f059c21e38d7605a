/// In which order things are checked, for each kind of request. Written beside the rules that follow it; a test
/// holds the two together.
package enum Course {
    private static let request: [CheckName] = [
        .client, .redirectAddress, .request, .scope, .proofKey, .resource, .claims, .demands,
    ]
    private static let person: [CheckName] = [.session, .factor, .policy, .consent]

    /// `/authorize`.
    package static let authorization: [CheckName] = [.throttle, .form] + request + person
    /// The same request again, after a step of the person.
    package static let continuation: [CheckName] = [.pausedRequest, .browserBinding] + request + person
    /// The form of the sign-in page; the paused request only where there is one.
    /// - Parameter asksCaptcha: after failures.
    package static func signIn(forClient: Bool, asksCaptcha: Bool = false) -> [CheckName] {
        [.form, .formOrigin] + (forClient ? [.pausedRequest, .browserBinding, .client, .redirectAddress] : [])
            + [.method] + (asksCaptcha ? [.captcha] : []) + [.server, .throttle, .credentials]
    }
    /// Any other form of a page.
    package static let pageForm: [CheckName] = [.form, .formOrigin, .session]
    /// One that may be sent so often and no oftener.
    package static let boundedForm = pageForm + [.throttle]
    /// Setting up, changing or removing a second factor.
    package static let factorChange: [CheckName] = [.form, .formOrigin, .session, .policy, .throttle, .factor]
    package static let passwordChange: [CheckName] = [.form, .formOrigin, .session, .server, .throttle, .credentials]
    /// Asking for a mail about a forgotten password.
    package static let recovery: [CheckName] = [.form, .formOrigin, .captcha, .credentials]
    /// Asking for a link to sign in with.
    package static let magicLink: [CheckName] = [.form, .formOrigin, .method, .credentials, .captcha]
    /// Coming in by it, or by its code.
    package static let magicLinkEntry: [CheckName] = [.form, .formOrigin, .mailProof, .policy]
    /// To a provider, and back from it.
    package static let upstream: [CheckName] = [
        .form, .formOrigin, .method, .throttle, .upstream, .signUpPolicy, .policy,
    ]
    /// A new password by a link.
    package static let newPassword: [CheckName] = [.form, .formOrigin, .mailProof, .server, .credentials]
    package static let addressChange: [CheckName] = [.form, .formOrigin, .session, .credentials, .mailProof]
    /// Proving again who one is.
    package static let confirmation = passwordChange
    /// Proving a second factor: tries are counted before anything is looked at.
    package static let secondFactor: [CheckName] = [.form, .formOrigin, .session, .throttle, .factor]
    /// Signing in by a passkey alone; nobody guesses one, so that nothing is counted.
    package static func passkey(forClient: Bool) -> [CheckName] {
        [.form, .formOrigin] + (forClient ? [.pausedRequest, .browserBinding, .client, .redirectAddress] : [])
            + [.method, .credentials]
    }
    package static let setup: [CheckName] = [.setupLink]
    /// The link in the notice of a sign-in.
    package static let noticeLink: [CheckName] = [.noticeLink]
    package static let setupForm: [CheckName] = [.form, .formOrigin, .setupLink, .credentials]
    /// The form of the sign-up page.
    package static let signUp: [CheckName] = [
        .form, .formOrigin, .signUpPolicy, .credentials, .captcha, .throttle, .server,
    ]
    /// A link or a code from a mail; choosing a password comes after it.
    package static let mailProof: [CheckName] = [.form, .formOrigin, .mailProof, .credentials, .server]
    package static let invitation: [CheckName] = [.invitation]
    package static let invitationForm: [CheckName] = [.form, .formOrigin, .invitation, .credentials]
    package static let logout: [CheckName] = [.form, .client, .redirectAddress]
    /// What is asked of every address before anything else.
    package static let address: [CheckName] = [.address, .form]
    package static let server: [CheckName] = [.address, .form, .server]

    /// Introspection, revocation.
    package static let clientCall: [CheckName] = [.form, .client, .clientProof, .token]
    package static let userInfo: [CheckName] = [.form, .token, .scope]
    /// The token endpoint, before it knows which grant is asked for.
    package static let token: [CheckName] = [.form, .client, .clientProof, .grantType]
}
