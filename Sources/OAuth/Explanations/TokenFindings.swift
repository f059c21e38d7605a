/// What is found at the token endpoint and wherever a token is presented. Tokens and codes are never shown.
extension Finding {
    static func grantUnknown(_ name: String, spoken: [String]) -> Finding {
        Finding(
            .grantType, seen: .sent(name), expected: .known(spoken.joined(separator: ", ")),
            repair: "Set the app to the authorization code flow, or to client_credentials for a service of its own.")
    }

    static let codeUnknown = Finding(
        .token, seen: "a code that is not known here (not shown)",
        expected: "a code issued here within the last minutes",
        repair: """
            Check that the app sends the code as it came, form-encoded once, to the same issuer; codes vanish a day \
            after their minute.
            """)

    static func codeOfAnother(_ owner: String) -> Finding {
        Finding(
            .token, seen: .known("a code issued to \(owner)"), expected: "a code issued to the client that brings it",
            repair: """
                Two apps share a redirect address or a settings file; give each its own. If neither is yours, \
                somebody tries a stolen code.
                """)
    }

    static func expired(_ what: String, since end: Instant, setting: String) -> Finding {
        Finding(
            .lifetime, seen: .known("\(what) that ended at \(end)"), expected: .known("a live one (\(setting))"),
            repair: what.contains("code")
                ? "The app must exchange the code at once; look for a slow proxy or a clock that is wrong between two servers."
                : "The person signs in again; raise the setting if they must too often.")
    }

    static func exchangeRedirect(_ presented: String?, sentTo registered: String) -> Finding {
        let difference = presented.flatMap { AddressDifference($0, among: [registered]) }
        return Finding(
            .redirectAddress, seen: presented.map(ShownText.sentAddress) ?? "nothing",
            expected: .known(registered + (difference.map { " (the difference: \($0.words))" } ?? "")),
            repair: """
                Let the app send the same redirect_uri when it exchanges the code as when it asked for it; behind a \
                proxy, apps often build it with http or another host.
                """)
    }

    static let verifierUnasked = Finding(
        .proofKey, seen: "code_verifier, but the request had no code_challenge", expected: "both, or neither",
        repair: "Let the app send code_challenge with the authorization request; something drops it on the way.")

    static let verifierMalformed = Finding(
        .proofKey, seen: "no code_verifier, or one of a wrong form (not shown)",
        expected: "code_verifier of 43 to 128 unreserved letters",
        repair: "Let the app send the code_verifier it made for this sign-in (RFC 7636 §4.1).")

    static let verifierWrong = Finding(
        .proofKey, seen: "a code_verifier that does not match (not shown)",
        expected: "the one whose SHA-256 was sent as code_challenge",
        repair: """
            The app mixes up two sign-ins, or keeps the verifier in one server and finishes on another: keep it in \
            the session of the browser.
            """)

    static let codeReplayed = Finding(
        .singleUse, seen: "a code that was used before", expected: "a code used once",
        repair: """
            If the app sends a code twice (a reload of its callback page, a retry), it must not. Otherwise the code \
            leaked: what was issued for it has ended, and the log has reuse_detected from the first time.
            """)

    static let refreshUnknown = Finding(
        .token, seen: "a refresh token that is not known here, or not this client's (not shown)",
        expected: "a refresh token issued to this client",
        repair: """
            The person signs in again. If it happens to many: was the database restored or the app's registration \
            replaced?
            """)

    static let refreshReplayed = Finding(
        .singleUse, seen: "a refresh token that was used before", expected: "the newest refresh token of the family",
        repair: """
            The whole family has ended; the person signs in again. An app with several processes must share one \
            refresh token, or refresh in one of them only.
            """)

    static let lostRace = Finding(
        .singleUse, seen: "a code or token that ended while it was being used", expected: "a live one",
        repair: """
            Try again from the sign-in; two requests brought the same code or token at the same time, or it was \
            revoked meanwhile.
            """)

    static func authorizationEnded(_ grant: Grant) -> Finding {
        Finding(
            .lifetime,
            seen: .known(
                grant.revokedAt.map { "an authorization revoked at \($0)" } ?? """
                    an authorization that ended at \(grant.expiresAt)
                    """),
            expected: "a live authorization", repair: .known(repair(of: grant)))
    }

