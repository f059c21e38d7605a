import HTTPTypes
import Identity
import OAuth

/// The pages of a way in by a mail: where the code is typed, and where the link leads. Looking at a link spends
/// nothing, whoever or whatever looks (ML3).
struct MailEntranceRoutes: Sendable {
    let rooms: Rooms
    let entrance: any MailEntrance

    private var purpose: MailProof.Purpose { entrance.purpose }
    private var resendPath: String { "/\(purpose.pathSegment)/again" }

    var routes: [Route] {
        [
            Route(purpose.codePath, .page, [.get: askCode, .post: takeCode]),
            Route(resendPath, .page, [.post: sendAgain]),
            Route("/\(purpose.pathSegment)/*", .secretPage, [.get: askLink, .post: takeLink]),
        ]
    }

    @Sendable private func askCode(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let parameters = try visit.queryParameters()
        var page = MailCodePage(onward: Onward(parameters))
        page.isSentAgain = parameters["again"] != nil
        return rooms.welcome(guest, try await codeReply(page, visit, guest))
    }

    @Sendable private func takeCode(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let onward = Onward(form)
        let arrival = try await rooms.arrival(visit, guest, onward)
        var page = MailCodePage(onward: onward, reference: visit.reference)
        switch try await entrance.enter(code: form["code"] ?? "", from: arrival, at: visit.now) {
        case .signedIn(let opened): return rooms.signedIn(opened, onward.reply, at: visit.now)
        case .dead: return try rooms.doneOrDead(purpose, onward, visit, guest)
        case .wrongCode(let left): page.sayWrong(left, rooms.pages.catalogue)
        case .codeLocked, .refused, .busy: page.sayLocked(rooms.pages.catalogue)
        }
        return try await codeReply(page, visit, guest)
    }

    /// The same page whatever comes of it: limits are not told, nor whose address it is.
    @Sendable private func sendAgain(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = Onward(try rooms.genuineForm(visit, from: guest))
        let arrival = try await rooms.arrival(visit, guest, onward)
        let errand = MailErrand(network: visit.network, query: onward.query)
        try await entrance.askAgain(from: arrival, errand, at: visit.now)
        return .seeOther(onward.address(purpose.codePath, (name: "again", value: "1")))
    }

    private func codeReply(_ page: MailCodePage, _ visit: Visit, _ guest: Guest) async throws -> Reply {
        let request = try await rooms.paused(page.onward, guest, at: visit.now)
        let awaited = try await entrance.proofs.awaited(for: purpose, browser: guest.browser.digest, at: visit.now)
        // Whoever comes back here by the browser's button after it is done goes on.
        if awaited == nil, guest.entered != nil, page.finding == nil { return page.onward.reply }
        var context = page.context(purpose, address: awaited?.address.typed, rooms)
        context["csrf"] = rooms.formGuard.token(for: guest.browser)
        context["resendAction"] = resendPath
        if purpose == .signUp { context["otherAddressURL"] = page.onward.address(SignUpRoutes.path) }
        if let request { context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri) }
        var reply = try rooms.writer.reply(
            "mail-code", title: rooms.pages.catalogue.text("title.mail_code"), context,
            status: page.finding == nil ? .ok : .unprocessableContent,
            formTargets: request.map(rooms.formTargets) ?? [])
        reply.examination = page.finding.map {
            Examination($0, in: Course.mailProof, established: Established(guest))
        }
        return reply
    }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst(purpose.pathSegment.utf8.count + 2)) }

    @Sendable private func askLink(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        // Somebody else's parameters must not make a page of their own: what cannot be read is left out.
        let onward = (try? visit.queryParameters()).map(Onward.init) ?? .account
        let found = try await entrance.look(at: link(visit), from: guest.browser.digest, at: visit.now)
        guard let found else { return try rooms.deadLink(purpose, onward, visit, guest) }
        var page = MailLinkPage(purpose, found.proof, isHere: found.isHere)
        page.onward = found.isHere ? onward : .account
        return rooms.welcome(guest, try await linkReply(page, visit, guest))
    }

    @Sendable private func takeLink(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let found = try await entrance.look(at: link(visit), from: guest.browser.digest, at: visit.now)
        // Elsewhere the request of the browser that asked is none of this one's business (ML2).
        let onward = found?.isHere ?? true ? Onward(form) : .account
        let arrival = try await rooms.arrival(visit, guest, onward)
        let draft = AccountDraft(name: form["name"] ?? "", email: "", password: form["password"] ?? "")
        let outcome = try await entrance.enter(link: link(visit), choosing: draft, from: arrival, at: visit.now)
        if case .signedIn(let opened) = outcome { return rooms.signedIn(opened, onward.reply, at: visit.now) }
        guard let found else { return try rooms.doneOrDead(purpose, onward, visit, guest) }
        var page = MailLinkPage(purpose, found.proof, isHere: found.isHere, reference: visit.reference)
        (page.onward, page.name) = (onward, draft.name)
        switch outcome {
        case .signedIn, .dead, .wrongCode, .codeLocked: return try rooms.doneOrDead(purpose, onward, visit, guest)
        case .refused(let problems): page.say(problems, AccountProblemTexts(catalogue: rooms.pages.catalogue))
        case .busy(let seconds): page.sayBusy(seconds, rooms.pages.catalogue)
        }
        return try await linkReply(page, visit, guest)
    }

    private func linkReply(_ page: MailLinkPage, _ visit: Visit, _ guest: Guest) async throws -> Reply {
        let request = try await rooms.paused(page.onward, guest, at: visit.now)
        var context = page.context(rooms)
        context["action"] = visit.path
        context["csrf"] = rooms.formGuard.token(for: guest.browser)
        if let request { context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri) }
        var reply = try rooms.writer.reply(
            "mail-link", title: rooms.pages.catalogue.text("title.mail_link"), context, status: page.status,
            manner: .secretPage, formTargets: request.map(rooms.formTargets) ?? [])
        if let seconds = page.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = page.finding.map {
            Examination($0, in: Course.mailProof, established: Established(guest))
        }
        return reply
    }
}

extension Rooms {
    /// A second click on what has just been done goes where the first one led; anything else is dead.
    func doneOrDead(_ purpose: MailProof.Purpose, _ onward: Onward, _ visit: Visit, _ guest: Guest) throws -> Reply {
        if let session = guest.entered, visit.now.seconds(since: session.authenticatedAt) < 60 { return onward.reply }
        return try deadLink(purpose, onward, visit, guest)
    }
}
