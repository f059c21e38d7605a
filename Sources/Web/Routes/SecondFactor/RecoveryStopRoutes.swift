import HTTPTypes
import Identity
import OAuth

/// The link that stops somebody from getting into an account without a second factor (MF9). Nobody need be signed in;
/// looking at it does nothing (ML3).
struct RecoveryStopRoutes: Sendable {
    let rooms: Rooms

    private static let prefix = "/factor-recovery/stop/"

    /// Both kinds of link in mails about second factors, for a pattern has one segment that is anything.
    var routes: [Route] {
        let undo = FactorUndo(rooms: rooms)
        return [
            Route(
                "/factor-recovery/*", .secretPage,
                [
                    .get: { FactorUndo.isLink($0) ? try await undo.show($0) : try await show($0) },
                    .post: { FactorUndo.isLink($0) ? try await undo.undo($0) : try await stop($0) },
                ])
        ]
    }

    /// Nothing that is a link where the address is another one.
    private func link(_ visit: Visit) -> String {
        visit.path.hasPrefix(Self.prefix) ? String(visit.path.dropFirst(Self.prefix.count)) : ""
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let recovery = try await rooms.factors.recoveries.look(at: link(visit), at: visit.now) else {
            throw Self.dead
        }
        let catalogue = rooms.pages.catalogue
        let time = TimeText(catalogue: catalogue, now: visit.now)
        let context: [String: Any] = [
            "action": visit.path, "csrf": rooms.formGuard.token(for: guest.browser),
            "asked": time.past(recovery.askedAt), "when": time.exact(recovery.readyAt),
        ]
        let title = catalogue.text("title.recovery_stop")
        return rooms.welcome(
            guest, try rooms.writer.reply("recovery-stop", title: title, context, manner: .secretPage))
    }

    @Sendable private func stop(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        _ = try rooms.genuineForm(visit, from: guest)
        guard try await rooms.factors.recoveries.stop(link(visit), at: visit.now) else { throw Self.dead }
        let action =
            rooms.settings.takesPasswords
            ? (RecoveryRoutes.path, "address.new_password") : ("/sign-in", "recovery_stop.done.sign_in")
        return try OutcomePage("recovery_stop.done", action: action, manner: .secretPage).reply(rooms.writer, visit)
    }

    private static let dead = PageProblem(.notFound, "recovery_stop_dead", .recoveryStopDead, in: Course.mailProof)
}
