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

    static func levelNotReached(_ level: String, demanded: [String]) -> Finding {
        Finding(
            .factor, seen: .known(level), expected: .sent(demanded.joined(separator: " or ")),
            repair: .known(
                "The app demands an acr that this sign-in does not reach; it can ask for "
                    + AuthenticationLevel.reachable.joined(separator: " or ") + "."))
    }

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
