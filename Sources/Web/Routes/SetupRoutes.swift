import HTTPTypes
import Identity
import OAuth

/// The one-time link that makes the first administrator (PW13). Looking at it spends nothing.
struct SetupRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/setup/*", .secretPage, [.get: show, .post: create])] }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst("/setup/".count)) }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard try await rooms.firstAdministrator.isLive(link(visit), at: visit.now) else { throw Self.invalid }
        return rooms.welcome(
            guest, try page(visit, guest, draft: AccountDraft(name: "", email: "", password: ""), problems: []))
    }

    @Sendable private func create(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let draft = AccountDraft(name: form["name"] ?? "", email: form["email"] ?? "", password: form["password"] ?? "")
        let outcome = try await rooms.firstAdministrator.create(
            presented: link(visit), draft, from: rooms.visitorRecord(visit, guest), at: visit.now)
        switch outcome {
        case .linkInvalid: throw Self.invalid
        case .refused(let problems): return try page(visit, guest, draft: draft, problems: problems)
        case .created(let account): return try await welcomeAdministrator(account, visit, guest)
        }
    }

    /// Whoever has just chosen the password need not type it again.
    private func welcomeAdministrator(_ account: Account, _ visit: Visit, _ guest: Guest) async throws -> Reply {
        let opened = try await rooms.sessions.open(
            for: account, method: PasswordSignIn.method,
            from: try await rooms.arrival(visit, guest, .account), at: visit.now)
        guard let opened else { return .seeOther("/sign-in") }
        rooms.audit.record(AuditEvent(.signIn, subject: account.id, details: ["method": "setup_link"]))
        var reply = Reply.seeOther("/account")
        let lifetime = opened.session.expiresAt.seconds(since: visit.now)
        reply.headers.append(
            HTTPField(name: .setCookie, value: rooms.cookies.settingSession(opened.secret, until: lifetime)))
        return reply
    }

    private static let invalid = PageProblem(.notFound, "setup_invalid", .setupLinkDead, in: Course.setup)

    private func page(_ visit: Visit, _ guest: Guest, draft: AccountDraft, problems: [AccountProblem]) throws -> Reply {
        let texts = AccountProblemTexts(catalogue: rooms.pages.catalogue)
        let field = NewPasswordField(rooms.writer)
        var context: [String: Any] = [
            "action": visit.path, "name": draft.name, "email": draft.email,
            "csrf": rooms.formGuard.token(for: guest.browser),
        ]
        context.merge(field.context()) { $1 }
        for problem in problems {
            context[problem.field.name + "Error"] = texts.sentence(problem)
            if case .password(let fault) = problem.kind { context.merge(field.context(fault)) { $1 } }
        }
        if !problems.isEmpty {
            let fields = problems.map { ["id": $0.field.name, "message": texts.sentence($0)] }
            context["error"] =
                [
                    "summary": rooms.pages.catalogue.text("error.summary.form"), "fields": fields,
                    "reference": visit.reference,
                ] as [String: Any]
        }
        var reply = try rooms.writer.reply(
            "first-administrator", title: rooms.pages.catalogue.text("title.first_administrator"), context,
            status: problems.isEmpty ? .ok : .unprocessableContent, manner: .secretPage)
        if !problems.isEmpty { reply.examination = Examination(.setupFieldsRefused, in: Course.setupForm) }
        return reply
    }
}
