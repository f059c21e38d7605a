import JSON
import OAuth
import Testing

@Suite("The next step: OpenID Connect Core §3.1.2.3-4 (AZ18, AZ19)")
struct AuthorizationStepTests {
    static let noon = Provider.noon
    static let ann = Authentication(
        subject: "ann", sessionID: "s1", time: noon, methods: ["pwd"], level: AuthenticationLevel.single)

    /// One row: what is asked, what is known, what is to happen.
    struct Row: Sendable, CustomTestStringConvertible {
        let asked: String
        var signedIn: Authentication? = ann
        var isActive = true
        var signedInHere: String?
        var chosen: String?
        var hint: String?
        var maximumAge: String = ""
        var age: Int64 = 0
        let step: AuthorizationStep

        var testDescription: String {
            "prompt=\(asked) max_age=\(maximumAge) age=\(age) here=\(signedInHere ?? "no") hint=\(hint ?? "none")"
        }
    }

    static let loginRequired = OAuthError(.loginRequired, "nobody is signed in")
    static let tooOld = OAuthError(.loginRequired, "the sign-in is older than max_age allows")
    static let other = OAuthError(.loginRequired, "another person than the one asked for is signed in")
    static let answer = AuthorizationStep.answer(ann, ["openid"])

    static let rows: [Row] = [
        Row(asked: "", step: answer),
        Row(asked: "", signedIn: nil, step: .signIn(.nobody)),
        Row(asked: "", isActive: false, step: .signIn(.nobody)),
        Row(asked: "none", step: answer),
        Row(asked: "none", signedIn: nil, step: .refuse(loginRequired)),
        Row(asked: "none", isActive: false, step: .refuse(loginRequired)),
        Row(asked: "login", step: .signIn(.fresh)),
        Row(asked: "login", signedIn: nil, step: .signIn(.nobody)),
        Row(asked: "login", signedInHere: "s1", step: answer),
        // A session proved for this request that has been replaced since proves nothing (CVE-2023-6787).
        Row(asked: "login", signedInHere: "s0", step: .signIn(.fresh)),
        Row(asked: "create", signedIn: nil, step: .signIn(.create)),
        Row(asked: "create", step: .signIn(.create)),
        Row(asked: "create", signedInHere: "s1", step: answer),
        Row(asked: "select_account", step: .selectAccount),
        Row(asked: "select_account", chosen: "ann", step: answer),
        Row(asked: "select_account", chosen: "ben", step: .selectAccount),
        Row(asked: "select_account", signedInHere: "s1", step: answer),
        Row(asked: "select_account login", chosen: "ann", step: .signIn(.fresh)),
        Row(asked: "select_account", signedIn: nil, chosen: "ann", step: .signIn(.nobody)),
        Row(asked: "", maximumAge: "60", age: 60, step: answer),
        Row(asked: "", maximumAge: "60", age: 61, step: .signIn(.fresh)),
        Row(asked: "none", maximumAge: "60", age: 60, step: answer),
        Row(asked: "none", maximumAge: "60", age: 61, step: .refuse(tooOld)),
        Row(asked: "", maximumAge: "60", age: -5, step: answer),
        Row(asked: "", signedInHere: "s1", maximumAge: "60", age: 61, step: answer),
        // max_age=0 is prompt=login (OpenID Connect Core errata 2, §3.1.2.1).
        Row(asked: "", maximumAge: "0", step: .signIn(.fresh)),
        Row(asked: "none", maximumAge: "0", step: .refuse(tooOld)),
        Row(asked: "", signedInHere: "s1", maximumAge: "0", step: answer),
        Row(asked: "", hint: "ann", step: answer),
        Row(asked: "none", hint: "ann", step: answer),
        Row(asked: "", hint: "ben", step: .signIn(.otherPerson)),
        Row(asked: "none", hint: "ben", step: .refuse(other)),
        Row(asked: "login", hint: "ben", step: .signIn(.otherPerson)),
        Row(asked: "select_account", hint: "ben", step: .signIn(.otherPerson)),
        // Asked for Ben, Ann signed in all the same: the client is told, and nobody goes round in circles.
        Row(asked: "", signedInHere: "s1", hint: "ben", step: .refuse(other)),
        Row(asked: "", signedInHere: "s0", hint: "ben", step: .signIn(.otherPerson)),
        Row(asked: "", hint: "an\u{6E}\u{301}", step: .signIn(.otherPerson)),
        Row(asked: "", signedIn: nil, hint: "ben", step: .signIn(.nobody)),
    ]

