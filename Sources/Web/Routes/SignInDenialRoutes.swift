import HTTPTypes
import Identity
import OAuth

/// The link in the notice of a sign-in. Looking at it spends nothing; it needs no session, for the thief may have ended
/// the person's own.
struct SignInDenialRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/not-me/*", .secretPage, [.get: show, .post: deny])] }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst("/not-me/".count)) }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let found = try await rooms.signInDenials.find(link(visit), at: visit.now) else { throw Self.dead }
        return rooms.welcome(guest, try page(found, visit, guest))
    }

    @Sendable private func deny(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        _ = try rooms.genuineForm(visit, from: guest)
        guard try await rooms.signInDenials.deny(link(visit), at: visit.now) else { throw Self.dead }
        return .seeOther(rooms.settings.takesPasswords ? RecoveryRoutes.path : "/sign-in")
    }

    private static let dead = PageProblem(.notFound, "notice_invalid", .noticeLinkDead, in: Course.noticeLink)

    private func page(_ found: DeniableSignIn, _ visit: Visit, _ guest: Guest) throws -> Reply {
        var context: [String: Any] = [
            "action": visit.path, "csrf": rooms.formGuard.token(for: guest.browser),
            "leadsToPassword": rooms.settings.takesPasswords,
        ]
        if let session = found.session {
            let time = TimeText(catalogue: rooms.pages.catalogue, now: visit.now)
            context["session"] = [
                "device": session.device, "time": time.past(session.createdAt), "address": session.address,
                "place": rooms.place(of: session),
            ]
        }
        return try rooms.writer.reply(
            "not-me", title: rooms.pages.catalogue.text("title.not_me"), context, manner: .secretPage)
    }
}
