import Identity

extension AccountProblem.Field {
    /// The name of the form field, which is also its id.
    var name: String {
        switch self {
        case .name: "name"
        case .email: "email"
        case .username: "username"
        case .password: "password"
        }
    }
}

/// What is wrong with a field, in a sentence that says what to do.
struct AccountProblemTexts {
    let catalogue: Catalogue

    func sentence(_ problem: AccountProblem) -> String {
        switch problem.kind {
        case .missing: catalogue.text("setup.\(problem.field.name)_missing")
        case .tooLong:
            catalogue.text(
                "setup.\(problem.field.name)_long",
                ["maximum": String(problem.field == .username ? Username.longest : PersonName.longest)])
        case .malformed: catalogue.text("setup.\(problem.field.name)_invalid")
        case .taken: catalogue.text("setup.\(problem.field.name)_taken")
        case .domainNotAdmitted: catalogue.text("setup.email_domain")
        case .password(let problem): sentence(problem)
        }
    }

    func sentence(_ problem: PasswordProblem) -> String {
        switch problem {
        case .tooShort(let minimum): catalogue.text("setup.password_short", ["minimum": String(minimum)])
        case .tooLong: catalogue.text("setup.password_long", ["maximum": "1024"])
        case .common: catalogue.text("setup.password_common")
        case .breached: catalogue.text("setup.password_breached")
        case .personal: catalogue.text("setup.password_personal")
        }
    }
}
