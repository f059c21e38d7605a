import JSON
import OAuth
import Testing

/// A sign-in, what is known of its person's factors, what is asked, and what is to happen.
struct FactorRow: Sendable, CustomTestStringConvertible {
    static let noon = Provider.noon
    static let single = AuthenticationLevel.single
    static let double = AuthenticationLevel.double
    static let resistant = AuthenticationLevel.resistant

    let title: String
    var proofs: [Proof] = [Proof(Proof.password, at: noon)]
    var isHalf = false
    var standing = FactorStanding()
    var asked: [String: String] = [:]
    var policy = LevelPolicy()
    var defaults: [String] = []
    var signedInHere = false
    var provenHere = false
    var roles: [String] = []
    /// Seconds after noon.
    var age: Int64 = 0
    let step: Step

    enum Step: Sendable, Equatable {
        case signIn(AuthorizationStep.SignInReason)
        case prove, enrol, consent, notAllowed, select
        case answer(String)
        case refuse(OAuthError.Code)
    }

    var testDescription: String { title }

    var person: Authentication {
        let levels = policy.levels
        let reached = levels.reached(by: proofs)
        return Authentication(
            subject: "ann", sessionID: "s1", time: proofs.map(\.time).max() ?? Self.noon,
            methods: proofs.references, level: reached.last ?? levels.lowest, reached: reached,
            factorTime: proofs.factorTime, isHalf: isHalf)
    }

    /// The step, and the refusal behind it.
    func next() async throws -> AuthorizationStep {
        let client = Client.web.with {
            $0.policy.skipsConsent = true
            $0.policy.defaultLevels = defaults
            $0.policy.requiredRoles = roles
        }
        let rules = AuthorizationRules(
            registry: TestRegistry([client]), keys: try FixedKeys(), issuer: Provider.issuer, levels: policy.levels)
        let good = try Parameters.authorization(client, ["scope": ""]).pairs
        let changes = ["scope": "openid"].merging(asked) { _, new in new }
        let request = try await rules.validate(
            Parameters(good.filter { $0.name != "scope" } + changes.map { (name: $0.key, value: $0.value) }))
        var facts = PendingAuthorization.Facts()
        facts.signedInSession = signedInHere ? "s1" : nil
        facts.factorSession = provenHere ? "s1" : nil
        let situation = AuthorizationStep.Situation(
            signedIn: isHalf ? nil : person, half: isHalf ? person : nil,
            subject: Subject(id: "ann", isActive: true, roles: [], claims: JSONObject()), remembered: nil,
            facts: facts, standing: standing, levels: policy)
        return AuthorizationStep.next(for: request, in: situation, at: Self.noon + age)
    }
}

extension AuthorizationStep {
    /// Without its texts.
    var short: FactorRow.Step {
        switch self {
        case .signIn(let reason): .signIn(reason)
        case .selectAccount: .select
        case .proveFactor: .prove
        case .enrolFactor: .enrol
        case .askConsent: .consent
        case .notAllowed: .notAllowed
        case .answer(let authentication, _): .answer(authentication.level)
        case .refuse(let error): .refuse(error.code)
        }
    }
}
