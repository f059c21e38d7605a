import HTTPTypes
import Identity
import OAuth

/// What the sign-up page shows: what was typed, but the password, and what is wrong with it.
struct SignUpPage {
    let onward: Onward
    var request: AuthorizationRequest?
    var name = ""
    var email = ""
    var username = ""
    var status = HTTPResponse.Status.ok
    var retryAfter: Int64?
    var finding: Finding?
    private var reference = ""
    private var summary: String?
    private var faults: [(field: String, sentence: String)] = []
    private var password: PasswordProblem?

    init(onward: Onward) {
        self.onward = onward
    }

    init(_ form: OAuth.Parameters, reference: String) {
        onward = Onward(form)
        name = form["name"] ?? ""
        email = form["email"] ?? ""
        username = form["username"] ?? ""
        self.reference = reference
    }

    mutating func say(_ problems: [AccountProblem], _ texts: AccountProblemTexts) {
        status = .unprocessableContent
        finding = .signUpFieldsRefused
        faults = problems.map { ($0.field.name, texts.sentence($0)) }
        password = problems.passwordProblem
        summary = texts.catalogue.text("error.summary.form")
    }

    mutating func say(_ saying: CaptchaSaying) {
        status = saying.status
        retryAfter = saying.retryAfter
        finding = saying.finding
        summary = saying.sentence
    }

    mutating func sayThrottled(by limit: String, _ seconds: Int64, _ catalogue: Catalogue) {
        status = .tooManyRequests
        retryAfter = seconds
        finding = .signUpThrottled(by: limit, retryAfter: seconds)
        summary = SignInTexts(catalogue: catalogue).throttled(seconds)
    }

    mutating func sayBusy(_ seconds: Int64, _ catalogue: Catalogue) {
        status = .serviceUnavailable
        retryAfter = seconds
        finding = .passwordsBusy
        summary = catalogue.text("sign_in.busy")
    }

    func context(_ rooms: Rooms) -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "onward": onward.fields, "name": name, "email": email, "username": username,
            "asksUsername": rooms.signUp.policy.usernames == .optional,
            "signInURL": onward.address("/sign-in"),
        ]
        context["heading"] =
            request.map { catalogue.text("sign_up.heading_client", ["client": $0.client.name]) }
            ?? catalogue.text("sign_up.heading", ["issuer": rooms.settings.serviceName])
        if rooms.signUp.policy.mode == .domains {
            let domains = rooms.signUp.policy.domains.joined(separator: ", ")
            context["emailHint"] = catalogue.text("sign_up.domains", ["domains": domains])
        }
        if let request { context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri) }
        let field = NewPasswordField(rooms.writer)
        context.merge(field.context(password)) { $1 }
        for fault in faults { context[fault.field + "Error"] = fault.sentence }
        let description = [("emailHint", "email-hint"), ("emailError", "email-error")]
            .filter { context[$0.0] != nil }.map(\.1)
        if !description.isEmpty { context["emailDescription"] = description.joined(separator: " ") }
        if let summary {
            let fields = faults.map { ["id": $0.field, "message": $0.sentence] }
            context["error"] = ["summary": summary, "fields": fields, "reference": reference] as [String: Any]
        }
        return context
    }
}

extension [AccountProblem] {
    /// What the password's field gives advice on.
    var passwordProblem: PasswordProblem? {
        for case .password(let problem) in lazy.map(\.kind) { return problem }
        return nil
    }
}
