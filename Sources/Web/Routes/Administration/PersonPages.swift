import HTTPTypes
import Identity
import OAuth

/// One person, for administrators: what there is, what happened, and what can be done about it.
struct PersonPages: Sendable {
    private static let eventsShown = 20

    let rooms: Rooms

    var routes: [Route] {
        [Route("/admin/people/{id}", .page, [.get: show], isHidden: true)]
            + PersonDeed.allCases.map { deed in
                Route(
                    "/admin/people/{id}/\(deed.rawValue)", .page, [.post: { try await self.act($0, deed) }],
                    isHidden: true)
            }
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let administrator = try await rooms.administrator(visit)
        let done = rooms.justDone(visit, administrator.guest).flatMap(PersonDeed.init)
        return try await page(visit, administrator, PersonForm(done: done))
    }

    private func act(_ visit: Visit, _ deed: PersonDeed) async throws -> Reply {
        let administrator = try await rooms.administrator(visit)
        let form = try rooms.genuineForm(visit, from: administrator.guest)
        let id = visit.places["id"] ?? ""
        let here = ReturnPath(known: "/admin/people/\(id)")
        if let confirm = Rooms.confirmFirst(administrator.session, backTo: here, at: visit.now) { return confirm }
        var typed = PersonForm(deed: deed, reason: form["reason"] ?? "", add: form["add"] ?? "")
        guard let reason = Reason(typed.reason) else {
            typed.problem = .reason
            return try await page(visit, administrator, typed)
        }
        let instruction = Instruction(
            by: .person(administrator.account.id), .page, because: reason, isQuiet: form["quiet"] != nil,
            ifStill: form["version"], mayAppoint: true)
        typed.problem = try await carryOut(deed, to: id, form, instruction, at: visit.now)
        guard typed.problem == nil else { return try await page(visit, administrator, typed) }
        return rooms.done(deed.rawValue, at: here.text, administrator.guest, visit)
    }

    /// What kept it from being done, if anything.
    private func carryOut(
        _ deed: PersonDeed, to id: String, _ form: OAuth.Parameters, _ instruction: Instruction, at now: Instant
    ) async throws -> PersonForm.Problem? {
        let rules = rooms.administration.rules
        let outcome: Administration.Outcome
        switch deed {
        case .recovery: outcome = try await rules.startRecovery(of: id, instruction, at: now)
        case .resetFactors: outcome = try await rules.resetFactors(of: id, instruction, at: now)
        case .disable: outcome = try await rules.disable(id, instruction, at: now)
        case .enable: outcome = try await rules.enable(id, instruction, at: now)
        case .delete: outcome = try await rules.delete(id, instruction, at: now)
        case .roles:
            // Unticked roles go: only those that were on the page can be meant by it.
            guard instruction.version != nil else { return .changedMeanwhile }
            guard let roles = PersonForm.roles(form) else { return .roles }
            outcome = try await rules.setRoles(of: id, instruction, at: now) { _ in roles }
        case .endSessions:
            let ending = try await rules.endAccess(
                of: id, applications: form["applications"] != nil, instruction, at: now)
            return switch ending {
            case .ended: nil
            case .nobody: .nobody
            case .mayNotAppoint: .notPossible
            }
        }
        return switch outcome {
        case .done, .unchanged: nil
        case .nobody: .nobody
        case .changedMeanwhile: .changedMeanwhile
        case .lastAdministrator: .lastAdministrator
        // Whoever sees this page is an administrator, and may.
        case .mayNotAppoint, .notPossible: .notPossible
        }
    }

    private func page(_ visit: Visit, _ administrator: AdministratorVisit, _ form: PersonForm) async throws -> Reply {
        let id = visit.places["id"] ?? ""
        guard form.problem != .nobody, let record = try await rooms.administration.rules.record(id, at: visit.now)
        else { throw PageProblem(.notFound, "nobody", .apiNobody, in: Course.pageForm) }
        let texts = PersonTexts(rooms: rooms, now: visit.now)
        let catalogue = rooms.pages.catalogue
        var applications: [[String: Any]] = []
        for application in record.applications { applications.append(try await texts.application(application)) }
        var context: [String: Any] = [
            "csrf": rooms.formGuard.token(for: administrator.guest.browser), "version": record.account.version,
            "person": texts.person(record.account), "methods": record.methods.map(texts.method),
            "sessions": record.sessions.map(texts.session), "applications": applications,
        ]
        try await addEvents(of: id, visit, texts, to: &context)
        if administrator.isFresh(at: visit.now) {
            context["deeds"] = form.deeds(
                for: record.account, catalogue, takesPasswords: rooms.settings.takesPasswords)
        } else {
            context["confirmURL"] = Rooms.confirmation(
                of: administrator.session, backTo: ReturnPath(known: "/admin/people/\(id)"))
        }
        if let done = form.done { context["notice"] = catalogue.text("admin.done.\(done.rawValue)") }
        if let problem = form.problem { context["error"] = form.summary(problem, catalogue, visit.reference) }
        var reply = try rooms.writer.reply(
            "admin-person", title: record.account.email.typed, context,
            status: form.problem == nil ? .ok : .unprocessableContent)
        reply.examination = form.problem.map {
            Examination($0.finding, in: Course.pageForm, established: Established(administrator.guest))
        }
        return rooms.welcome(administrator.guest, reply)
    }

    private func addEvents(
        of id: String, _ visit: Visit, _ texts: PersonTexts, to context: inout [String: Any]
    ) async throws {
        let cursors = rooms.administration.cursors
        let list = "events \(id)"
        let query = visit.method == .post ? .empty : try visit.queryParameters()
        let before = (try? cursors.place(query["older"], in: list)) ?? nil
        let found = try await rooms.administration.rules.events(of: id, before: before, limit: Self.eventsShown + 1)
        let page = found.prefix(Self.eventsShown)
        context["events"] = page.map { texts.event($0, of: id) }
        guard found.count > Self.eventsShown, let last = page.last else { return }
        let older = FormEncoding.escape(try cursors.cursor(to: last.id, in: list))
        context["olderURL"] = "/admin/people/\(id)?older=\(older)#events-heading"
    }
}