    @Test("AZ18, AZ19: prompt × session × max_age × hint", arguments: rows)
    func steps(_ row: Row) async throws {
        let client = Client.web.with { $0.policy.skipsConsent = true }
        let hint = row.hint.map { #"{"id_token":{"sub":{"value":"\#($0)"}}}"# } ?? ""
        let request = try await Judge([client]).rules.validate(
            .authorization(client, ["prompt": row.asked, "max_age": row.maximumAge, "claims": hint]))
        var facts = PendingAuthorization.Facts()
        facts.signedInSession = row.signedInHere
        facts.chosenSubject = row.chosen
        let subject = row.signedIn.map {
            Subject(id: $0.subject, isActive: row.isActive, roles: [], claims: JSONObject())
        }
        let situation = AuthorizationStep.Situation(
            signedIn: row.signedIn, subject: subject, remembered: nil, facts: facts, standing: FactorStanding())
        #expect(AuthorizationStep.next(for: request, in: situation, at: Self.noon + row.age) == row.step)
    }

    @Test("A session whose person is gone, or is another, is nobody's")
    func lostSubject() async throws {
        let request = try await Judge().rules.validate(.authorization(.web))
        let ben = Subject(id: "ben", isActive: true, roles: [], claims: JSONObject())
        for subject in [nil, ben] {
            let situation = AuthorizationStep.Situation(
                signedIn: Self.ann, subject: subject, remembered: nil, facts: .init(), standing: FactorStanding())
            #expect(AuthorizationStep.next(for: request, in: situation, at: Self.noon) == .signIn(.nobody))
        }
    }

    @Test("AZ19: a demanded person is compared by bytes")
    func lookAlike() async throws {
        let kay = Authentication(subject: "K", sessionID: "s", time: Self.noon, methods: [], level: "")
        let subject = Subject(id: "K", isActive: true, roles: [], claims: JSONObject())
        let request = try await Judge().rules.validate(
            .authorization(.web, ["claims": #"{"id_token":{"sub":{"value":"\u212A"}}}"#]))
        let situation = AuthorizationStep.Situation(
            signedIn: kay, subject: subject, remembered: nil, facts: .init(), standing: FactorStanding())
        #expect(AuthorizationStep.next(for: request, in: situation, at: Self.noon) == .signIn(.otherPerson))
    }

    @Test("A client with roles admits whoever holds one, and tells the others plainly or silently")
    func roles() async throws {
        let staff = Client.web.with {
            $0.policy.requiredRoles = ["staff", "auditor"]
            $0.policy.skipsConsent = true
        }
        let cases: [([String], String, AuthorizationStep)] = [
            ([], "", .notAllowed(OAuthError(.accessDenied, "this person may not use this client"))),
            (["Staff"], "", .notAllowed(OAuthError(.accessDenied, "this person may not use this client"))),
            (["auditor"], "", Self.answer), (["other", "staff"], "none", Self.answer),
            (["other"], "none", .refuse(OAuthError(.accessDenied, "this person may not use this client"))),
        ]
        for (roles, prompt, step) in cases {
            let request = try await Judge([staff]).rules.validate(.authorization(staff, ["prompt": prompt]))
            let subject = Subject(id: "ann", isActive: true, roles: roles, claims: JSONObject())
            let situation = AuthorizationStep.Situation(
                signedIn: Self.ann, subject: subject, remembered: nil, facts: .init(), standing: FactorStanding())
            #expect(AuthorizationStep.next(for: request, in: situation, at: Self.noon) == step)
        }
    }
}
