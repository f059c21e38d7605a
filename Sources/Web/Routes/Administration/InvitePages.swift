import HTTPTypes
import Identity
import OAuth

/// Inviting somebody, and taking an invitation back, for administrators.
struct InvitePages: Sendable {
    static let path = "/admin/invite"
    static let withdrawPath = "/admin/invite/withdraw"

    let rooms: Rooms

    var routes: [Route] {
        [
            Route(Self.path, .page, [.get: show, .post: invite], isHidden: true),
            Route(Self.withdrawPath, .page, [.post: withdraw], isHidden: true),
        ]
    }

    private var invitations: Invitations { rooms.administration.invitations }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        try await page(visit, rooms.administrator(visit), InvitePage())
    }

    @Sendable private func invite(_ visit: Visit) async throws -> Reply {
        let administrator = try await rooms.administrator(visit)
        let form = try rooms.genuineForm(visit, from: administrator.guest)
        if let confirm = confirmFirst(administrator, visit) { return confirm }
        var typed = InvitePage(
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
            return try await page(visit, administrator, typed)
        }
        let instruction = Instruction(
            by: .person(administrator.account.id), .page, because: reason, mayAppoint: true)
        switch try await invitations.invite(address, name: name, roles: roles, instruction, at: visit.now) {
        case .addressTaken: typed.faults = ["taken"]
        // Whoever sees this page is an administrator, and may.
        case .mayNotAppoint: typed.faults = ["roles"]
        case .throttled(let seconds): (typed.faults, typed.retryAfter) = (["throttled"], seconds)
        case .made: typed = InvitePage(notice: rooms.pages.catalogue.text("admin.invited", ["email": address.typed]))
        }
        return try await page(visit, administrator, typed)
    }

    @Sendable private func withdraw(_ visit: Visit) async throws -> Reply {
        let administrator = try await rooms.administrator(visit)
        let form = try rooms.genuineForm(visit, from: administrator.guest)
        if let confirm = confirmFirst(administrator, visit) { return confirm }
        var typed = InvitePage(invited: form["invited"] ?? "", withdrawReason: form["withdraw_reason"] ?? "")
        let address = EmailAddress(typed.invited)
        let reason = Reason(typed.withdrawReason)
        if address == nil { typed.faults.append("invited") }
        if reason == nil { typed.faults.append("withdraw_reason") }
        guard let address, let reason else { return try await page(visit, administrator, typed) }
        let instruction = Instruction(
            by: .person(administrator.account.id), .page, because: reason, mayAppoint: true)
        if try await invitations.withdraw(address, instruction, at: visit.now) == nil {
            typed.faults = ["none"]
        } else {
            typed = InvitePage(notice: rooms.pages.catalogue.text("admin.withdrawn", ["email": address.typed]))
        }
        return try await page(visit, administrator, typed)
    }

    private func confirmFirst(_ administrator: AdministratorVisit, _ visit: Visit) -> Reply? {
        Rooms.confirmFirst(administrator.session, backTo: ReturnPath(known: Self.path), at: visit.now)
    }

    private func page(_ visit: Visit, _ administrator: AdministratorVisit, _ typed: InvitePage) async throws -> Reply {
        let waiting = try await invitations.waiting(after: nil, limit: InvitePage.mostWaiting + 1, at: visit.now)
        var context = typed.context(rooms.pages.catalogue, waiting, visit)
        context["csrf"] = rooms.formGuard.token(for: administrator.guest.browser)
        context["action"] = Self.path
        context["withdrawAction"] = Self.withdrawPath
        if !administrator.isFresh(at: visit.now) {
            context["confirmURL"] = Rooms.confirmation(
                of: administrator.session, backTo: ReturnPath(known: Self.path))
        }
        var reply = try rooms.writer.reply(
            "admin-invite", title: rooms.pages.catalogue.text("title.admin_invite"), context,
            status: typed.faults.isEmpty
                ? .ok : typed.retryAfter == nil ? .unprocessableContent : .tooManyRequests)
        if let seconds = typed.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        if !typed.faults.isEmpty {
            let finding = typed.retryAfter == nil ? Finding.adminFields : .invitationsThrottled
            reply.examination = Examination(
                finding, in: Course.boundedForm, established: Established(administrator.guest))
        }
        return rooms.welcome(administrator.guest, reply)
    }
}
