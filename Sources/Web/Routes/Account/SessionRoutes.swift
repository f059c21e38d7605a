import HTTPTypes
import Identity
import OAuth

/// Where a person is signed in, and which browsers are remembered (SE7).
struct SessionRoutes: Sendable {
    let rooms: Rooms

    private static let section = AccountSection.sessions

    var routes: [Route] {
        let door = AccountDoor(rooms: rooms)
        let path = Self.section.path
        return [
            Route(path, .page, [.get: door.page(path) { try await page($0) }]),
            Route("/account/sessions/end", .page, [.post: door.form(on: path, endSession)]),
            Route("/account/sessions/end-others", .page, [.post: door.form(on: path, endOthers)]),
            Route("/account/browsers/forget", .page, [.post: door.form(on: path, forgetBrowser)]),
            Route("/account/browsers/forget-others", .page, [.post: door.form(on: path, forgetOthers)]),
        ]
    }

    @Sendable private func endSession(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let (id, own) = (form["session"] ?? "", resident.session.id)
        let isEnded = try await rooms.sessions.end(id, of: resident.account.id, at: resident.visit.now)
        guard id != own else {
            var reply = Reply.seeOther("/signed-out")
            reply.headers.append(HTTPField(name: .setCookie, value: rooms.cookies.clearingSession))
            return reply
        }
        return try await answer(isEnded, "session_ended", resident)
    }

    @Sendable private func endOthers(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let now = resident.visit.now
        guard let kept = try await rooms.sessions.endOthers(than: resident.session, at: now) else {
            throw PageProblem(.unauthorized, "not_signed_in", .notSignedIn, in: Course.pageForm)
        }
        return rooms.signedIn(kept, rooms.done("sessions_ended", at: Self.section, resident), at: now)
    }

    @Sendable private func forgetBrowser(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let (id, browsers) = (form["browser"] ?? "", rooms.account.browsers)
        let known = try await browsers.knownBrowsers(of: resident.account.id).first { $0.id == id }
        var isForgotten = false
        if let known { isForgotten = try await browsers.forget(browser: known.browser, of: resident.account.id) }
        if isForgotten { record(1, resident) }
        return try await answer(isForgotten, "browser_forgotten", resident)
    }

    @Sendable private func forgetOthers(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let count = try await rooms.account.browsers.forgetBrowsers(
            of: resident.account.id, except: resident.guest.browser.digest)
        if count > 0 { record(count, resident) }
        return rooms.done("browsers_forgotten", at: Self.section, resident)
    }

    private func record(_ count: Int, _ resident: Resident) {
        rooms.audit.record(
            AuditEvent(.browsersForgotten, subject: resident.account.id, details: ["count": String(count)]))
    }

    /// One that is somebody else's is answered like one that there is not (B068).
    private func answer(_ isDone: Bool, _ word: String, _ resident: Resident) async throws -> Reply {
        guard !isDone else { return rooms.done(word, at: Self.section, resident) }
        return try await page(resident, refused: .nothingThere(rooms.pages.catalogue))
    }

    private func page(_ resident: Resident, refused refusal: AccountRefusal? = nil) async throws -> Reply {
        let id = resident.account.id
        let sessions = try await rooms.sessions.list(of: id, at: resident.visit.now)
        let browsers = try await rooms.account.browsers.knownBrowsers(of: id)
        let texts = AccountTexts(rooms: rooms, now: resident.visit.now)
        let context: [String: Any] = [
            "list": sessions.map { texts.session($0, current: resident.session.id) },
            "onlySession": sessions.count <= 1, "endSessionAction": "/account/sessions/end",
            "endAllAction": "/account/sessions/end-others",
            "browsers": browsers.map { texts.browser($0, current: resident.guest.browser.digest) },
            "onlyBrowser": browsers.count <= 1, "forgetAction": "/account/browsers/forget",
            "forgetAllAction": "/account/browsers/forget-others",
        ]
        return try rooms.accountPage(Self.section, "account-sessions", resident, context, refused: refusal)
    }
}
