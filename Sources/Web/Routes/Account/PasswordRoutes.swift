import HTTPTypes
import Identity
import OAuth

/// Changing one's password, for which the current one is asked (PW11); or setting a first one, for which the person has
/// just proven who they are (B018).
struct PasswordRoutes: Sendable {
    let rooms: Rooms

    static let path = "/account/password"

    var routes: [Route] {
        rooms.settings.takesPasswords ? [Route(Self.path, .page, [.get: show, .post: change])] : []
    }

    private static let here = ReturnPath(known: path)

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let session = guest.session, let account = try await rooms.accounts.account(id: session.subject) else {
            return rooms.welcome(guest, Rooms.signInFirst(guest, backTo: Self.here))
        }
        if account.passwordHash == nil, let reply = Rooms.confirmFirst(session, backTo: Self.here, at: visit.now) {
            return reply
        }
        return rooms.welcome(guest, try page(PasswordPage(account: account), guest))
    }

    @Sendable private func change(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        guard let session = guest.session, let account = try await rooms.accounts.account(id: session.subject) else {
            throw PageProblem(.unauthorized, "not_signed_in", .notSignedIn, in: Course.pageForm)
        }
        var kept: OpenedSession?
        var model = PasswordPage(account: account, reference: visit.reference, endsOthers: form["end_others"] != nil)
        let request = PasswordChange.Request(
            session: session, current: form["current"] ?? "", new: form["password"] ?? "", network: visit.network,
            endsOthers: model.endsOthers)
        let outcome =
            account.passwordHash == nil
            ? try await rooms.passwordChange.setFirst(request, at: visit.now)
            : try await rooms.passwordChange.change(request, at: visit.now)
        switch outcome {
        case .changed(let session, _): (model.isDone, kept) = (true, session)
        case .refused(let problem):
            model.problem = problem
            model.finding = .newPasswordRefused
        case .denied(let refusal):
            model.say(refusal.answer, SignInTexts(catalogue: rooms.pages.catalogue))
            model.finding = refusal.finding
        case .notFresh: return Rooms.confirmFirst(session, backTo: Self.here, at: visit.now) ?? .seeOther(Self.path)
        }
        let reply = try page(model, guest)
        return kept.map { rooms.signedIn($0, reply, at: visit.now) } ?? reply
    }

    private func page(_ model: PasswordPage, _ guest: Guest) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let title = catalogue.text(model.hasPassword ? "title.password" : "title.password_first")
        var context: [String: Any] = [
            "action": Self.path, "csrf": rooms.formGuard.token(for: guest.browser), "backURL": "/account",
            "heading": title,
        ]
        context.merge(model.context(NewPasswordField(rooms.writer), catalogue)) { $1 }
        var reply = try rooms.writer.reply("password", title: title, context, status: model.status)
        if let seconds = model.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = model.finding.map {
            Examination($0, in: Course.passwordChange, established: Established(guest))
        }
        return reply
    }
}

private struct PasswordPage {
    let account: Account
    var reference = ""
    var endsOthers = true
    var finding: Finding?
    var isDone = false
    var currentError: String?
    var problem: PasswordProblem?
    var retryAfter: Int64?

    /// As it is now.
    var hasPassword: Bool { account.passwordHash != nil || isDone }

    var status: HTTPResponse.Status {
        if currentError == nil && problem == nil { return .ok }
        return retryAfter == nil ? .unprocessableContent : .tooManyRequests
    }

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

    func context(_ field: NewPasswordField, _ catalogue: Catalogue) -> [String: Any] {
        var context: [String: Any] = [
            "email": account.email.typed, "hasPassword": hasPassword, "endOthers": endsOthers || isDone,
            "button": catalogue.text(hasPassword ? "password.change" : "password.set"),
        ]
        context.merge(field.context(problem, label: "password.label_new")) { $1 }
        context["notice"] = notice.map { catalogue.text($0) }
        context["currentError"] = currentError
        let faults = [("current", currentError), ("password", problem.map(field.sentence))].compactMap { id, message in
            message.map { ["id": id, "message": $0] }
        }
        if !faults.isEmpty {
            context["error"] =
                ["summary": catalogue.text("error.summary.form"), "fields": faults, "reference": reference]
                as [String: Any]
        }
        return context
    }

    private var notice: String? {
        guard isDone else { return nil }
        let isFirst = account.passwordHash == nil
        if endsOthers { return isFirst ? "account.password_set_alone" : "account.password_changed" }
        return isFirst ? "account.password_set" : "account.password_changed_only"
    }
}
