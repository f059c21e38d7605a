import HTTPTypes
import Identity
import OAuth

/// `/magic-link`: asking for a mail to sign in with. The answer is the same for everybody; what comes of it is the
/// mailbox's to know (PW10).
struct MagicLinkRoutes: Sendable {
    static let path = "/magic-link"
    static let resendPath = "/magic-link/again"

    let rooms: Rooms

    var routes: [Route] {
        guard rooms.settings.signInMethods.contains(.magicLink) else { return [] }
        return [Route(Self.path, .page, [.get: show, .post: ask]), Route(Self.resendPath, .page, [.post: askAgain])]
            + MagicLinkEntryRoutes(rooms: rooms).routes
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = try await rooms.ownOnward(Onward(visit.queryParameters()), guest, at: visit.now)
        let request = try await rooms.linkRequest(onward, guest, at: visit.now)
        guard guest.session == nil || request != nil else { return onward.reply }
        let page = MagicLinkPage(
            email: request?.loginHint.flatMap(EmailAddress.init)?.typed ?? "", onward: onward, request: request)
        return try await rooms.welcome(guest, reply(page, visit, guest))
    }

    @Sendable private func ask(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let onward = try await rooms.ownOnward(Onward(form), guest, at: visit.now)
        let request = try await rooms.linkRequest(onward, guest, at: visit.now)
        var page = MagicLinkPage(email: form["email"] ?? "", onward: onward, request: request)
        guard let address = EmailAddress(page.email) else {
            page.refuse(page.email.isEmpty ? "sign_in.email_missing" : "sign_in.email_invalid")
            return try await reply(page, visit, guest)
        }
        // The sign-in page does not know which of its buttons will be pressed, and asks nothing for this one.
        if form["from"] != nil, try await rooms.captcha.part(of: .magicLink, visit, guest) != nil {
            return try await reply(page, visit, guest)
        }
        if case .refused(let saying) = try await rooms.captcha.check(form, visit, guest, for: .magicLink) {
            page.refuse(saying)
            return try await reply(page, visit, guest)
        }
        try await rooms.magicLinks.begin(
            for: address, client: request?.client.id, from: rooms.visitorRecord(visit, guest),
            MailErrand(network: visit.network, query: onward.query), at: visit.now)
        return .seeOther(onward.address(MailProof.Purpose.magicLink.codePath))
    }

    /// The same page whatever comes of it: limits are not told, nor whose address it is.
    @Sendable private func askAgain(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = Onward(try rooms.genuineForm(visit, from: guest))
        try await rooms.magicLinks.askAgain(
            from: rooms.visitorRecord(visit, guest), MailErrand(network: visit.network, query: onward.query),
            at: visit.now)
        return .seeOther(onward.address(MailProof.Purpose.magicLink.codePath, (name: "again", value: "1")))
    }

    private func reply(_ page: MagicLinkPage, _ visit: Visit, _ guest: Guest) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        var context = page.context(catalogue, visit.reference)
        context["action"] = Self.path
        context["csrf"] = rooms.formGuard.token(for: guest.browser)
        if let request = page.request {
            context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri)
        }
        var reply = try rooms.writer.reply(
            "magic-link", title: catalogue.text("title.magic_link"), context, status: page.status,
            formTargets: page.request.map(rooms.formTargets) ?? [],
            captcha: try await rooms.captcha.part(of: .magicLink, visit, guest))
        if let seconds = page.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = page.finding.map {
            Examination($0, in: Course.magicLink, established: Established(guest))
        }
        return reply
    }
}

extension Rooms {
    /// A mail that leads here carries the request of the browser it was asked for in. Whoever reads it elsewhere goes on
    /// without it.
    func ownOnward(_ onward: Onward, _ guest: Guest, at now: Instant) async throws -> Onward {
        guard let handle = onward.request,
            try await authorization.waitsElsewhere(handle, than: guest.browser.digest, at: now)
        else { return onward }
        return .account
    }

    /// The app's request that a person signs in for by mail, if there is one and the app lets them.
    func linkRequest(_ onward: Onward, _ guest: Guest, at now: Instant) async throws -> AuthorizationRequest? {
        let request = try await paused(onward, guest, at: now)
        guard methods(for: request?.client).contains(.magicLink) else {
            throw PageProblem(
                .forbidden, "access_denied", .linksNotOffered(request?.client), in: Course.magicLink,
                established: Established(guest))
        }
        return request
    }
}
