import HTTPTypes
import Identity
import OAuth

/// Inviting somebody, for administrators.
struct InvitePages: Sendable {
    static let path = "/admin/invite"

    let rooms: Rooms

    var routes: [Route] { [Route(Self.path, .page, [.get: show, .post: invite], isHidden: true)] }

    private struct Typed {
        var email = ""
        var name = ""
        var roles = ""
        var reason = ""
        var faults: [String] = []
        var notice: String?
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let administrator = try await rooms.administrator(visit)
        return try page(visit, administrator, Typed())
    }

    @Sendable private func invite(_ visit: Visit) async throws -> Reply {
        let administrator = try await rooms.administrator(visit)
        let form = try rooms.genuineForm(visit, from: administrator.guest)
        let here = ReturnPath(known: Self.path)
        if let confirm = Rooms.confirmFirst(administrator.session, backTo: here, at: visit.now) { return confirm }
        var typed = Typed(
            email: form["email"] ?? "", name: form["name"] ?? "", roles: form["roles"] ?? "",
            reason: form["reason"] ?? "")
        let address = EmailAddress(typed.email)
        let name = try? PersonName(typed.name)
        let roles = PersonForm.roles(typed.roles)
        let reason = Reason(typed.reason)
        if address == nil { typed.faults.append("email") }
        if name == nil, !typed.name.allSatisfy(\.isWhitespace) { typed.faults.append("name") }
        if roles == nil { typed.faults.append("roles") }
        if reason == nil { typed.faults.append("reason") }
        guard typed.faults.isEmpty, let address, let roles, let reason else {
            return try page(visit, administrator, typed)
        }
        let instruction = Instruction(by: .person(administrator.account.id), .page, because: reason)
        switch try await rooms.administration.invitations.invite(
            address, name: name, roles: roles, instruction, at: visit.now)
        {
        case .addressTaken: typed.faults = ["taken"]
        case .made: typed = Typed(notice: rooms.pages.catalogue.text("admin.invited", ["email": address.typed]))
        }
        return try page(visit, administrator, typed)
    }

    private func page(_ visit: Visit, _ administrator: AdministratorVisit, _ typed: Typed) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "onInvite": true, "csrf": rooms.formGuard.token(for: administrator.guest.browser), "action": Self.path,
            "email": typed.email, "name": typed.name, "roles": typed.roles, "reason": typed.reason,
        ]
        context["notice"] = typed.notice
        if !administrator.isFresh(at: visit.now) {
            context["confirmURL"] = "/account/confirm?next=" + FormEncoding.escape(Self.path)
        }
        let faults = typed.faults.map {
            (field: $0 == "taken" ? "email" : $0, text: catalogue.text("admin.invite.\($0)"))
        }
        for fault in faults { context[fault.field + "Error"] = fault.text }
        if !faults.isEmpty {
            let fields = faults.map { ["id": $0.field, "message": $0.text] }
            context["error"] =
                ["summary": catalogue.text("error.summary.form"), "fields": fields, "reference": visit.reference]
                as [String: Any]
        }
        var reply = try rooms.writer.reply(
            "admin-invite", title: catalogue.text("title.admin_invite"), context,
            status: faults.isEmpty ? .ok : .unprocessableContent)
        if !faults.isEmpty {
            reply.examination = Examination(
                .adminFields, in: Course.pageForm, established: Established(administrator.guest))
        }
        return rooms.welcome(administrator.guest, reply)
    }
}
