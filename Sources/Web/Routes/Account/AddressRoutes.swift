import HTTPTypes
import Identity
import OAuth

/// Another e-mail address for one's account (ML10): asked for by somebody who has just proven who they are, and made by
/// the same person with a link or code from the new mailbox.
struct AddressRoutes: Sendable {
    let rooms: Rooms

    static let path = "/account/address"
    private static let codePath = "/account/address/confirm"
    private static let here = ReturnPath(known: path)

    var routes: [Route] {
        [
            Route(Self.path, .page, [.get: show, .post: begin]),
            Route(Self.codePath, .page, [.get: showCode, .post: takeCode]),
            Route("/address-change/*", .secretPage, [.get: open, .post: confirm]),
        ]
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let session = guest.session else {
            return rooms.welcome(guest, Rooms.signInFirst(guest, backTo: Self.here))
        }
        if let reply = Rooms.confirmFirst(session, backTo: Self.here, at: visit.now) { return reply }
        return try await form(AddressPage(), visit, guest, session)
    }

    @Sendable private func begin(_ visit: Visit) async throws -> Reply {
        let (guest, session, form) = try await signedIn(visit)
        var model = AddressPage(email: form["email"] ?? "")
        guard let address = EmailAddress(model.email) else {
            model.error = model.email.isEmpty ? "address.missing" : "sign_in.email_invalid"
            return try await self.form(model, visit, guest, session)
        }
        let visitor = rooms.visitorRecord(visit, guest)
        switch try await rooms.addressChange.begin(
            to: address, for: session, from: visitor, network: visit.network, at: visit.now)
        {
        case .asked: return .seeOther(Self.codePath)
        case .notFresh: return Rooms.confirmFirst(session, backTo: Self.here, at: visit.now) ?? .seeOther(Self.path)
        case .same:
            (model.error, model.finding) = ("address.same", .sameAddress)
            return try await self.form(model, visit, guest, session)
        }
    }

    @Sendable private func showCode(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let session = guest.session else {
            return rooms.welcome(guest, Rooms.signInFirst(guest, backTo: Self.here))
        }
        return try await code(CodePage(), visit, guest, session)
    }

    @Sendable private func takeCode(_ visit: Visit) async throws -> Reply {
        let (guest, session, form) = try await signedIn(visit)
        let outcome = try await rooms.addressChange.confirm(
            code: form["code"] ?? "", for: session, endingOthers: form["end_others"] != nil,
            from: rooms.visitorRecord(visit, guest), at: visit.now)
        switch outcome {
        case .wrongCode, .dead: return try await code(CodePage("code.wrong"), visit, guest, session)
        case .locked: return try await code(CodePage("code.locked"), visit, guest, session)
        case .changed, .taken: return try answer(outcome, visit, guest)
        }
    }

    /// Of use to the person alone who is signed in here: whoever is asked by a stranger to confirm an address gives it
    /// to nobody by a click. Without a session every link gets the same page.
    @Sendable private func open(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let catalogue = rooms.pages.catalogue
        guard let session = guest.session else {
            let page = OutcomePage(
                "address.sign_in_first", status: .unauthorized, action: ("/sign-in", "address.sign_in"),
                manner: .secretPage)
            var reply = try page.reply(rooms.writer, visit)
            reply.examination = Examination(.notSignedIn, in: Course.pageForm)
            return rooms.welcome(guest, reply)
        }
        guard let address = try await rooms.addressChange.address(link: link(visit), for: session, at: visit.now) else {
            return try rooms.deadLink(.addressChange, .account, visit, guest)
        }
        let context: [String: Any] = [
            "action": visit.path, "csrf": rooms.formGuard.token(for: guest.browser), "email": address.typed,
            "endOthers": true,
        ]
        let page = try rooms.writer.reply(
            "address-change", title: catalogue.text("title.address_change"), context, manner: .secretPage)
        return rooms.welcome(guest, page)
    }

    @Sendable private func confirm(_ visit: Visit) async throws -> Reply {
        let (guest, session, form) = try await signedIn(visit)
        let outcome = try await rooms.addressChange.confirm(
            link: link(visit), for: session, endingOthers: form["end_others"] != nil,
            from: rooms.visitorRecord(visit, guest), at: visit.now)
        return try answer(outcome, visit, guest)
    }

    private func answer(_ outcome: AddressChange.Outcome, _ visit: Visit, _ guest: Guest) throws -> Reply {
        switch outcome {
        case .changed(let address, let kept):
            let back = ("/account", "address.back")
            let page = OutcomePage("address.changed", ["address": address.typed], action: back)
            return rooms.signedIn(kept, try page.reply(rooms.writer, visit), at: visit.now)
        case .taken:
            let back = (Self.path, "address.another")
            var reply = try OutcomePage("address.taken", status: .conflict, action: back).reply(rooms.writer, visit)
            reply.examination = Examination(.addressTaken, in: Course.addressChange, established: Established(guest))
            return reply
        case .dead, .wrongCode, .locked: return try rooms.deadLink(.addressChange, .account, visit, guest)
        }
    }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst("/address-change/".count)) }

    private func signedIn(_ visit: Visit) async throws -> (Guest, Session, OAuth.Parameters) {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let session = try guest.signedIn()
        return (guest, session, form)
    }
}

private struct AddressPage {
    var email = ""
    /// A key of the catalogue.
    var error: String?
    var finding = Finding.incompleteAddress
}

extension AddressRoutes {
    private func form(
        _ model: AddressPage, _ visit: Visit, _ guest: Guest, _ session: Session
    ) async throws -> Reply {
        guard let account = try await rooms.accounts.account(id: session.subject) else {
            return Rooms.signInFirst(guest, backTo: Self.here)
        }
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "action": Self.path, "csrf": rooms.formGuard.token(for: guest.browser), "email": model.email,
            "current": account.email.typed, "backURL": "/account",
        ]
        if let sentence = model.error.map({ catalogue.text($0) }) {
            context["emailError"] = sentence
            context["error"] =
                [
                    "summary": catalogue.text("error.summary.form"), "fields": [["id": "email", "message": sentence]],
                    "reference": visit.reference,
                ] as [String: Any]
        }
        var reply = try rooms.writer.reply(
            "address", title: catalogue.text("title.address"), context,
            status: model.error == nil ? .ok : .unprocessableContent)
        if model.error != nil {
            reply.examination = Examination(
                model.finding, in: Course.addressChange, established: Established(guest))
        }
        return rooms.welcome(guest, reply)
    }

    private func code(_ model: CodePage, _ visit: Visit, _ guest: Guest, _ session: Session) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let awaited = try await rooms.addressChange.awaited(by: session, browser: guest.browser.digest, at: visit.now)
        var context: [String: Any] = [
            "action": Self.codePath, "csrf": rooms.formGuard.token(for: guest.browser), "againURL": Self.path,
            "endOthers": true, "minutes": String(MailProofs.lifetime / 60),
        ]
        context["awaited"] = awaited?.typed
        context.merge(model.context(catalogue, visit.reference)) { $1 }
        var reply = try rooms.writer.reply(
            "address-sent", title: catalogue.text("title.address_sent"), context, status: model.status)
        if model.error != nil {
            reply.examination = Examination(.mailCodeRefused, in: Course.mailProof, established: Established(guest))
        }
        return rooms.welcome(guest, reply)
    }
}
