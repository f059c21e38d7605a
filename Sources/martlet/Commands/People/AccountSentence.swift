import Identity

/// What is wrong with an account, for somebody at the command line.
enum AccountSentence {
    static func text(_ problem: AccountProblem) -> String {
        let field =
            switch problem.field {
            case .name: "the name"
            case .email: "the e-mail address"
            case .username: "the username"
            case .password: "the password"
            }
        switch problem.kind {
        case .missing: return "\(field) is missing; give one"
        case .tooLong: return "\(field) is too long; give a shorter one"
        case .malformed: return "\(field) holds something that it may not hold; write it more plainly"
        case .taken: return "\(field) belongs to an account already; give another, or sign in with it"
        case .domainNotAdmitted: return "\(field) has a domain that may not sign up; give another"
        case .password(let problem): return "\(field) \(text(problem))"
        }
    }

    private static func text(_ problem: PasswordProblem) -> String {
        switch problem {
        case .tooShort(let minimum): "is too short; give at least \(minimum) characters, such as four words"
        case .tooLong: "is too long; give at most 1024 bytes"
        case .common: "is among the first that would be guessed; give another"
        case .breached: "was leaked somewhere before; give another"
        case .personal: "is made mostly of your name, your address or this service's name; give another"
        }
    }
}
