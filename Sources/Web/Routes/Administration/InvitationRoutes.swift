import HTTPTypes
import Identity
import OAuth

/// The link of an invitation: its person gives a name and chooses a password. Looking at it spends nothing (ML3).
struct InvitationRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/invitation/*", .secretPage, [.get: show, .post: accept])] }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst("/invitation/".count)) }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard
            let invitation = try await rooms.administration.invitations.invitation(
                presented: link(visit), at: visit.now)
        else { throw Self.dead }
        return rooms.welcome(
            guest, try page(visit, guest, invitation, name: invitation.name ?? "", problems: []))
    }

    @Sendable private func accept(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let invitations = rooms.administration.invitations
        let arrival = try await rooms.arrival(visit, guest, .account)
        let outcome = try await invitations.accept(
            presented: link(visit), name: form["name"] ?? "", password: form["password"] ?? "",
            creation: rooms.administration.creation, sessions: rooms.sessions, from: arrival, at: visit.now)
        switch outcome {
        case .dead: throw Self.dead
        case .refused(let problems, let invitation):
            return try page(visit, guest, invitation, name: form["name"] ?? "", problems: problems)
        case .accepted(_, let opened):
            return rooms.returning(to: .account, with: opened, at: visit.now)
        }
    }

    private static let dead = PageProblem(.notFound, "invitation_dead", .invitationDead, in: Course.invitation)

    private func page(
        _ visit: Visit, _ guest: Guest, _ invitation: Invitation, name: String, problems: [AccountProblem]
    ) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let texts = AccountProblemTexts(catalogue: catalogue)
        var context: [String: Any] = [
            "action": visit.path, "name": name, "email": invitation.address.typed,
            "csrf": rooms.formGuard.token(for: guest.browser),
        ]
        let field = NewPasswordField(rooms.writer)
        context.merge(field.context()) { $1 }
        for problem in problems {
            context[problem.field.name + "Error"] = texts.sentence(problem)
            if case .password(let fault) = problem.kind { context.merge(field.context(fault)) { $1 } }
        }
        if !problems.isEmpty {
            let fields = problems.map { ["id": $0.field.name, "message": texts.sentence($0)] }
            context["error"] =
                ["summary": catalogue.text("error.summary.form"), "fields": fields, "reference": visit.reference]
                as [String: Any]
        }
        var reply = try rooms.writer.reply(
            "invitation", title: catalogue.text("title.invitation"), context,
            status: problems.isEmpty ? .ok : .unprocessableContent, manner: .secretPage)
        if !problems.isEmpty {
            reply.examination = Examination(
                .setupFieldsRefused, in: Course.invitationForm, established: Established(guest))
        }
        return reply
    }
}
