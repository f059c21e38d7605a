import HTTPTypes
import Identity
import OAuth

/// `/sign-up`: the form for an account of one's own, for a paused authorization request (`prompt=create`, OpenID
/// Connect Initiating User Registration §4) or by oneself. What follows is the mailbox's turn.
struct SignUpRoutes: Sendable {
    static let path = "/sign-up"

    let rooms: Rooms

    var routes: [Route] { [Route(Self.path, .page, [.get: show, .post: signUp])] }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let parameters = try visit.queryParameters()
        try mustBeOffered(guest)
        var page = SignUpPage(onward: Onward(parameters))
        if let reply = try await take(parameters, into: &page, visit, guest) { return rooms.welcome(guest, reply) }
        page.email = page.request?.loginHint.flatMap(EmailAddress.init)?.typed ?? ""
        return rooms.welcome(guest, try await reply(page, visit, guest))
    }

    @Sendable private func signUp(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        try mustBeOffered(guest)
        var page = SignUpPage(form, reference: visit.reference)
        if let reply = try await take(form, into: &page, visit, guest) { return reply }
        let draft = AccountDraft(
            name: page.name, email: page.email, password: form["password"] ?? "", username: page.username)
        switch rooms.signUp.read(draft) {
        case .refused(let problems): page.say(problems, AccountProblemTexts(catalogue: rooms.pages.catalogue))
        case .readable(let wish):
            if case .refused(let saying) = try await rooms.captcha.check(form, visit, guest, for: .signUp) {
                page.say(saying)
            } else if let reply = try await begin(wish, &page, visit, guest) {
                return reply
            }
        }
        return try await reply(page, visit, guest)
    }

    private func begin(
        _ wish: SignUp.Wish, _ page: inout SignUpPage, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply? {
        let errand = MailErrand(network: visit.network, query: page.onward.query)
        let arrival = try await rooms.arrival(visit, guest, page.onward)
        switch try await rooms.signUp.begin(wish, from: arrival, errand, at: visit.now) {
        case .asked: return .seeOther(page.onward.address(MailProof.Purpose.signUp.codePath))
        case .refused(let problems): page.say(problems, AccountProblemTexts(catalogue: rooms.pages.catalogue))
        case .throttled(let limit, let seconds): page.sayThrottled(by: limit, seconds, rooms.pages.catalogue)
        case .busy(let seconds): page.sayBusy(seconds, rooms.pages.catalogue)
        }
        return nil
    }

    private func mustBeOffered(_ guest: Guest) throws {
        let policy = rooms.signUp.policy
        guard !rooms.offersSignUp else { return }
        let text = policy.mode == .invitation ? "sign_up_invitation" : "sign_up_closed"
        throw PageProblem(
            .forbidden, text, .signUpClosed(policy), in: Course.signUp, established: Established(guest))
    }

    /// The request that a person signs up for. Somewhere else to go, when it is not this page's turn.
    private func take(
        _ parameters: OAuth.Parameters, into page: inout SignUpPage, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply? {
        guard let handle = parameters["request"] else { return guest.session == nil ? nil : page.onward.reply }
        let turn = try await rooms.turn(visit, guest, handle: handle) { step in
            if case .signIn = step { true } else { false }
        }
        guard case .mine(_, let request, _) = turn else { return try rooms.follow(turn, guest) }
        let methods = request.client.policy.signInMethods
        guard methods.isEmpty || methods.contains("password") else {
            throw PageProblem(
                .forbidden, "access_denied", .methodNotOffered(request.client),
                in: Course.signIn(forClient: true), established: Established(guest))
        }
        page.request = request
        return nil
    }

    private func reply(_ page: SignUpPage, _ visit: Visit, _ guest: Guest) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        var context = page.context(rooms)
        context["action"] = Self.path
        context["csrf"] = rooms.formGuard.token(for: guest.browser)
        let providers = rooms.providers(for: page.request?.client)
        if !providers.isEmpty { context["providers"] = rooms.buttons(providers) }
        var reply = try rooms.writer.reply(
            "sign-up", title: catalogue.text("title.sign_up"), context, status: page.status,
            formTargets: page.request.map(rooms.formTargets) ?? [],
            captcha: try await rooms.captcha.part(of: .signUp, visit, guest))
        if let seconds = page.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = page.finding.map {
            Examination($0, in: Course.signUp, established: Established(guest))
        }
        return reply
    }
}
