import HTTPTypes
import Identity
import OAuth

/// Coming in by the mail: where its code is typed, and where its link leads. Looking at a link spends nothing, whoever or
/// whatever looks (ML3); and it signs in nobody but the browser that asked for it (ML2).
struct MagicLinkEntryRoutes: Sendable {
    let rooms: Rooms

    private static let purpose = MailProof.Purpose.magicLink

    var routes: [Route] {
        [
            Route(Self.purpose.codePath, .page, [.get: askCode, .post: takeCode]),
            Route("/\(Self.purpose.pathSegment)/*", .secretPage, [.get: askLink, .post: takeLink]),
        ]
    }

    private func link(_ visit: Visit) -> String {
        String(visit.path.dropFirst(Self.purpose.pathSegment.utf8.count + 2))
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
        let arrival = try await arrival(visit, guest, onward)
        let outcome = try await rooms.magicLinks.enter(
            code: form["code"] ?? "", from: arrival, visit.network, at: visit.now)
        return try await answer(outcome, onward, visit, guest)
    }

    @Sendable private func askLink(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        // Somebody else's parameters must not make a page of their own: what cannot be read is left out.
        let asked = (try? visit.queryParameters()).map(Onward.init) ?? .account
        let onward = try await rooms.ownOnward(asked, guest, at: visit.now)
        switch try await rooms.magicLinks.look(
            at: link(visit), from: guest.browser.digest, visit.network, at: visit.now)
        {
        case .here(let proof): return try await rooms.welcome(guest, linkReply(proof, onward, visit, guest))
        case .elsewhere(let proof): return try rooms.welcome(guest, elsewhere(proof, visit, guest))
        case .again where guest.entered != nil: return onward.reply
        case .again: return try dead(.reused, onward, visit, guest)
        case .dead(let fault): return try dead(fault, onward, visit, guest)
        }
    }

    @Sendable private func takeLink(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        // Elsewhere the request of the browser that asked is none of this one's business (ML2).
        let isElsewhere = form["here"] == nil
        let onward = isElsewhere ? Onward.account : Onward(form)
        let arrival = try await arrival(visit, guest, onward)
        let outcome = try await rooms.magicLinks.enter(
            link: link(visit), from: arrival, visit.network, at: visit.now)
        return try await answer(outcome, onward, visit, guest)
    }

    /// What the browser brings, if the app that it signs in for still takes links.
    private func arrival(_ visit: Visit, _ guest: Guest, _ onward: Onward) async throws -> Arrival {
        _ = try await rooms.linkRequest(onward, guest, at: visit.now)
        return try await rooms.arrival(visit, guest, onward)
    }

    private func answer(
        _ outcome: MagicLinkSignIn.Outcome, _ onward: Onward, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        var page = MailCodePage(onward: onward, reference: visit.reference)
        switch outcome {
        case .signedIn(let opened): return rooms.signedIn(opened, onward.reply, at: visit.now)
        case .again: return onward.reply
        case .leaving(let account):
            return try await ComeBackRoutes(rooms: rooms).ask(
                account, method: MagicLinkSignIn.method, visit, guest, onward)
        case .elsewhere(let proof): return try elsewhere(proof, visit, guest, status: .forbidden)
        case .dead(let fault): return try dead(fault, onward, visit, guest)
        case .wrongCode(let left): page.sayWrong(left, rooms.pages.catalogue)
        case .codeLocked: page.sayLocked(rooms.pages.catalogue)
        }
        return try await codeReply(page, visit, guest)
    }
}

