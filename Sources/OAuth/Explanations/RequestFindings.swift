/// What is found in an authorization request once client and redirect address are right.
extension Finding {
    package static func form(seen: ShownText, expected: ShownText) -> Finding {
        Finding(
            .form, seen: seen, expected: expected,
            repair: """
                The app, or something between it and this server, builds the request wrongly: compare what it sends \
                with RFC 6749 §3.
                """)
    }

    static func missing(_ name: String) -> Finding {
        let (check, repair) = place(of: name)
        return Finding(check, seen: "nothing", expected: .known(name), repair: .known(repair))
    }

    /// Where a parameter that is required belongs.
    private static func place(of name: String) -> (CheckName, String) {
        switch name {
        case "token": (.token, "Let the app send the token in the body, as token=…")
        case "code", "refresh_token":
            (
                .token,
                """
                Let the app send \(name) in the body; libraries do when they are given it.
                """
            )
        case "grant_type": (.grantType, "Let the app send grant_type, e.g. authorization_code.")
        case "scope": (.scope, "Let the app ask for scopes, e.g. openid profile email.")
        default: (.request, "Let the app send \(name).")
        }
    }

    static func unspoken(_ name: String) -> Finding {
        Finding(
            .request, seen: .known(name), expected: .known("a request without \(name)"),
            repair: .known(
                """
                Switch off \(name) (request objects, dynamic registration) in the app; send plain parameters.
                """))
    }

    static func responseType(_ presented: String?) -> Finding {
        Finding(
            .request, seen: .known("response_type \(ShownText.sent(presented).text)"), expected: "response_type code",
            repair: "Set the app to the authorization code flow; implicit and hybrid flows are not spoken here.")
    }

    static func withoutGrant(_ type: String, _ client: Client, at check: CheckName) -> Finding {
        Finding(
            check,
            seen: .known("\(client.id), registered for \(client.grantTypes.map(\.rawValue).joined(separator: ", "))"),
            expected: .known("a registration for \(type)"),
            repair: .known("If the app needs it, \(Repair.add("grant_types", client.id))."))
    }

    static func responseMode(_ presented: String?, _ client: Client) -> Finding {
        Finding(
            .request, seen: .known("response_mode \(ShownText.sent(presented).text)"),
            expected: .known(client.responseModes.map(\.rawValue).joined(separator: " or ")),
            repair: .known("Let the app leave response_mode out, or \(Repair.change("response_modes", client.id))."))
    }

    static func tooLong(_ name: String, limit: Int, length: Int) -> Finding {
        Finding(
            .request, seen: .known("\(name) of \(length) bytes"), expected: .known("\(limit) bytes at most"),
            repair: .known("Let the app keep what it puts into \(name) itself, and send a short key to it."))
    }

    static func scopeUnregistered(_ presented: ScopeSet, allowed: ScopeSet, _ client: Client) -> Finding {
        let excess = presented.subtracting(allowed)
        return Finding(
            .scope, seen: .sent(excess.isEmpty ? "no scope that it may have" : excess.description),
            expected: .known(allowed.isEmpty ? "no scope at all" : "of " + allowed.description),
            repair: .known(
                "Take it from the scopes the app asks for; or, if it should have it, \(Repair.add("scope", client.id)). "
                    + "A scope of your own stands in the setting scopes too."))
    }

    static let scopeUnreadable = Finding(
        .scope, seen: "scope with characters that no scope may hold, or more than 64 scopes",
        expected: "names separated by single spaces",
        repair: "Let the app separate scopes by spaces, not commas or quotes.")

    static func scopeNotGranted(_ presented: ScopeSet, granted: ScopeSet) -> Finding {
        Finding(
            .scope, seen: .sent(presented.subtracting(granted).description),
            expected: .known("of what was allowed: \(granted.description)"),
            repair: "Let the app leave scope out when it refreshes; for more it must send the person to sign in again.")
    }

    static let proofKeyMissing = Finding(
        .proofKey, seen: "no code_challenge", expected: "code_challenge with code_challenge_method=S256 (PKCE)",
        repair: """
            Switch on PKCE with S256 in the app. An old confidential app that sends nonce can do without it: \
            martlet_may_omit_pkce in its registration.
            """)

    static func proofKeyMethod(_ presented: String?) -> Finding {
        Finding(
            .proofKey, seen: .known("code_challenge_method \(ShownText.sent(presented).text)"),
            expected: "code_challenge_method S256",
            repair: "Set the PKCE method of the app to S256; plain proves nothing.")
    }

    static let proofKeyMalformed = Finding(
        .proofKey,
        seen: """
            a code_challenge that is no base64url of 32 bytes
            """, expected: "43 letters of base64url, unpadded",
        repair: "The app must send base64url(SHA-256(code_verifier)) without = at the end (RFC 7636 §4.2).")

    static func resourceUnregistered(_ presented: String, _ client: Client) -> Finding {
        let allowed = client.policy.resources + client.policy.audience
        return Finding(
            .resource, seen: .sentAddress(presented),
            expected: .known(
                allowed.isEmpty ? "none: \(client.id) may ask for no resource" : allowed.joined(separator: " or ")),
            repair: .known("If the app should get tokens for it, \(Repair.add("martlet_resources", client.id))."))
    }

    static func resourceNotGranted(_ asked: [String], granted: [String]) -> Finding {
        Finding(
            .resource, seen: .sentAddress(asked.first { !granted.contains($0) } ?? ""),
            expected: .known(
                granted.isEmpty ? "none, for none was asked for at sign-in" : granted.joined(separator: " or ")),
            repair: "Let the app name the resource in its authorization request already.")
    }

    static let resourcesTooMany = Finding(
        .resource, seen: "more than 16 resources", expected: "16 at most",
        repair: "Let the app ask for fewer at a time.")

    static func claims(_ problem: ShownText) -> Finding {
        Finding(
            .claims, seen: problem, expected: "a claims parameter as in OpenID Connect Core §5.5",
            repair: "Correct the claims parameter in the app, or leave it out: scopes bring the usual claims.")
    }

    static func defaultLevels(_ client: Client, known: [String]) -> Finding {
        Finding(
            .demands, seen: .known("default_acr_values " + client.policy.defaultLevels.joined(separator: " ")),
            expected: .known("one of " + known.joined(separator: " ")),
            repair: .known(
                "The registration names levels that second_factor.levels does not have: "
                    + "\(Repair.change("default_acr_values", client.id))."))
    }

    static func demand(_ name: String, seen: ShownText, expected: ShownText) -> Finding {
        Finding(
            .demands, seen: .known("\(name) \(seen.text)"), expected: expected,
            repair: .known("Correct \(name) in the app, or leave it out."))
    }
}