    /// What follows from why it ended.
    private static func repair(of grant: Grant) -> String {
        guard grant.revokedAt != nil else {
            return "The person signs in again: its time was over "
                + "(lifetimes.\(grant.isOffline ? "refresh_absolute" : "online_grant"))."
        }
        switch grant.ending {
        case .codeReused:
            return "A code was used a second time, which ended what was issued for it: see reuse_detected in martlet "
                + "audit. The person signs in again; an app that sends a code twice must not."
        case .refreshTokenReused:
            return "An earlier refresh token was used a second time, which ended the whole family: see reuse_detected "
                + "in martlet audit. The person signs in again. An app with several processes must share one refresh "
                + "token, or refresh in one of them only."
        case .sessionEnded: return "The person signs in again: they signed out, or their session was ended elsewhere."
        case .accessTakenAway: return "The person took the app's access away; they allow it anew by signing in."
        case .revokedByClient: return "The app itself revoked the token; the person signs in again."
        case .accountDisabled: return "The account was disabled; once it is active again, the person signs in again."
        case .endedByOperator: return "An operator ended what apps held; the person signs in again."
        case .credentialsChanged:
            return "The person changed their password or address and ended what was open elsewhere; they sign in again."
        case .accountRecovered: return "The person got their account back by mail, which ends all; they sign in again."
        case .clientRemoved: return "The app was removed and registered again; the person signs in again."
        case nil:
            return "The person signs in again: they signed out, took the app's access away, or a token was used twice."
        }
    }

    static func registrationNarrowed(_ grant: Grant, _ client: Client) -> Finding {
        Finding(
            .policy, seen: .known("allowed were \(grant.scopes.description)"),
            expected: .known("of the registered \(client.scopes.description)"),
            repair: .known(
                """
                The registration was changed since: let the person sign in again, or put the scope or resource back \
                (martlet client show \(client.id) shows what it has now).
                """))
    }

    static func levelOutdated(_ grant: Grant) -> Finding {
        Finding(
            .policy, seen: .known("a sign-in at \(grant.authentication.level)"),
            expected: """
                the level that its scopes (second_factor.scope_levels) and the person's roles (second_factor.role_levels) \
                demand by now
                """,
            repair: "More is demanded than when the person signed in: let the app send them to sign in again.")
    }

    static func personRefused(_ subject: Subject?, _ client: Client) -> Finding {
        guard let subject, subject.isActive else {
            return Finding(
                .policy, seen: subject == nil ? "an account that is gone" : "an account that is disabled",
                expected: "an active account",
                repair: """
                    See the account with martlet user list; only an active one gets tokens.
                    """)
        }
        return roleMissing(client, subject)
    }

    static func publicOnItsOwn(_ client: Client) -> Finding {
        Finding(
            .policy, seen: .known("\(client.id), a public client"), expected: "a confidential client",
            repair: "Register the service without --public: martlet client add NAME --grant client_credentials.")
    }

    static func tokenOfAnother(_ owner: String) -> Finding {
        Finding(
            .token, seen: .known("a token issued to \(owner)"), expected: "a token issued to the client that asks",
            repair: "Only the client a token was issued to can revoke it; a person can under /account.")
    }

    package static let bearerMissing = Finding(
        .token, seen: "no access token", expected: "Authorization: Bearer and an access token",
        repair: """
            Let the app send the access token in the Authorization header; behind a proxy, check that it passes the \
            header on.
            """)

    static let bearerDead = Finding(
        .token, seen: "an access token that is unknown, expired, revoked, or not for this server (not shown)",
        expected: "a live access token for userinfo",
        repair: """
            Let the app refresh or ask anew: access tokens end after lifetimes.access_token, at sign-out, and when \
            access is taken away. One for another resource does not open userinfo.
            """)

    static let openidMissing = Finding(
        .scope, seen: "an access token without openid", expected: "the scope openid",
        repair: "Let the app ask for the scope openid when people sign in.")

    static func keyMissing(_ algorithm: String) -> Finding {
        Finding(
            .server, seen: .known("no key for \(algorithm)"), expected: .known("a signing key for \(algorithm)"),
            repair: .known(
                """
                Add \(algorithm) to the setting signing.algorithms, or register the client for another algorithm; \
                martlet key list shows what there is.
                """))
    }
}