extension MagicLinkEntryRoutes {
    private func codeReply(_ asked: MailCodePage, _ visit: Visit, _ guest: Guest) async throws -> Reply {
        var page = asked
        page.lifetime = rooms.magicLinks.policy.lifetime
        let request = try await rooms.paused(page.onward, guest, at: visit.now)
        let awaited = try await rooms.magicLinks.awaited(by: guest.browser.digest, at: visit.now)
        // Whoever comes back here by the browser's button after it is done goes on.
        if awaited == nil, guest.entered != nil, page.finding == nil { return page.onward.reply }
        // As nobody typed it: how an account spells its address is not told to whoever asks for a mail to it (PW10).
        var context = page.context(Self.purpose, address: awaited?.address.canonical, rooms)
        context["csrf"] = rooms.formGuard.token(for: guest.browser)
        context["resendAction"] = MagicLinkRoutes.resendPath
        context["otherAddressURL"] = page.onward.address(MagicLinkRoutes.path)
        context["signInURL"] = page.onward.address("/sign-in")
        if let request { context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri) }
        var reply = try rooms.writer.reply(
            "mail-code", title: rooms.pages.catalogue.text("title.mail_code"), context,
            status: page.finding == nil ? .ok : .unprocessableContent,
            formTargets: request.map(rooms.formTargets) ?? [])
        reply.examination = page.finding.map {
            Examination($0, in: Course.magicLinkEntry, established: Established(guest))
        }
        return reply
    }

    private func linkReply(
        _ proof: MailProof, _ onward: Onward, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        let request = try await rooms.paused(onward, guest, at: visit.now)
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "isHere": true, "action": visit.path, "csrf": rooms.formGuard.token(for: guest.browser),
            "onward": onward.fields, "email": proof.address.masked,
            "heading": request.map { catalogue.text("magic_link.open.heading_client", ["client": $0.client.name]) }
                ?? catalogue.text("magic_link.open.heading"),
            "sentence": catalogue.text("magic_link.open.here"), "button": catalogue.text("magic_link.open.button"),
        ]
        if let request { context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri) }
        return try rooms.writer.reply(
            "magic-link-open", title: catalogue.text("title.magic_link"), context, manner: .secretPage,
            formTargets: request.map(rooms.formTargets) ?? [])
    }

    /// Nobody is signed in here by a link that somebody else may have asked for; where the operator allows it, somebody
    /// is who presses a button that says so.
    private func elsewhere(
        _ proof: MailProof, _ visit: Visit, _ guest: Guest, status: HTTPResponse.Status = .ok
    ) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let mayEnter = rooms.magicLinks.policy.crossDevice == .loginHere
        var context: [String: Any] = [
            "isHere": mayEnter, "isElsewhere": true, "email": proof.address.masked,
            "heading": catalogue.text("magic_link.elsewhere.heading"),
            "sentence": catalogue.text(mayEnter ? "magic_link.elsewhere.or_here" : "magic_link.elsewhere.sentence"),
            "startText": catalogue.text("magic_link.elsewhere.start"), "startURL": MagicLinkRoutes.path,
        ]
        if mayEnter {
            context["action"] = visit.path
            context["csrf"] = rooms.formGuard.token(for: guest.browser)
            context["button"] = catalogue.text("magic_link.elsewhere.button")
        }
        if status != .ok { context["reference"] = visit.reference }
        var reply = try rooms.writer.reply(
            "magic-link-open", title: catalogue.text("title.magic_link"), context, status: status,
            manner: .secretPage)
        if status != .ok {
            reply.examination = Examination(
                .magicLinkDead(.noBrowser, rooms.magicLinks.policy), in: Course.magicLinkEntry,
                established: Established(guest))
        }
        return reply
    }

    /// One page for all that are dead (B004); whoever has proven the mailbox and may not come in by it is told so (B147).
    private func dead(_ fault: MagicLinkFault, _ onward: Onward, _ visit: Visit, _ guest: Guest) throws -> Reply {
        let finding = Finding.magicLinkDead(fault, rooms.magicLinks.policy)
        guard fault == .gate else {
            return try rooms.deadLink(Self.purpose, onward, visit, guest, because: finding)
        }
        let (words, variables): (String, [String: String]) =
            switch rooms.magicLinks.policy.people {
            case .roles(let names): ("magic_link.gate_roles", ["roles": names.joined(separator: ", ")])
            case .optIn: ("magic_link.gate_opt_in", [:])
            case .anybody: ("magic_link.gate", [:])
            }
        let page = OutcomePage(
            words, variables, status: .forbidden, action: (onward.address("/sign-in"), "magic_link.gate_action"),
            manner: .secretPage)
        var reply = try page.reply(rooms.writer, visit)
        reply.examination = Examination(finding, in: Course.magicLinkEntry, established: Established(guest))
        return rooms.welcome(guest, reply)
    }
}
