import HTTPTypes
import Identity
import OAuth

/// `/account/confirm/mail` and `/account/confirm/code`: confirming by a mailed code, for people without a password.
struct MailedConfirmationRoutes: Sendable {
    let rooms: Rooms

    static let mailPath = Rooms.confirmationPath + "/mail"
    private static let codePath = Rooms.confirmationPath + "/code"

    var routes: [Route] {
        [
            Route(Self.mailPath, .page, [.post: send]),
            Route(Self.codePath, .page, [.get: show, .post: confirm]),
        ]
    }

    @Sendable private func send(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let next = ReturnPath(try rooms.genuineForm(visit, from: guest)["next"]) ?? .account
        let session = try guest.signedIn()
        let visitor = rooms.visitorRecord(visit, guest)
        let isAsked = try await rooms.mailedConfirmation.begin(
            session, from: visitor, network: visit.network, at: visit.now)
        return .seeOther((isAsked ? Self.codePath : Rooms.confirmationPath) + "?next=" + next.escaped)
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let next = ReturnPath(try visit.queryParameters()["next"]) ?? .account
        guard let session = guest.session else { return rooms.welcome(guest, Rooms.signInFirst(guest, backTo: next)) }
        guard !session.isFresh(at: visit.now) else { return .seeOther(next.text) }
        guard !session.hasFactors else { return .seeOther(Rooms.confirmation(of: session, backTo: next)) }
        return try page(CodePage(), visit, guest, next)
    }

    @Sendable private func confirm(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let next = ReturnPath(form["next"]) ?? .account
        let session = try guest.signedIn()
        switch try await rooms.mailedConfirmation.confirm(
            session, code: form["code"] ?? "", browser: guest.browser.digest, at: visit.now)
        {
        case .confirmed(let renewed): return rooms.returning(to: next, with: renewed, at: visit.now)
        case .wrong: return try page(CodePage("code.wrong"), visit, guest, next)
        case .locked: return try page(CodePage("code.locked_alone"), visit, guest, next)
        }
    }

    private func page(_ model: CodePage, _ visit: Visit, _ guest: Guest, _ next: ReturnPath) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "action": Self.codePath, "csrf": rooms.formGuard.token(for: guest.browser), "next": next.text,
            "againURL": Rooms.confirmationPath + "?next=" + next.escaped,
            "minutes": String(MailProofs.lifetime / 60),
        ]
        context.merge(model.context(catalogue, visit.reference)) { $1 }
        var reply = try rooms.writer.reply(
            "confirm-code", title: catalogue.text("title.confirm"), context, status: model.status)
        if model.error != nil {
            reply.examination = Examination(.mailCodeRefused, in: Course.mailProof, established: Established(guest))
        }
        return rooms.welcome(guest, reply)
    }
}
