import HTTPTypes
import Identity
import OAuth

/// A person's own page: where they are signed in and which apps they have allowed (SE7, SE12).
struct AccountRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        [
            Route("/", .page, [.get: home]),
            Route("/account", .page, [.get: show]),
            Route("/account/sessions/end", .page, [.post: endSession]),
            Route("/account/sessions/end-others", .page, [.post: endOthers]),
            Route("/account/applications/remove", .page, [.post: removeApplication]),
            Route("/account/notices/dismiss", .page, [.post: dismissNotice]),
        ]
    }

    @Sendable private func home(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard guest.session == nil else { return .seeOther("/account") }
        var context: [String: Any] = ["signInURL": "/sign-in"]
        if rooms.signUp.policy.isOffered { context["signUpURL"] = SignUpRoutes.path }
        let page = try rooms.writer.reply("home", title: rooms.pages.catalogue.text("title.home"), context)
        return rooms.welcome(guest, page)
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let session = guest.session else { return rooms.welcome(guest, .seeOther("/sign-in")) }
        return try await page(visit, guest, session, notice: nil)
    }

    @Sendable private func endSession(_ visit: Visit) async throws -> Reply {
        let (guest, session, form) = try await signedIn(visit)
        let id = form["session"] ?? ""
        let isEnded = try await rooms.sessions.end(id, of: session.subject, at: visit.now)
        if id == session.id {
            var reply = Reply.seeOther("/signed-out")
            reply.headers.append(HTTPField(name: .setCookie, value: rooms.cookies.clearingSession))
            return reply
        }
        return try await page(
            visit, guest, session, notice: isEnded ? "account.session_ended" : "account.nothing_changed")
    }

    @Sendable private func endOthers(_ visit: Visit) async throws -> Reply {
        let (guest, session, _) = try await signedIn(visit)
        _ = try await rooms.sessions.endAll(of: session.subject, except: session.id, at: visit.now)
        return try await page(visit, guest, session, notice: "account.sessions_ended")
    }

    @Sendable private func removeApplication(_ visit: Visit) async throws -> Reply {
        let (guest, session, form) = try await signedIn(visit)
        guard let client = try await rooms.registry.client(form["application"] ?? "") else {
            return try await page(visit, guest, session, notice: "account.nothing_changed")
        }
        try await rooms.grants.revokeGrants(of: session.subject, to: client.id, at: visit.now)
        rooms.audit.record(AuditEvent(.consentRevoked, subject: session.subject, clientID: client.id))
        return try await page(visit, guest, session, notice: "account.application_revoked", ["client": client.name])
    }

    @Sendable private func dismissNotice(_ visit: Visit) async throws -> Reply {
        let (guest, session, form) = try await signedIn(visit)
        let isDismissed = try await rooms.notices.dismiss(noticeID: form["notice"] ?? "", of: session.subject)
        return try await page(visit, guest, session, notice: isDismissed ? nil : "account.nothing_changed")
    }

    private func signedIn(_ visit: Visit) async throws -> (Guest, Session, OAuth.Parameters) {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        guard let session = guest.session else {
            throw PageProblem(.unauthorized, "not_signed_in", .notSignedIn, in: Course.pageForm)
        }
        return (guest, session, form)
    }

    private func page(
        _ visit: Visit, _ guest: Guest, _ session: Session, notice: String?, _ variables: [String: String] = [:]
    ) async throws -> Reply {
        guard let account = try await rooms.accounts.account(id: session.subject) else { return .seeOther("/sign-in") }
        let sessions = try await rooms.sessions.list(of: account.id, at: visit.now)
        let consents = try await rooms.consents.consents(of: account.id)
        let grants = try await rooms.grants.offlineGrants(of: account.id, at: visit.now)
        let notices = try await rooms.notices.notices(of: account.id)
        let texts = AccountTexts(rooms: rooms, now: visit.now)
        var context: [String: Any] = [
            "csrf": rooms.formGuard.token(for: guest.browser), "person": texts.person(account),
            "sessions": sessions.map { texts.session($0, current: session.id) },
            "onlySession": sessions.count <= 1, "applications": try await texts.applications(consents, holding: grants),
            "warnings": try await texts.warnings(notices), "dismissAction": "/account/notices/dismiss",
            "endSessionAction": "/account/sessions/end", "endAllAction": "/account/sessions/end-others",
            "revokeAction": "/account/applications/remove", "signOutAction": "/logout/confirm",
        ]
        if let notice { context["notice"] = rooms.pages.catalogue.text(notice, variables) }
        let page = try rooms.writer.reply("account", title: rooms.pages.catalogue.text("title.account"), context)
        return rooms.welcome(guest, page)
    }
}
