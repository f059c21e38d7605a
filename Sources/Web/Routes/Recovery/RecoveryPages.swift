import HTTPTypes
import Identity
import OAuth

/// The page that asks for the address.
struct RecoveryPage {
    var email = ""
    private(set) var error: String?
    private(set) var captchaError: String?
    private(set) var finding: Finding?
    private(set) var retryAfter: Int64?
    private(set) var status = HTTPResponse.Status.ok

    init(email: String = "") {
        self.email = email
    }

    /// - Parameter key: of the catalogue.
    mutating func refuse(_ key: String, _ finding: Finding) {
        error = key
        self.finding = finding
        status = .unprocessableContent
    }

    mutating func refuse(_ refusal: CaptchaSaying) {
        captchaError = refusal.sentence
        finding = refusal.finding
        retryAfter = refusal.retryAfter
        status = refusal.status
    }

    func context(_ catalogue: Catalogue, _ reference: String) -> [String: Any] {
        if let captchaError {
            return ["error": ["summary": captchaError, "fields": [[String: String]](), "reference": reference]]
        }
        guard let sentence = error.map({ catalogue.text($0) }) else { return [:] }
        return [
            "emailError": sentence,
            "error": [
                "summary": catalogue.text("error.summary.form"), "fields": [["id": "email", "message": sentence]],
                "reference": reference,
            ] as [String: Any],
        ]
    }
}

/// A new password as it was chosen, and what is wrong with it.
struct ChosenPassword {
    let account: Account
    var problem: PasswordProblem?
    var retryAfter: Int64?

    var status: HTTPResponse.Status {
        if retryAfter != nil { return .serviceUnavailable }
        return problem == nil ? .ok : .unprocessableContent
    }

    var finding: Finding? {
        if retryAfter != nil { return .hashingBusy }
        return problem == nil ? nil : .newPasswordRefused
    }

    func context(_ rooms: Rooms, _ reference: String) -> [String: Any] {
        let field = NewPasswordField(rooms.writer)
        let catalogue = rooms.pages.catalogue
        let label = "password.label_new"
        let busy = retryAfter.map { _ in catalogue.text("sign_in.busy") }
        var context = busy.map { field.context($0, label: label) } ?? field.context(problem, label: label)
        if let sentence = busy ?? problem.map(field.sentence) {
            context["error"] =
                [
                    "summary": catalogue.text("error.summary.form"),
                    "fields": [["id": "password", "message": sentence]], "reference": reference,
                ] as [String: Any]
        }
        return context
    }
}
