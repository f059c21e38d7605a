import JSON
import OAuth
import Testing

@Suite("The step of second factors: half sign-ins, levels, ages, enrolment (MF5-MF7, AZ18, AZ20, RFC 9470)")
struct AuthorizationFactorStepTests {
    typealias Row = FactorRow
    static let noon = Provider.noon
    static let (single, double, resistant) = (Row.single, Row.double, Row.resistant)
    static let password = [Proof(Proof.password, at: noon)]
    static let both = [Proof(Proof.password, at: noon), Proof(Proof.totp, at: noon)]
    static let keyed = [Proof(Proof.verifiedPasskey, at: noon)]
    static let mailed = [Proof(Proof.email, at: noon), Proof(Proof.mailCode, at: noon)]
    static let totp = FactorStanding(isEnrolled: true, reachable: [single, double])
    static let canEnrol = FactorStanding(enrollable: [single, double, resistant])
    static let exempt = LevelPolicy(exemptClients: ["web"])
    static let ordersTakeTwo = LevelPolicy(scopeLevels: ["orders": double])

    static let halves: [Row] = [
        Row(title: "half: the factor is asked for", isHalf: true, standing: totp, step: .prove),
        Row(title: "half, just signed in", isHalf: true, standing: totp, signedInHere: true, step: .prove),
        Row(
            title: "half, silent", isHalf: true, standing: totp, asked: ["prompt": "none"],
            step: .refuse(.loginRequired)),
        Row(title: "half though nothing is known of a factor", isHalf: true, step: .prove),
        Row(
            title: "half, prompt=login", isHalf: true, standing: totp, asked: ["prompt": "login"], step: .signIn(.fresh)
        ),
        Row(
            title: "half, prompt=login, signed in here", isHalf: true, standing: totp, asked: ["prompt": "login"],
            signedInHere: true, step: .prove),
        Row(
            title: "half, prompt=create", isHalf: true, standing: totp, asked: ["prompt": "create"],
            step: .signIn(.create)),
        Row(
            title: "half, prompt=select_account", isHalf: true, standing: totp, asked: ["prompt": "select_account"],
            step: .signIn(.nobody)),
        Row(
            title: "half, too old", isHalf: true, standing: totp, asked: ["max_age": "60"], age: 61,
            step: .signIn(.fresh)),
        Row(
            title: "half, another person", isHalf: true, standing: totp,
            asked: ["claims": #"{"id_token":{"sub":{"value":"ben"}}}"#], step: .signIn(.otherPerson)),
        Row(
            title: "half, another person, signed in here", isHalf: true, standing: totp,
            asked: ["claims": #"{"id_token":{"sub":{"value":"ben"}}}"#], signedInHere: true,
            step: .refuse(.loginRequired)),
        Row(
            title: "half, and the person may not use the client: not said before the factor", isHalf: true,
            standing: totp, roles: ["staff"], step: .prove),
    ]

    static let exemptions: [Row] = [
        Row(title: "exempt", isHalf: true, standing: totp, policy: exempt, step: .answer(single)),
        Row(
            title: "exempt, silent", isHalf: true, standing: totp, asked: ["prompt": "none"], policy: exempt,
            step: .answer(single)),
        Row(
            title: "another client is exempt", isHalf: true, standing: totp,
            policy: LevelPolicy(exemptClients: ["spa"]),
            step: .prove),
        Row(
            title: "exempt, but a level is named, even the lowest", isHalf: true, standing: totp,
            asked: ["acr_values": single], policy: exempt, step: .prove),
        Row(
            title: "exempt, but the client has a default level", isHalf: true, standing: totp, policy: exempt,
            defaults: [double], step: .prove),
        Row(
            title: "exempt, but a claim is essential", isHalf: true, standing: totp,
            asked: ["claims": #"{"id_token":{"acr":{"essential":true,"value":"\#(double)"}}}"#], policy: exempt,
            step: .prove),
        Row(
            title: "exempt, but a scope demands", isHalf: true, standing: totp, asked: ["scope": "openid orders"],
            policy: LevelPolicy(scopeLevels: ["orders": double], exemptClients: ["web"]), step: .prove),
        Row(
            title: "exempt, but a role demands", isHalf: true,
            standing: FactorStanding(isEnrolled: true, reachable: [single, double], demanded: [double]), policy: exempt,
            step: .prove),
        Row(
            title: "exempt, but an age is asked for", isHalf: true, standing: totp, asked: ["max_age": "600"],
            policy: exempt, step: .prove),
        Row(
            title: "exempt, an age is asked for, silent", isHalf: true, standing: totp,
            asked: ["max_age": "600", "prompt": "none"], policy: exempt, step: .refuse(.loginRequired)),
        Row(
            title: "exempt and whole, an age is asked for, the browser was remembered", standing: totp,
            asked: ["max_age": "600"], policy: exempt, step: .prove),
    ]

    static let levels: [Row] = [
        Row(title: "nothing demanded: the highest is told", proofs: both, standing: totp, step: .answer(double)),
        Row(
            title: "any one of those named", proofs: both, standing: totp,
            asked: ["acr_values": "\(resistant) \(double) \(single)"], step: .answer(double)),
        Row(
            title: "the first that is reached is told", proofs: keyed, standing: totp,
            asked: ["acr_values": "\(single) \(resistant)"], step: .answer(single)),
        Row(
            title: "not reached, a factor can", standing: totp, asked: ["acr_values": double], step: .prove),
        Row(
            title: "not reached, silent", standing: totp, asked: ["acr_values": double, "prompt": "none"],
            step: .refuse(.loginRequired)),
        Row(
            title: "a factor reaches not enough, silent", standing: totp,
            asked: ["acr_values": resistant, "prompt": "none"], step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "not reached, no factor yet", standing: canEnrol, asked: ["acr_values": double], step: .enrol),
        Row(
            title: "not reached, no factor yet, silent", standing: canEnrol,
            asked: ["acr_values": double, "prompt": "none"], step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "not reached, and no way there", asked: ["acr_values": double],
            step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "a factor reaches not enough, another can be set up",
            standing: FactorStanding(isEnrolled: true, reachable: [single, double], enrollable: [resistant]),
            asked: ["acr_values": resistant], step: .enrol),
        Row(
            title: "a factor reaches not enough", standing: totp, asked: ["acr_values": resistant],
            step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "proven here and still not enough: never asked twice",
            proofs: both, standing: FactorStanding(isEnrolled: true, reachable: [single, double, resistant]),
            asked: ["acr_values": resistant], provenHere: true, step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "proven here and still not enough, but more can be set up", proofs: both,
            standing: FactorStanding(isEnrolled: true, reachable: [double, resistant], enrollable: [resistant]),
            asked: ["acr_values": resistant], provenHere: true, step: .enrol),
        Row(
            title: "link and mailed code are one factor (D1)", proofs: mailed,
            standing: FactorStanding(isEnrolled: true, reachable: [single]), asked: ["acr_values": double],
            step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "an essential claim demands", standing: totp,
            asked: ["claims": #"{"id_token":{"acr":{"essential":true,"values":["\#(double)"]}}}"#], step: .prove),
        Row(
            title: "an essential claim outranks acr_values", standing: totp,
            asked: [
                "acr_values": single, "claims": #"{"id_token":{"acr":{"essential":true,"values":["\#(double)"]}}}"#,
            ], step: .prove),
        Row(title: "the client's default", standing: totp, defaults: [double], step: .prove),
        Row(
            title: "the client's default, silent", standing: totp, asked: ["prompt": "none"], defaults: [double],
            step: .refuse(.loginRequired)),
        Row(
            title: "the client's default yields to the request", standing: totp, asked: ["acr_values": single],
            defaults: [double], step: .answer(single)),
        Row(
            title: "a remembered browser reaches nothing that is demanded (B100)", standing: totp,
            asked: ["acr_values": double], signedInHere: true, step: .prove),
    ]

    static let everyLevel: [Row] = [
        Row(
            title: "a scope demands", standing: totp, asked: ["scope": "openid orders"], policy: ordersTakeTwo,
            step: .prove),
        Row(title: "another scope does not", standing: totp, policy: ordersTakeTwo, step: .answer(single)),
        Row(
            title: "a scope demands, silent", standing: totp, asked: ["scope": "openid orders", "prompt": "none"],
            policy: ordersTakeTwo, step: .refuse(.loginRequired)),
        Row(
            title: "a scope demands, whatever is named", standing: totp,
            asked: ["scope": "openid orders", "acr_values": single], policy: ordersTakeTwo, step: .prove),
        Row(
            title: "a scope demands more than is named: that is told", proofs: both, standing: totp,
            asked: ["scope": "openid orders", "acr_values": single], policy: ordersTakeTwo, step: .answer(double)),
        Row(
            title: "a scope demands and nothing leads there", asked: ["scope": "openid orders"], policy: ordersTakeTwo,
            step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "a scope demands a level that there is not", proofs: keyed, asked: ["scope": "openid orders"],
            policy: LevelPolicy(scopeLevels: ["orders": "urn:gone"]), step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "a role demands",
            standing: FactorStanding(isEnrolled: true, reachable: [double], demanded: [double]),
            step: .prove),
        Row(
            title: "a role demands, whatever is named",
            standing: FactorStanding(isEnrolled: true, reachable: [double], demanded: [double]),
            asked: ["acr_values": single], step: .prove),
        Row(
            title: "a role demands, no factor yet", standing: FactorStanding(enrollable: [double], demanded: [double]),
            step: .enrol),
        Row(
            title: "a role demands, silent", standing: FactorStanding(enrollable: [double], demanded: [double]),
            asked: ["prompt": "none"], step: .refuse(.unmetAuthenticationRequirements)),
        Row(
            title: "a role demands, reached", proofs: both,
            standing: FactorStanding(isEnrolled: true, reachable: [double], demanded: [double]), step: .answer(double)),
        Row(
            title: "reaching the one demand and not the other is not worth asking",
            standing: FactorStanding(isEnrolled: true, reachable: [double], demanded: [resistant]),
            asked: ["acr_values": double], step: .refuse(.unmetAuthenticationRequirements)),
    ]

    static let ages: [Row] = [
        Row(
            title: "fresh enough", proofs: both, standing: totp, asked: ["max_age": "60"], age: 60,
            step: .answer(double)),
        Row(
            title: "the factor is too old, the password is not",
            proofs: [Proof(Proof.totp, at: noon), Proof(Proof.password, at: noon + 100)], standing: totp,
            asked: ["max_age": "60"], age: 100, step: .prove),
        Row(
            title: "the factor is too old, silent",
            proofs: [Proof(Proof.totp, at: noon), Proof(Proof.password, at: noon + 100)], standing: totp,
            asked: ["max_age": "60", "prompt": "none"], age: 100, step: .refuse(.loginRequired)),
        Row(
            title: "all is too old", proofs: both, standing: totp, asked: ["max_age": "60"], age: 61,
            step: .signIn(.fresh)),
        Row(title: "no factor proven: remembered", standing: totp, asked: ["max_age": "60"], step: .prove),
        Row(
            title: "no factor proven, signed in here: remembered", standing: totp, asked: ["max_age": "60"],
            signedInHere: true, step: .prove),
        Row(
            title: "no factor proven, silent", standing: totp, asked: ["max_age": "60", "prompt": "none"],
            step: .refuse(.loginRequired)),
        Row(title: "who has none is not asked for one", asked: ["max_age": "60"], step: .answer(single)),
        Row(
            title: "max_age=0, signed in here, factor before",
            proofs: [
                Proof(Proof.totp, at: noon + -1), Proof(Proof.password, at: noon),
            ], standing: totp, asked: ["max_age": "0"], signedInHere: true, step: .prove),
        Row(
            title: "max_age=0, both proven here", proofs: both, standing: totp, asked: ["max_age": "0"],
            signedInHere: true, provenHere: true, age: 30, step: .answer(double)),
        Row(
            title: "max_age=0, signed in here by a passkey alone", proofs: keyed, standing: totp,
            asked: ["max_age": "0"], signedInHere: true, age: 30, step: .answer(resistant)),
        Row(
            title: "max_age=0, factor proven here, but not the sign-in", proofs: both, standing: totp,
            asked: ["max_age": "0"], provenHere: true, step: .signIn(.fresh)),
    ]

    static let enrolments: [Row] = [
        Row(title: "must enrol", standing: FactorStanding(mustEnrol: true), step: .enrol),
        Row(
            title: "must enrol, silent", standing: FactorStanding(mustEnrol: true), asked: ["prompt": "none"],
            step: .refuse(.interactionRequired)),
        Row(
            title: "must enrol, but signs in anew first", standing: FactorStanding(mustEnrol: true),
            asked: ["prompt": "login"], step: .signIn(.fresh)),
        Row(
            title: "must enrol, before consent", standing: FactorStanding(mustEnrol: true),
            asked: ["prompt": "consent"], step: .enrol),
        Row(
            title: "must enrol, and there is nothing to set up",
            standing: FactorStanding(mustEnrol: true, canEnrol: false), step: .refuse(.interactionRequired)),
        Row(
            title: "nothing to set up, and need not", standing: FactorStanding(canEnrol: false), step: .answer(single)),
        Row(title: "need not", asked: ["prompt": "consent"], step: .consent),
    ]

    @Test("MF5, MF6: somebody half signed in is led to the factor, and nowhere past it", arguments: halves)
    func half(_ row: Row) async throws {
        #expect(try await row.next().short == row.step)
    }

    @Test("B105: a client that is exempt is answered, unless a level or an age is demanded", arguments: exemptions)
    func exemption(_ row: Row) async throws {
        #expect(try await row.next().short == row.step)
    }

    @Test("AZ20, RFC 9470: one of the levels that are named must be reached", arguments: levels)
    func named(_ row: Row) async throws {
        #expect(try await row.next().short == row.step)
    }

    @Test("AZ20: what scopes and roles demand must all be reached", arguments: everyLevel)
    func each(_ row: Row) async throws {
        #expect(try await row.next().short == row.step)
    }

    @Test("MF7, AZ18: max_age is about the second factor, too", arguments: ages)
    func age(_ row: Row) async throws {
        #expect(try await row.next().short == row.step)
    }

    @Test("Whoever must set a factor up does so before anything is answered", arguments: enrolments)
    func enrolment(_ row: Row) async throws {
        #expect(try await row.next().short == row.step)
    }

    @Test("What is answered for an exempt client says that it is half, so that storage can look")
    func halfAnswer() async throws {
        let row = try #require(Self.exemptions.first)
        guard case .answer(let authentication, _) = try await row.next() else {
            Issue.record("no answer")
            return
        }
        #expect(authentication == row.person && authentication.isHalf)
    }

    @Test("A half sign-in in the place of a whole one is none (MF5)")
    func halfInTheWrongPlace() async throws {
        let half = Authentication(
            subject: "ann", sessionID: "s1", time: Self.noon, methods: ["pwd"], level: Self.single, isHalf: true)
        let request = try await Judge().rules.validate(.authorization(.web))
        let subject = Subject(id: "ann", isActive: true, roles: [], claims: JSONObject())
        let situation = AuthorizationStep.Situation(
            signedIn: half, subject: subject, remembered: nil, facts: .init(), standing: FactorStanding())
        #expect(AuthorizationStep.next(for: request, in: situation, at: Self.noon) == .proveFactor)
    }

    @Test("Every refusal says what was seen and what puts it right, of a check in the course")
    func findings() async throws {
        let rows = Self.halves + Self.exemptions + Self.levels + Self.everyLevel + Self.ages + Self.enrolments
        for row in rows {
            guard case .refuse(let error) = try await row.next() else { continue }
            let finding = try #require(error.examination.failed)
            #expect(Course.authorization.contains(finding.check), "\(row.title)")
            #expect(!finding.seen.text.isEmpty && !finding.repair.text.isEmpty, "\(row.title)")
        }
    }

    @Test("MF6: a session is asked about the way its client takes before a factor is asked for")
    func signInMethods() async throws {
        let subject = Subject(id: "ann", isActive: true, roles: [], claims: JSONObject())
        let cases: [([Proof], [String], FactorRow.Step)] = [
            (Self.both, ["password"], .answer(Self.double)), (Self.keyed, ["passkey"], .answer(Self.resistant)),
            (Self.both, ["passkey"], .signIn(.fresh)), (Self.mailed, ["password"], .signIn(.fresh)),
            (Self.keyed, ["password"], .signIn(.fresh)),
            ([Proof("github", at: Self.noon), Proof(Proof.totp, at: Self.noon)], ["github"], .answer(Self.double)),
        ]
        for (proofs, methods, step) in cases {
            let client = Client.web.with {
                $0.policy.skipsConsent = true
                $0.policy.signInMethods = methods
            }
            let request = try await Judge([client]).rules.validate(.authorization(client))
            let row = FactorRow(title: "", proofs: proofs, step: step)
            let situation = AuthorizationStep.Situation(
                signedIn: row.person, subject: subject, remembered: nil, facts: .init(), standing: Self.totp)
            #expect(AuthorizationStep.next(for: request, in: situation, at: Self.noon).short == step, "\(methods)")
        }
    }
}
