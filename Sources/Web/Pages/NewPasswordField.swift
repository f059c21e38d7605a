import Identity

/// The field in which a new password is chosen, the same on every page that has one (`new-password.mustache`): the
/// rule before, and after a refusal the reason and what to do instead. Neither needs a script.
struct NewPasswordField {
    private let catalogue: Catalogue
    private let minimum: Int

    init(_ writer: PageWriter) {
        catalogue = writer.catalogue
        minimum = writer.settings.minimumPasswordLength
    }

    /// What the partial needs, to be merged into the page's own. `error`: the sentence of what is wrong.
    func context(_ error: String? = nil, advice: String? = nil, label: String = "password.label") -> [String: Any] {
        let least = ["minimum": String(minimum)]
        var context: [String: Any] = [
            "passwordLabel": catalogue.text(label), "passwordRule": catalogue.text("password.rule", least),
            "passwordMinimum": String(minimum), "passwordMore": catalogue.text("password.more", least),
            "passwordEnough": catalogue.text("password.enough"),
        ]
        context["passwordError"] = error
        context["passwordAdvice"] = advice
        return context
    }

    /// After a refusal.
    func context(_ problem: PasswordProblem?, label: String = "password.label") -> [String: Any] {
        guard let problem else { return context(label: label) }
        return context(sentence(problem), advice: advice(problem), label: label)
    }

    func sentence(_ problem: PasswordProblem) -> String { AccountProblemTexts(catalogue: catalogue).sentence(problem) }

    /// What to do instead, where the sentence does not say it already.
    func advice(_ problem: PasswordProblem) -> String? {
        switch problem {
        case .tooShort: catalogue.text("password.advice.short")
        case .tooLong: nil
        case .common, .breached, .personal: catalogue.text("password.advice.words")
        }
    }
}
