import HTTPTypes
import Identity
import OAuth

/// `/account/confirm?next=…`: somebody who is signed in proves it once more, and goes back to what they were about
/// to do (B093).
struct ConfirmationRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route(Rooms.confirmationPath, .page, [.get: show, .post: confirm])] }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let next = ReturnPath(try visit.queryParameters()["next"]) ?? .account
        guard let session = guest.session else { return rooms.welcome(guest, Rooms.signInFirst(guest, backTo: next)) }
        guard !session.isFresh(at: visit.now) else { return .seeOther(next.text) }
        guard !session.hasFactors else { return .seeOther(Rooms.confirmation(of: session, backTo: next)) }
        return try await page(guest, session, next)
    }

    @Sendable private func confirm(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let next = ReturnPath(form["next"]) ?? .account
        guard let session = guest.session else { return Rooms.signInFirst(guest, backTo: next) }
        guard rooms.settings.takesPasswords else {
            return .seeOther(Rooms.confirmationPath + "?next=" + next.escaped)
        }
        let password = form["password"] ?? ""
        switch try await rooms.confirmation.confirm(session, password: password, network: visit.network, at: visit.now)
        {
        case .confirmed(let renewed): return rooms.returning(to: next, with: renewed, at: visit.now)
        case .denied(let refusal): return try await page(guest, session, next, refused: refusal, visit.reference)
        }
    }

    private func page(
        _ guest: Guest, _ session: Session, _ next: ReturnPath, refused refusal: PasswordRefusal? = nil,
        _ reference: String = ""
    ) async throws -> Reply {
        guard let account = try await rooms.accounts.account(id: session.subject) else {
            return Rooms.signInFirst(guest, backTo: next)
        }
        let catalogue = rooms.pages.catalogue
        let asksPassword = rooms.settings.takesPasswords && account.passwordHash != nil
        var context: [String: Any] = [
            "action": Rooms.confirmationPath, "csrf": rooms.formGuard.token(for: guest.browser), "next": next.text,
            "email": account.email.typed, "hasPassword": asksPassword,
            "mailAction": MailedConfirmationRoutes.mailPath,
            "sendCode": catalogue.text("confirm.send_code", ["email": account.email.typed]),
            "why": catalogue.text("confirm.why", ["minutes": String(FreshAuthentication.lifetime / 60)]),
        ]
        guard let refusal else {
            let page = try rooms.writer.reply("confirm", title: catalogue.text("title.confirm"), context)
            return rooms.welcome(guest, page)
        }
        let answer = ConfirmationAnswer(refusal.answer, catalogue)
        context["passwordError"] = answer.sentence
        let fields = asksPassword ? [["id": "password", "message": answer.sentence]] : []
        context["error"] =
            ["summary": catalogue.text("error.summary.form"), "fields": fields, "reference": reference]
            as [String: Any]
        var reply = try rooms.writer.reply(
            "confirm", title: catalogue.text("title.confirm"), context, status: answer.status)
        if let seconds = answer.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = Examination(
            refusal.finding, in: Course.confirmation, established: Established(guest))
        return reply
    }
}

/// What is said to somebody whose password was not right.
private struct ConfirmationAnswer {
    let sentence: String
    let status: HTTPResponse.Status
    let retryAfter: Int64?

    init(_ answer: PasswordRefusal.Answer, _ catalogue: Catalogue) {
        switch answer {
        case .wrong:
            (sentence, status, retryAfter) = (catalogue.text("confirm.wrong"), .unprocessableContent, nil)
        case .throttled(let seconds):
            let words = SignInTexts(catalogue: catalogue).throttled(seconds)
            (sentence, status, retryAfter) = (words, .tooManyRequests, seconds)
        case .busy(let seconds):
            (sentence, status, retryAfter) = (catalogue.text("sign_in.busy"), .serviceUnavailable, seconds)
        }
    }
}
