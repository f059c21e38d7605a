/// What is found about the person, their browser and what they may do.
extension Finding {
    package static let requestLost = Finding(
        .pausedRequest, seen: "a sign-in that is unknown, finished or expired",
        expected: "one that was begun within lifetimes.pending_authorization and is not finished",
        repair: """
            Go back to the app and sign in again; a bookmarked sign-in page, or one left open overnight, ends like \
            this.
            """)

    static let otherBrowser = Finding(
        .browserBinding, seen: "another browser than the one that began", expected: "the browser that began",
        repair: """
            Sign in from the app in the same browser. If it was the same: its cookies are blocked or were cleared, \
            or the app opens another window with cookies of its own.
            """)

    static let finishedElsewhere = Finding(
        .session, seen: "a sign-in that was finished in another tab, or whose session has ended meanwhile",
        expected: "one open sign-in with a live session", repair: "Go back to the app and sign in again.")

    static let nobodySignedIn = Finding(
        .session, seen: "nobody signed in on this browser", expected: "somebody, for the app asked with prompt=none",
        repair: """
            That is a normal answer to prompt=none: the app must now ask without it. If somebody was signed in, the \
            browser keeps our cookies from the app's frame.
            """)

    static func otherPerson(seen subject: String) -> Finding {
        Finding(
            .session, seen: .known("signed in: \(subject)"), expected: "the person named by id_token_hint or claims",
            repair: "Sign out and sign in as the person the app means, or let the app leave id_token_hint out.")
    }

    static func signInTooOld(seconds: Int64, limit: Int64?) -> Finding {
        Finding(
            .session, seen: .known("a sign-in \(seconds) seconds old"),
            expected: .known(limit.map { "at most \($0) seconds (max_age)" } ?? "a new sign-in"),
            repair: "The app must ask without prompt=none, so that the person can sign in anew.")
    }

    static func levelNotReached(_ level: String, demanded: String) -> Finding {
        Finding(
            .factor, seen: .known(level), expected: .sent(demanded),
            repair: """
                The app, a scope (second_factor.scope_levels) or a role (second_factor.role_levels) demands an acr that \
                this sign-in does not reach. Without prompt=none a person with a second factor is asked for it; one that \
                is set up raises the level, a passkey most.
                """)
    }

    static func levelNotProven(_ level: String, demanded: String) -> Finding {
        Finding(
            .factor, seen: .known(level), expected: .sent(demanded),
            repair: """
                The person has a second factor that reaches the acr, and has not proven it: the app must ask without \
                prompt=none.
                """)
    }

    static let factorMissing = Finding(
        .factor, seen: "a sign-in whose second factor has not been proven", expected: "a proven second factor",
        repair: """
            The app must ask without prompt=none, so that the person can prove it. An app that may do without is named in \
            second_factor.exempt_clients.
            """)

    static func factorTooOld(seconds: Int64?, limit: Int64) -> Finding {
        Finding(
            .factor,
            seen: .known(
                seconds.map { "a second factor proven \($0) seconds ago" } ?? "no second factor proven in this session"),
            expected: .known("one at most \(limit) seconds old (max_age)"),
            repair: """
                The app must ask without prompt=none, so that the person can prove it anew; a remembered browser and an \
                exempt role do not stand for it.
                """)
    }

    static let enrolmentMissing = Finding(
        .factor, seen: "a person without a second factor, whose time to set one up is over",
        expected: "a second factor that is set up",
        repair: """
            The app must ask without prompt=none, so that the person can set one up. Who must is said by \
            second_factor.required_roles and second_factor.required_clients, and how soon by second_factor.grace.
            """)

    static let enrolmentClosed = Finding(
        .factor, seen: "a person who must set up a second factor, and for whom there is none to set up",
        expected: "a kind of second factor that this person may set up",
        repair: """
            Have totp or passkey in second_factor.methods: mail_code alone is nothing for people who come in by their \
            mailbox. Who must set one up is said by second_factor.required_roles and second_factor.required_clients.
            """)

    static func methodNotAccepted(_ proofs: [String], _ client: Client) -> Finding {
        Finding(
            .factor, seen: .known("a sign-in by " + proofs.map(Authentication.methodName).joined(separator: ", ")),
            expected: .known("one by " + client.policy.signInMethods.joined(separator: " or ")),
            repair: .known(
                "The app must ask without prompt=none, so that the person can sign in its way; or change "
                    + "martlet_sign_in_methods: \(Repair.edit(client.id))."))
    }

    package static func roleMissing(_ client: Client, _ subject: Subject) -> Finding {
        let role = client.policy.requiredRoles.first ?? ""
        return Finding(
            .policy,
            seen: .known(subject.roles.isEmpty ? "no roles" : "roles " + subject.roles.joined(separator: ", ")),
            expected: .known("one of the roles " + client.policy.requiredRoles.joined(separator: ", ")),
            repair: .known(
                "Give the role if the person should get in: martlet user role ADDRESS --add \(role); or change "
                    + "its roles: martlet client update \(client.id) --add-role or --remove-role."))
    }

    static func consentMissing(_ scopes: ScopeSet) -> Finding {
        Finding(
            .consent, seen: "no consent to all that is asked for", expected: .known("consent to \(scopes.description)"),
            repair: """
                That is a normal answer to prompt=none: the app must ask without it once. An app of your own can be \
                registered with martlet client add --first-party.
                """)
    }

    package static let consentDenied = Finding(
        .consent, seen: "the person said no", expected: "consent",
        repair: "Nothing is broken. Whoever said no by mistake can begin again at the app.")
}
