import OAuth
import Testing

@testable import Identity

@Suite("Whom links to sign in with are for")
struct MagicLinkPolicyTests {
    private func subject(
        roles: [Role] = [], isOptedIn: Bool = false, methods: [String] = ["pwd"],
        hash: String? = "hash"
    ) throws -> MagicLinkPolicy.Candidate {
        let account = Account(
            id: "id-ann", email: try #require(EmailAddress("ann@example.org")), isEmailVerified: true,
            profile: Profile(), roles: roles, passwordHash: hash, createdAt: Instant(seconds: 0),
            updatedAt: Instant(seconds: 0))
        return MagicLinkPolicy.Candidate(
            account: account, preferences: Preferences(magicLinks: isOptedIn), methods: methods)
    }

    private func answer(
        _ people: MagicLinkPeople, roles: [Role] = [], isOptedIn: Bool = false, methods: [String] = ["pwd"],
        upstream: MagicLinkPolicy.UpstreamPeople = .hint
    ) throws -> MagicLinkPolicy.Answer {
        MagicLinkPolicy(people: people, upstreamPeople: upstream).answer(
            for: try subject(roles: roles, isOptedIn: isOptedIn, methods: methods), isHere: true)
    }

    @Test("B086: opt_in is for those who switched it on, whatever roles they hold")
    func optIn() throws {
        #expect(try answer(.optIn, isOptedIn: true) == .link)
        #expect(try answer(.optIn) == .hint(["pwd"]))
        #expect(try answer(.optIn, roles: [.administrator, Role("staff")]) == .hint(["pwd"]))
    }

    @Test("B138: one of the roles is enough, in whichever context it is held")
    func roles() throws {
        let people = MagicLinkPeople.roles(["InteractiveReporter", "staff"])
        #expect(try answer(people, roles: [Role("InteractiveReporter")]) == .link)
        #expect(try answer(people, roles: [Role("guest"), Role("staff", context: "project-7")]) == .link)
        #expect(try answer(people, roles: [Role("staff", context: "a"), Role("staff", context: "b")]) == .link)
    }

    @Test("B138: no other role will do: none, one that sounds like it, a context of that name, or a wish of one's own")
    func otherRoles() throws {
        let people = MagicLinkPeople.roles(["InteractiveReporter"])
        let others: [[Role]] = [
            [], [Role("interactivereporter")], [Role("InteractiveReporter2")], [Role("Interactive")], [.administrator],
            [Role("guest", context: "InteractiveReporter")], [Role("")],
        ]
        for roles in others { #expect(try answer(people, roles: roles) == .hint(["pwd"]), "\(roles)") }
        #expect(try answer(people, isOptedIn: true) == .hint(["pwd"]))
        #expect(try answer(.roles([]), roles: [Role("staff")], isOptedIn: true) == .hint(["pwd"]))
    }

    @Test("“any” is for everybody with an account")
    func anybody() throws {
        #expect(try answer(.anybody) == .link)
        #expect(try answer(.anybody, methods: []) == .link)
    }

    @Test(
        "Nobody gets nothing, and so does whoever is not here",
        arguments: [MagicLinkPeople.optIn, .anybody, .roles(["a"])])
    func nobody(people: MagicLinkPeople) throws {
        let policy = MagicLinkPolicy(people: people)
        #expect(policy.answer(for: nil, isHere: true) == .nothing)
        let everything = try subject(roles: [Role("a")], isOptedIn: true)
        #expect(policy.answer(for: everything, isHere: false) == .nothing)
        #expect(policy.answer(for: everything, isHere: true) == .link)
    }

    @Test("B137: people with an account elsewhere are told which, and get a link where that is allowed")
    func upstream() throws {
        let methods = ["github", "pwd", "google"]
        for people in [MagicLinkPeople.optIn, .anybody] {
            #expect(try answer(people, isOptedIn: true, methods: methods) == .hint(["github", "google"]))
            #expect(try answer(people, isOptedIn: true, methods: methods, upstream: .allow) == .link)
        }
        let told = try answer(.roles(["staff"]), methods: methods, upstream: .allow)
        #expect(told == .hint(["pwd", "github", "google"]))
    }

    @Test(
        "B137: our own ways to sign in are no accounts elsewhere",
        arguments: ["pwd", "otp", MagicLinkSignIn.method, StaffLinks.method])
    func ownMethods(method: String) throws {
        #expect(!SignInMethodUse.isUpstream(method))
        #expect(try answer(.anybody, methods: [method]) == .link)
    }

    @Test("The hint never sends back to the mail that it is instead of")
    func notByMail() throws {
        #expect(try answer(.optIn, methods: [MagicLinkSignIn.method, "pwd"]) == .hint(["pwd"]))
        #expect(try answer(.optIn, methods: [MagicLinkSignIn.method, StaffLinks.method]) == .hint(["pwd"]))
    }

    @Test("The hint names no password that there is not, or that nobody is asked for (B134)")
    func noPassword() throws {
        #expect(MagicLinkPolicy().answer(for: try subject(hash: nil), isHere: true) == .hint([]))
        var policy = MagicLinkPolicy()
        policy.takesPasswords = false
        #expect(policy.answer(for: try subject(), isHere: true) == .hint([]))
    }

    @Test("D9: out of the box a link is good for ten minutes, in the browser that asked")
    func defaults() {
        let policy = MagicLinkPolicy()
        #expect(policy.people == .optIn && policy.lifetime == 600 && policy.crossDevice == .goBack)
        #expect(policy.upstreamPeople == .hint && !policy.verifiesAddress)
    }

    @Test("A replay is a second click of the same browser, within a minute, on a link that was spent")
    func replay() {
        let (browser, other) = (TokenDigest(bytes: [1]), TokenDigest(bytes: [2]))
        let start = Instant(seconds: 1000)
        let spent = MailProofFate(browser: browser, accountID: "id-ann", endedAt: start, isSpent: true)
        #expect(spent.isReplay(by: browser, at: start) && spent.isReplay(by: browser, at: start + 59))
        #expect(!spent.isReplay(by: browser, at: start + 60) && !spent.isReplay(by: other, at: start))
        let overtaken = MailProofFate(browser: browser, accountID: "id-ann", endedAt: start, isSpent: false)
        let expired = MailProofFate(browser: browser, accountID: "id-ann", endedAt: nil, isSpent: false)
        #expect(!overtaken.isReplay(by: browser, at: start) && !expired.isReplay(by: browser, at: start))
        #expect(spent.fault == .reused && overtaken.fault == .superseded && expired.fault == .expired)
    }
}
