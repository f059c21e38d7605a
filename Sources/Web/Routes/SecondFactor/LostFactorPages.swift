import HTTPTypes
import Identity
import OAuth

/// The pages of getting back in without any factor.
struct LostFactorPages: Sendable {
    let rooms: Rooms

    private var catalogue: Catalogue { rooms.pages.catalogue }

    /// Backup codes first; then what will happen, before anything does.
    func explanation(_ half: Session, _ visit: Visit, _ guest: Guest, _ onward: Onward) async throws -> Reply {
        guard let account = try await rooms.accounts.account(id: half.subject) else {
            return .seeOther(onward.address("/sign-in"))
        }
        var context = form(LostFactorRoutes.path, guest, onward)
        context["wait"] = waitTime
        context["sendCode"] = catalogue.text("lost_factor.send_code", ["email": account.email.masked])
        return try page("lost-factor", title: "title.lost_factor", context, guest)
    }

    /// - Parameter ends: whether the code ends a wait that is over; otherwise it begins one.
    func code(
        _ model: CodePage, ends: Bool, _ visit: Visit, _ guest: Guest, _ onward: Onward
    ) throws -> Reply {
        var context = form(LostFactorRoutes.codePath, guest, onward)
        context["ends"] = ends
        context["minutes"] = String(MailProofs.lifetime / 60)
        context["againURL"] = onward.address(LostFactorRoutes.path)
        context.merge(model.context(catalogue, visit.reference)) { $1 }
        var reply = try page(
            "lost-factor-code", title: "title.lost_factor_code", context, guest, status: model.status)
        if model.error != nil {
            reply.examination = Examination(
                .mailCodeRefused, in: Course.mailProof, established: Established(guest))
        }
        return reply
    }

    func wait(_ recovery: FactorRecovery, _ visit: Visit, _ guest: Guest, _ onward: Onward) throws -> Reply {
        let time = TimeText(catalogue: catalogue, now: visit.now)
        var context = form(LostFactorRoutes.path, guest, onward)
        context["isReady"] = recovery.isReady(at: visit.now)
        context["when"] = time.future(recovery.readyAt)
        context["until"] = time.exact(recovery.expiresAt)
        return try page("lost-factor-wait", title: "title.lost_factor_wait", context, guest)
    }

    /// It was stopped, or the time for it is over.
    func notNow(_ visit: Visit, _ guest: Guest, _ onward: Onward) throws -> Reply {
        var reply = try OutcomePage(
            "lost_factor.not_now", status: .conflict,
            action: (onward.address(LostFactorRoutes.path), "lost_factor.again")
        ).reply(rooms.writer, visit)
        reply.examination = Examination(
            .recoveryNotReady, in: Course.lostFactor, established: Established(guest))
        return reply
    }

    /// Whoever came by the word of staff has proven nothing yet (B015).
    func vouched(_ visit: Visit, _ guest: Guest) throws -> Reply {
        var reply = try OutcomePage(
            "lost_factor.vouched", ["issuer": rooms.settings.serviceName], status: .forbidden
        ).reply(rooms.writer, visit)
        reply.examination = Examination(.vouchedForOnly, in: Course.lostFactor, established: Established(guest))
        return reply
    }

    private var waitTime: String {
        let hours = rooms.factors.policy.recoveryWait / 3600
        return hours % 24 == 0 && hours > 48
            ? catalogue.text("lost_factor.wait_time_days", ["count": String(hours / 24)])
            : catalogue.text("lost_factor.wait_time", ["count": String(hours)])
    }

    private func form(_ action: String, _ guest: Guest, _ onward: Onward) -> [String: Any] {
        [
            "action": action, "csrf": rooms.formGuard.token(for: guest.browser), "onward": onward.fields,
            "backURL": onward.address(SecondFactorPath.prove),
        ]
    }

    private func page(
        _ name: String, title: String, _ context: [String: Any], _ guest: Guest, status: HTTPResponse.Status = .ok
    ) throws -> Reply {
        rooms.welcome(
            guest, try rooms.writer.reply(name, title: catalogue.text(title), context, status: status))
    }
}
