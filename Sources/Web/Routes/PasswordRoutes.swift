import HTTPTypes
import Identity
import OAuth

/// Changing one's password: the current one is asked for, and every other session ends (PW11).
struct PasswordRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/account/password", .page, [.get: show, .post: change])] }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let session = guest.session else { return rooms.welcome(guest, .seeOther("/sign-in")) }
        return try await page(PasswordPage(), guest, session)
    }

    @Sendable private func change(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        guard let session = guest.session else {
            throw PageProblem(.unauthorized, "not_signed_in", .notSignedIn, in: Course.pageForm)
        }
        let request = PasswordChange.Request(
            session: session, current: form["current"] ?? "", new: form["password"] ?? "", network: visit.network)
        let catalogue = rooms.pages.catalogue
        var model = PasswordPage(reference: visit.reference)
        switch try await rooms.passwordChange.change(request, at: visit.now) {
        case .changed: model.notice = catalogue.text("account.password_changed")
        case .refused(let problem):
            model.passwordError = AccountProblemTexts(catalogue: catalogue).sentence(problem)
            model.finding = .newPasswordRefused
        case .denied(let refusal):
            model.say(refusal.answer, SignInTexts(catalogue: catalogue))
            model.finding = refusal.finding
        }
        return try await page(model, guest, session)
    }

    private func page(_ model: PasswordPage, _ guest: Guest, _ session: Session) async throws -> Reply {
        guard let account = try await rooms.accounts.account(id: session.subject) else { return .seeOther("/sign-in") }
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "action": "/account/password", "csrf": rooms.formGuard.token(for: guest.browser),
            "email": account.email.typed, "backURL": "/account",
            "passwordRule": catalogue.text(
                "password.rule", ["minimum": String(rooms.settings.minimumPasswordLength)]),
        ]
        context["notice"] = model.notice
        context["currentError"] = model.currentError
        context["passwordError"] = model.passwordError
        let faults = [("current", model.currentError), ("password", model.passwordError)].compactMap { id, message in
            message.map { ["id": id, "message": $0] }
        }
        if !faults.isEmpty {
            context["error"] =
                ["summary": catalogue.text("error.summary.form"), "fields": faults, "reference": model.reference]
                as [String: Any]
        }
        var reply = try rooms.writer.reply(
            "password", title: catalogue.text("title.password"), context,
            status: faults.isEmpty ? .ok : model.retryAfter == nil ? .unprocessableContent : .tooManyRequests)
        if let seconds = model.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = model.finding.map {
            Examination($0, in: Course.passwordChange, established: Established(guest))
        }
        return reply
    }
}

private struct PasswordPage {
    var reference = ""
    var finding: Finding?
    var notice: String?
    var currentError: String?
    var passwordError: String?
    var retryAfter: Int64?

    mutating func say(_ answer: PasswordRefusal.Answer, _ texts: SignInTexts) {
        switch answer {
        case .wrong: currentError = texts.catalogue.text("account.password_wrong")
        case .throttled(let seconds):
            retryAfter = seconds
            currentError = texts.throttled(seconds)
        case .busy(let seconds):
            retryAfter = seconds
            currentError = texts.catalogue.text("sign_in.busy")
        }
    }
}

/// Sentences about sign-in that more than one page says.
struct SignInTexts {
    let catalogue: Catalogue

    func throttled(_ seconds: Int64) -> String {
        guard seconds > 60 else { return catalogue.text("sign_in.throttled_one") }
        return catalogue.text("sign_in.throttled", ["minutes": String((seconds + 59) / 60)])
    }
}
