import HTTPTypes
import Identity
import OAuth

/// The link in the mail about somebody's first second factor, which removes it again. Nobody need be signed in; looking at
/// it does nothing (ML3).
struct FactorUndo: Sendable {
    let rooms: Rooms

    private static let prefix = "/factor-recovery/undo/"

    static func isLink(_ visit: Visit) -> Bool { visit.path.hasPrefix(prefix) }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst(Self.prefix.count)) }

    func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard try await rooms.factors.recoveries.canUndo(link(visit), at: visit.now) else { throw Self.dead }
        let context: [String: Any] = ["action": visit.path, "csrf": rooms.formGuard.token(for: guest.browser)]
        let title = rooms.pages.catalogue.text("title.factor_undo")
        return rooms.welcome(
            guest, try rooms.writer.reply("factor-undo", title: title, context, manner: .secretPage))
    }

    func undo(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        _ = try rooms.genuineForm(visit, from: guest)
        guard try await rooms.factors.recoveries.undo(link(visit), at: visit.now) else { throw Self.dead }
        let action =
            rooms.settings.takesPasswords
            ? (RecoveryRoutes.path, "address.new_password") : ("/sign-in", "recovery_stop.done.sign_in")
        return try OutcomePage("factor_undo.done", action: action, manner: .secretPage).reply(rooms.writer, visit)
    }

    private static let dead = PageProblem(.notFound, "factor_undo_dead", .factorUndoDead, in: Course.mailProof)
}
