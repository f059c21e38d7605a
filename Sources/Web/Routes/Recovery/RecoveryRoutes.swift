import HTTPTypes
import Identity
import OAuth

/// A forgotten password: an address in, a link or a code out of its mailbox, a new password (PW12). What opens the way
/// is looked at anew by every step, and spent by the last alone.
struct RecoveryRoutes: Sendable {
    let rooms: Rooms

    static let path = "/recovery"
    private static let sentPath = "/recovery/sent"

    var routes: [Route] {
        guard rooms.settings.takesPasswords else { return [] }
        return [
            Route(Self.path, .page, [.get: show, .post: begin]),
            Route(Self.sentPath, .page, [.get: showSent, .post: takeCode]),
            Route("/recovery/*", .secretPage, [.get: open, .post: finish]),
        ]
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = Onward(try visit.queryParameters())
        return try await rooms.welcome(guest, form(RecoveryPage(), visit, guest, onward))
    }

    @Sendable private func begin(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let onward = Onward(form)
        var model = RecoveryPage(email: form["email"] ?? "")
        guard let address = EmailAddress(model.email) else {
            model.refuse(model.email.isEmpty ? "sign_in.email_missing" : "sign_in.email_invalid", .incompleteAddress)
            return try await self.form(model, visit, guest, onward)
        }
        if case .refused(let refusal) = try await rooms.captcha.check(form, visit, guest, for: .recovery) {
            model.refuse(refusal)
            return try await self.form(model, visit, guest, onward)
        }
        try await rooms.recovery.begin(
            for: address, query: onward.query, from: rooms.visitorRecord(visit, guest), network: visit.network,
            at: visit.now)
        return .seeOther(onward.address(Self.sentPath))
    }

    /// The same for everybody, whether or not a mail is on its way (PW10).
    @Sendable private func showSent(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = Onward(try visit.queryParameters())
        return try rooms.welcome(guest, sent(CodePage(), visit, guest, onward))
    }

    /// A right code leads to where the link would have led.
    @Sendable private func takeCode(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let onward = Onward(form)
        let outcome = try await rooms.recovery.link(
            code: form["code"] ?? "", browser: guest.browser.digest, at: visit.now)
        switch outcome {
        case .right(let link): return .seeOther(Self.path + "/" + link.plaintext + onward.query)
        case .wrong: return try sent(CodePage("code.wrong"), visit, guest, onward)
        case .locked: return try sent(CodePage("code.locked"), visit, guest, onward)
        }
    }

    /// Looking spends nothing (ML3), and any browser will do: whoever reads the mail is the one.
    @Sendable private func open(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = Onward(try visit.queryParameters())
        guard let account = try await rooms.recovery.account(link: link(visit), at: visit.now) else {
            return try rooms.deadLink(.recovery, onward, visit, guest)
        }
        return try rooms.welcome(guest, newPassword(ChosenPassword(account: account), visit, guest, onward))
    }

    @Sendable private func finish(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let onward = Onward(form)
        let visitor = rooms.visitorRecord(visit, guest)
        let outcome = try await rooms.recovery.finish(
            link: link(visit), password: form["password"] ?? "", from: visitor, at: visit.now)
        switch outcome {
        case .done(let account): return try await signInNow(account, visit, guest, onward)
        case .dead: return try rooms.deadLink(.recovery, onward, visit, guest)
        case .refused(let account, let problem):
            return try newPassword(ChosenPassword(account: account, problem: problem), visit, guest, onward)
        case .busy(let account, let seconds):
            return try newPassword(ChosenPassword(account: account, retryAfter: seconds), visit, guest, onward)
        }
    }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst(Self.path.count + 1)) }

    /// No session is opened here. A request that another browser began waits there; this one signs in without it.
    private func signInNow(
        _ account: Account, _ visit: Visit, _ guest: Guest, _ onward: Onward
    ) async throws -> Reply {
        let isOwn = try await rooms.paused(onward, guest, at: visit.now) != nil
        let next = onward.request == nil || isOwn ? onward : .account
        let mark = rooms.formGuard.mark("password_set", for: guest.browser, at: visit.now)
        var reply = Reply.seeOther(next.address("/sign-in", ("done", mark), ("email", account.email.typed)))
        if guest.entered != nil {
            reply.headers.append(HTTPField(name: .setCookie, value: rooms.cookies.clearingSession))
        }
        return reply
    }
}

extension RecoveryRoutes {
    private func form(
        _ model: RecoveryPage, _ visit: Visit, _ guest: Guest, _ onward: Onward
    ) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "action": Self.path, "csrf": rooms.formGuard.token(for: guest.browser), "email": model.email,
            "onward": onward.fields, "signInURL": onward.address("/sign-in"),
        ]
        context.merge(model.context(catalogue, visit.reference)) { $1 }
        let captcha = try await rooms.captcha.part(of: .recovery, visit, guest)
        var reply = try rooms.writer.reply(
            "recovery", title: catalogue.text("title.recovery"), context, status: model.status, captcha: captcha)
        if let seconds = model.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = model.finding.map { Examination($0, in: Course.recovery) }
        return reply
    }

    private func sent(_ model: CodePage, _ visit: Visit, _ guest: Guest, _ onward: Onward) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "action": Self.sentPath, "csrf": rooms.formGuard.token(for: guest.browser), "onward": onward.fields,
            "againURL": onward.address(Self.path), "minutes": String(MailProofs.lifetime / 60),
        ]
        context.merge(model.context(catalogue, visit.reference)) { $1 }
        var reply = try rooms.writer.reply(
            "recovery-sent", title: catalogue.text("title.recovery_sent"), context, status: model.status)
        if model.error != nil {
            reply.examination = Examination(.mailCodeRefused, in: Course.mailProof)
        }
        return reply
    }

    private func newPassword(
        _ model: ChosenPassword, _ visit: Visit, _ guest: Guest, _ onward: Onward
    ) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "action": visit.path, "csrf": rooms.formGuard.token(for: guest.browser), "onward": onward.fields,
            "email": model.account.email.typed,
        ]
        context.merge(model.context(rooms, visit.reference)) { $1 }
        var reply = try rooms.writer.reply(
            "recovery-password", title: catalogue.text("title.recovery_password"), context, status: model.status,
            manner: .secretPage)
        if let seconds = model.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = model.finding.map { Examination($0, in: Course.newPassword) }
        return reply
    }
}
