import HTTPTypes
import Identity
import OAuth

extension Rooms {
    /// What a browser brings to the opening of a session. A request that another browser began is left alone.
    func arrival(_ visit: Visit, _ guest: Guest, _ onward: Onward) async throws -> Arrival {
        var authorization: TokenDigest?
        if let handle = onward.request {
            authorization = try await self.authorization.pending(handle, browser: guest.browser.digest, at: visit.now)?
                .handle.digest
        }
        return Arrival(
            visitor: visitorRecord(visit, guest), presentedSession: guest.presentedSession,
            authorization: authorization, remembered: cookies.presentedRemembered(visit.headers)?.digest)
    }

    /// On the way, with the cookie of a session just opened, or of one that goes on under a new secret.
    func signedIn(_ opened: OpenedSession, _ reply: Reply, at now: Instant) -> Reply {
        var reply = reply
        let lifetime = opened.session.expiresAt.seconds(since: now)
        reply.headers.append(
            HTTPField(name: .setCookie, value: cookies.settingSession(opened.secret, until: lifetime)))
        return reply
    }

    /// The app's request behind a page that somebody sees before they are signed in. `nil` when there is none any
    /// more; looking never answers it.
    func paused(_ onward: Onward, _ guest: Guest, at now: Instant) async throws -> AuthorizationRequest? {
        guard let handle = onward.request else { return nil }
        let stranger = AuthorizationEndpoint.Visitor(browser: guest.browser.digest, signedIn: nil)
        switch try await authorization.resume(handle, visitor: stranger, at: now) {
        case .interact(_, let request, _): return request
        case .respond, .showToUser: return nil
        }
    }
}
