import HTTPTypes
import Identity
import OAuth

/// Signing in with a password, for a paused authorization request or for the account page.
struct SignInRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/sign-in", .page, [.get: show, .post: signIn])] }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let parameters = try visit.queryParameters()
        guard let handle = try await ownRequest(parameters["request"], guest, at: visit.now) else {
            var model = SignInPage(email: parameters["email"].flatMap(EmailAddress.init)?.typed ?? "")
            model.onward = Onward(next: ReturnPath(parameters["next"]))
            model.done = rooms.justDone(visit, guest)
            model.isSwitching = parameters["switch"] != nil
            guard guest.session == nil else { return model.onward.reply }
            // The browser's button, or a new tab, leads back to the second factor and not around it (MF5).
            guard guest.half == nil || model.isSwitching else {
                return .seeOther(model.onward.address(SecondFactorPath.prove))
            }
            return rooms.welcome(guest, try await page(model, visit, guest))
        }
        switch try await turn(visit, guest, handle: handle, switching: parameters["switch"] != nil) {
        case .elsewhere(let reply): return rooms.welcome(guest, reply)
        case .mine(let step, let request, let handle):
            if parameters["switch"] == nil, step != .signIn(.fresh),
                let reply = try await hinted(request, handle, visit, guest)
            {
                return reply
            }
            let known = try await knownEmail(step, guest, request, switching: parameters["switch"] != nil)
            var model = SignInPage(step: step, request: request, email: known.email, isLocked: known.isLocked)
            model.isSwitching = parameters["switch"] != nil
            model.onward = Onward(request: handle)
            model.handle = handle
            model.done = rooms.justDone(visit, guest)
            if model.email.isEmpty { model.email = parameters["email"].flatMap(EmailAddress.init)?.typed ?? "" }
            return rooms.welcome(guest, try await page(model, visit, guest))
        }
    }

    /// Straight to the provider that the app asks for, once: whoever comes back by the browser's button finds the page.
    private func hinted(
        _ request: AuthorizationRequest, _ handle: String, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply? {
        guard let hint = request.providerHint, visit.method == .get,
            let provider = rooms.providers(for: request.client).first(where: { $0.id.isExactly(hint) })
        else { return nil }
        let onward = Onward(request: handle)
        guard
            try await !rooms.upstream.signIn.hasBegun(
                provider.id, leadingTo: onward.query, in: guest.browser.digest, at: visit.now)
        else { return nil }
        return try await UpstreamRoutes(rooms: rooms).begin(hinted: provider.id, onward, request, visit, guest)
    }

    /// A mail that leads here carries the request of the browser it was asked for in. Whoever reads it elsewhere signs in
    /// there without it.
    private func ownRequest(_ handle: String?, _ guest: Guest, at now: Instant) async throws -> String? {
        guard let handle,
            try await !rooms.authorization.waitsElsewhere(handle, than: guest.browser.digest, at: now)
        else { return nil }
        return handle
    }

    @Sendable private func signIn(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        var model = SignInPage(form, reference: visit.reference)
        if let reply = try await take(form, into: &model, visit, guest) { return reply }
        guard rooms.methods(for: model.request?.client).contains(.password) else {
            let finding = model.request.map { Finding.methodNotOffered($0.client) } ?? .passwordsOff
            throw PageProblem(.forbidden, "access_denied", model.examination(finding, guest))
        }
        model.check(form, catalogue: rooms.pages.catalogue)
        guard model.isComplete else {
            return try await page(model, visit, guest, refused: model.examination(.incompleteForm, guest))
        }
        if case .refused(let saying) = try await rooms.captcha.check(
            form, visit, guest, for: .signIn, address: model.email)
        {
            model.say(saying)
            return try await page(model, visit, guest, refused: model.examination(saying.finding, guest))
        }
        return try await attempt(form["password"] ?? "", model, visit, guest)
    }

    /// The request that a person signs in for. Somewhere else to go, when it is not this page's turn.
    func take(
        _ form: OAuth.Parameters, into model: inout SignInPage, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply? {
        guard let handle = model.handle else { return nil }
        model.isSwitching = form["switch"] != nil
        // Whoever signs in anew while a second factor is missing puts that sign-in in the place of the other.
        let isSwitching = model.isSwitching || guest.half != nil
        switch try await turn(visit, guest, handle: handle, switching: isSwitching) {
        case .elsewhere(let reply): return reply
        case .mine(let step, let request, _):
            let known = try await knownEmail(step, guest, request, switching: model.isSwitching)
            model.step = step
            model.request = request
            model.isLocked = known.isLocked && known.email == model.email
            return nil
        }
    }

    private func attempt(
        _ password: String, _ model: SignInPage, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        let attempt = PasswordAttempt(
            email: model.email, password: password, browser: guest.browser.digest, network: visit.network)
        switch try await rooms.passwordSignIn.attempt(attempt, at: visit.now) {
        case .signedIn(let account):
            try await rooms.captcha.noteSuccess(visit, guest)
            return try await enter(account, model, visit, guest)
        case .unverified(let account):
            return try await rooms.askToProve(addressOf: account, visit, guest, model.onward)
        case .leaving(let account):
            try await rooms.captcha.noteSuccess(visit, guest)
            return try await ComeBackRoutes(rooms: rooms).ask(
                account, method: PasswordSignIn.method, visit, guest, model.onward)
        case .refused(let refusal):
            if refusal.answer == .wrong { try await rooms.captcha.noteFailure(visit, guest, address: model.email) }
            return try await refuse(refusal, model, visit, guest)
        }
    }

    /// A new session always (SE2); the fact that it was opened for this request is written with it.
    private func enter(
        _ account: Account, _ model: SignInPage, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        let arrival = try await rooms.arrival(visit, guest, model.onward)
        switch try await rooms.passwordSignIn.enter(account, from: arrival, visit.network, at: visit.now) {
        case .opened(let opened): return rooms.signedIn(opened, model.onward.reply, at: visit.now)
        case .refused(let refusal): return try await refuse(refusal, model, visit, guest)
        }
    }

    private func refuse(
        _ refusal: PasswordRefusal, _ asked: SignInPage, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        var model = asked
        model.say(refusal.answer, SignInTexts(catalogue: rooms.pages.catalogue))
        let examination = model.examination(refusal.finding, guest, subject: refusal.subject)
        return try await page(model, visit, guest, refused: examination)
    }

    /// With `switching`, somebody signed in asks to sign in as another person: then it is this page's turn
    /// whatever the dispatcher would do next.
    private func turn(_ visit: Visit, _ guest: Guest, handle: String, switching: Bool) async throws -> Rooms.Turn {
        let asStranger = Guest(
            browser: guest.browser, isNewBrowser: guest.isNewBrowser, presentedSession: guest.presentedSession,
            session: switching ? nil : guest.session, half: switching ? nil : guest.half, levels: guest.levels)
        return try await rooms.turn(visit, asStranger, handle: handle) { step in
            if case .signIn = step { true } else { false }
        }
    }

    /// Who must prove it anew is not asked for the address again.
    private func knownEmail(
        _ step: AuthorizationStep, _ guest: Guest, _ request: AuthorizationRequest, switching: Bool
    ) async throws -> (email: String, isLocked: Bool) {
        guard !switching, case .signIn(.fresh) = step, let session = guest.session,
            let account = try await rooms.accounts.account(id: session.subject)
        else { return (request.loginHint.flatMap(EmailAddress.init)?.typed ?? "", false) }
        return (account.email.typed, true)
    }

    func page(
        _ model: SignInPage, _ visit: Visit, _ guest: Guest, refused examination: Examination? = nil
    ) async throws -> Reply {
        var context = model.context(rooms)
        context["csrf"] = rooms.formGuard.token(for: guest.browser)
        let methods = rooms.methods(for: model.request?.client)
        context.merge(rooms.providerContext(for: model.request?.client)) { $1 }
        let byPasskey = rooms.offersPasskeys(to: model.request?.client)
        guard !methods.isEmpty || byPasskey else {
            let finding = model.request.map { Finding.nothingOffered($0.client) } ?? .passwordsOff
            throw PageProblem(.forbidden, "access_denied", model.examination(finding, guest))
        }
        context["isByProviderAlone"] = !methods.contains(.password) && !methods.contains(.magicLink)
        let isByMailAlone = !methods.contains(.password) && methods.contains(.magicLink)
        context["action"] = isByMailAlone ? MagicLinkRoutes.path : "/sign-in"
        context["isByMailAlone"] = isByMailAlone
        if methods.contains(.password) {
            context["asksPassword"] = true
            context["recoveryURL"] = model.onward.address(RecoveryRoutes.path)
            if methods.contains(.magicLink) {
                // What the operator names first is what the return key does (B011).
                context[methods.first == .magicLink ? "linkFirst" : "linkSecond"] = MagicLinkRoutes.path
            }
            if rooms.offersSignUp { context["signUpURL"] = model.onward.address(SignUpRoutes.path) }
        }
        if byPasskey { context.merge(try passkeyContext(guest, at: visit.now)) { $1 } }
        if let handle = model.handle {
            context["otherAccountURL"] = "/sign-in?switch=1&request=" + handle
        }
        var reply = try rooms.writer.reply(
            "sign-in", title: rooms.pages.catalogue.text("title.sign_in"), context,
            status: examination == nil ? .ok : model.status,
            formTargets: model.request.map(rooms.formTargets) ?? [],
            captcha: try await rooms.captcha.part(
                of: isByMailAlone ? .magicLink : .signIn, visit, guest,
                address: model.email.isEmpty ? nil : model.email))
        if let seconds = model.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = examination
        return reply
    }

    /// The page for somebody who came back from a provider without being let in. Whoever is signed in by now, and could go
    /// on, goes on.
    func page(
        after saying: UpstreamSaying, _ onward: Onward, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        var model = SignInPage(onward: onward, reference: visit.reference)
        model.say(saying)
        var established = Established(guest)
        established.subject = saying.subject ?? established.subject
        let examination = Examination(saying.finding, in: Course.upstream, established: established)
        if let handle = onward.request, try await rooms.paused(onward, guest, at: visit.now) != nil {
            switch try await turn(visit, guest, handle: handle, switching: guest.half != nil) {
            case .elsewhere(var reply):
                reply.examination = examination
                return reply
            case .mine(let step, let request, let handle):
                let known = try await knownEmail(step, guest, request, switching: false)
                (model.step, model.request, model.handle) = (step, request, handle)
                (model.email, model.isLocked) = known
            }
        }
        return try await page(model, visit, guest, refused: examination)
    }
}
