import HTTPTypes
import Identity
import OAuth

/// What the sign-in page shows.
struct SignInPage {
    var step: AuthorizationStep?
    var request: AuthorizationRequest?
    var onward = Onward.account
    /// Of the paused request, as it was presented.
    var handle: String?
    /// What has just been done here: the last part of `sign_in.notice.…`.
    var done: String?
    var email = ""
    var isLocked = false
    /// Somebody signed in wants to be another person.
    var isSwitching = false
    var emailError: String?
    var passwordError: String?
    var summary: String?
    var retryAfter: Int64?
    var isBusy = false
    /// What is said to somebody who came back from a provider.
    var upstream: UpstreamSaying?
    /// What a captcha has to say, if it did not let the form pass.
    var captcha: CaptchaSaying?

    var isComplete: Bool { emailError == nil && passwordError == nil }

    /// A passkey was offered, and did not do.
    var isPasskeyRefused = false

    /// The reference of the request, shown with what is wrong.
    var reference: String?

    mutating func say(_ answer: PasswordRefusal.Answer, _ texts: SignInTexts) {
        switch answer {
        case .wrong: summary = texts.catalogue.text("sign_in.wrong")
        case .throttled(let seconds):
            retryAfter = seconds
            summary = texts.throttled(seconds)
        case .busy(let seconds):
            retryAfter = seconds
            isBusy = true
            summary = texts.catalogue.text("sign_in.busy")
        }
    }

    mutating func say(_ saying: CaptchaSaying) {
        captcha = saying
        summary = saying.sentence
        retryAfter = saying.retryAfter
    }

    mutating func say(_ saying: UpstreamSaying) {
        upstream = saying
        summary = saying.sentence
        retryAfter = saying.retryAfter
    }

    /// The checks of a sign-in, up to the one that failed.
    func examination(_ finding: Finding, _ guest: Guest, subject: String? = nil) -> Examination {
        var established = Established(guest)
        established.values[.method] = isPasskeyRefused ? "passkey" : "password"
        established.subject = subject
        if let request {
            established.values[.browserBinding] = "the browser that began"
            established.values[.client] = .known(request.client.id)
            established.values[.redirectAddress] = .known(request.returnAddress.uri)
            established.clientID = request.client.id
        }
        let course =
            isPasskeyRefused
            ? Course.passkey(forClient: request != nil)
            : Course.signIn(forClient: request != nil, asksCaptcha: captcha != nil)
        return Examination(finding, in: course, established: established)
    }

    var status: HTTPResponse.Status {
        if let upstream { return upstream.status }
        if let captcha { return captcha.status }
        if isBusy { return .serviceUnavailable }
        return retryAfter == nil ? .unprocessableContent : .tooManyRequests
    }

    mutating func check(_ form: OAuth.Parameters, catalogue: Catalogue) {
        if email.isEmpty {
            emailError = catalogue.text("sign_in.email_missing")
        } else if EmailAddress(email) == nil {
            emailError = catalogue.text("sign_in.email_invalid")
        }
        if form["password"] == nil { passwordError = catalogue.text("sign_in.password_missing") }
        if !isComplete { summary = catalogue.text("error.summary.form") }
    }

    func context(_ rooms: Rooms) -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = ["email": email, "emailLocked": isLocked, "switching": isSwitching]
        context["heading"] =
            request.map { catalogue.text("sign_in.heading_client", ["client": $0.client.name]) }
            ?? catalogue.text("sign_in.heading")
        if let request { context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri) }
        if let notice = notice(catalogue, rooms) { context["notice"] = notice }
        context["onward"] = onward.fields
        context["emailError"] = emailError
        context["passwordError"] = passwordError
        if let summary {
            let faults = [("email", emailError), ("password", passwordError)].compactMap { id, message in
                message.map { ["id": id, "message": $0] }
            }
            context["error"] = ["summary": summary, "fields": faults, "reference": reference ?? ""] as [String: Any]
        }
        return context
    }

    private func notice(_ catalogue: Catalogue, _ rooms: Rooms) -> String? {
        let service = ["issuer": rooms.settings.serviceName]
        switch step {
        case .signIn(.fresh): return catalogue.text("sign_in.fresh")
        case .signIn(.create) where rooms.signUp.policy.mode == .invitation:
            return catalogue.text("sign_in.create_invitation", service)
        case .signIn(.create) where !rooms.offersSignUp:
            return catalogue.text("sign_in.create_unavailable", service)
        default:
            guard let done, catalogue.has("sign_in.notice.\(done)") else { return nil }
            return catalogue.text("sign_in.notice.\(done)", service)
        }
    }
}

extension SignInPage {
    /// As it was typed, but for the password.
    init(_ form: OAuth.Parameters, reference: String) {
        self.init(email: form["email"] ?? "")
        self.reference = reference
        onward = Onward(form)
        handle = form["request"]
    }
}
