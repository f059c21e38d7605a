import Identity
import OAuth

extension Finding {
    /// - Parameter client: `nil` for the server itself.
    static func providerNotOffered(_ client: Client?) -> Finding {
        Finding(
            .method, seen: "a provider that is not offered",
            expected: .known(client?.policy.signInMethods.joined(separator: ", ") ?? "one of sign_in.methods"),
            repair: .known(
                client.map { "Add the provider's id to martlet_sign_in_methods of \($0.id), or press another button." }
                    ?? "Give the provider its client_id and secret below providers, and name it in sign_in.methods."))
    }

    /// - Parameter provider: `nil` when there is none of that id.
    static func upstreamFailed(_ fault: UpstreamFault, _ provider: UpstreamProvider?) -> Finding {
        let name = provider?.id ?? "a provider"
        let (seen, expected, repair) = parts(fault, name)
        return Finding(.upstream, seen: seen, expected: expected, repair: .known(repair))
    }

    private static func parts(_ fault: UpstreamFault, _ name: String) -> (ShownText, ShownText, String) {
        switch fault {
        case .denied:
            ("error=access_denied", "a code", "The person said no at \(name); nothing is wrong.")
        case .refused(let seen):
            (seen, "a code", "\(name) refused the request: its page for developers says what the error means.")
        case .state(let state):
            (
                .known("a state that is \(state.rawValue.replacing("_", with: " ")) (not shown)"),
                "the state of an attempt of this browser, used once within 10 minutes",
                """
                The person begins again. If it happens to many, cookies are not kept, or people come back by another host \
                name than the issuer's.
                """
            )
        case .issuer(let seen):
            (seen, .known("the issuer of \(name), as its answer must say (RFC 9207)"), mixUp(name))
        case .unavailable(let seen):
            (
                seen, .known("an answer of \(name) within 5 seconds and 1 MiB, over TLS that can be checked"),
                outage(name)
            )
        case .answer(let seen):
            (seen, .known("an answer of \(name) as it documents it"), outage(name))
        case .exchange(let seen):
            (
                seen, "tokens for the code",
                """
                Compare client_id, secret and the callback address with what is registered at \(name); martlet check \
                prints the address.
                """
            )
        case .idToken(let seen):
            (seen, .known("an ID token of \(name) that passes every check"), mixUp(name))
        case .identity(let seen):
            (
                seen, .known("somebody whom the settings of \(name) admit"),
                "Compare organisation, team and scopes below providers.\(name) with what is registered there."
            )
        case .off:
            (
                "a provider that is not, or no longer, configured", "one of those below providers",
                "Give it its client_id and secret; a warning at start says what is missing."
            )
        }
    }

    private static func mixUp(_ name: String) -> String {
        "Somebody else may have answered in the place of \(name): compare issuer, base_url and clock."
    }

    private static func outage(_ name: String) -> String {
        "Run martlet check: it asks \(name) and says what is wrong. Other ways to sign in are not touched."
    }

    static func upstreamNotAdmitted(_ policy: SignUpPolicy) -> Finding {
        Finding(
            .signUpPolicy, seen: "somebody whom no account is connected with",
            expected: .known("sign_up.mode open, or domains with theirs; it is \(policy.mode.rawValue)"),
            repair: """
                Who has an account signs in the usual way and connects the provider under Security; or let people sign up.
                """)
    }

    static let upstreamPersonInactive = Finding(
        .policy, seen: "somebody whose account is disabled or deleted", expected: "an active account",
        repair: "martlet user enable lets them in again.")

    static let upstreamOvertaken = Finding(
        .policy, seen: "an account, a session or an address that changed meanwhile",
        expected: "what it was when it began",
        repair: "The person begins again.")

    static let upstreamOwnedElsewhere = Finding(
        .policy, seen: "an account at a provider that is connected with somebody else here",
        expected: "one that nobody has",
        repair: """
            The person signs in by it, and finds which account that is; there it can be disconnected. Nothing was changed.
            """)

    static let lastWayIn = Finding(
        .policy, seen: "the only way in that is left", expected: "another way in",
        repair: "The person sets a password or connects another provider first.")
}
