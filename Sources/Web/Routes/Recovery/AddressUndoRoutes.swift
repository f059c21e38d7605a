import HTTPTypes
import Identity
import OAuth

/// The link to the address before, which stops a change of address or takes it back. Nobody need be signed in; looking at
/// it does nothing.
struct AddressUndoRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/address-undo/*", .secretPage, [.get: show, .post: takeBack])] }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst("/address-undo/".count)) }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let undo = try await rooms.addressReturn.undo(link(visit), at: visit.now) else { throw Self.dead }
        let context: [String: Any] = [
            "action": visit.path, "csrf": rooms.formGuard.token(for: guest.browser), "email": undo.address.typed,
        ]
        let title = rooms.pages.catalogue.text("title.address_undo")
        return rooms.welcome(
            guest, try rooms.writer.reply("address-undo", title: title, context, manner: .secretPage))
    }

    @Sendable private func takeBack(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        _ = try rooms.genuineForm(visit, from: guest)
        let visitor = rooms.visitorRecord(visit, guest)
        switch try await rooms.addressReturn.takeBack(link(visit), from: visitor, at: visit.now) {
        case .dead: throw Self.dead
        case .taken:
            var reply = try OutcomePage(
                "address.undo_taken", ["issuer": rooms.settings.serviceName], status: .conflict, manner: .secretPage
            ).reply(rooms.writer, visit)
            reply.examination = Examination(.addressTaken, in: Course.mailProof)
            return reply
        case .undone(let wasChanged, _):
            let words = wasChanged ? "address.undone" : "address.stopped"
            guard rooms.settings.takesPasswords else {
                return try OutcomePage(
                    words + "_without_password", action: ("/sign-in", "address.sign_in"), manner: .secretPage
                ).reply(rooms.writer, visit)
            }
            return try OutcomePage(words, action: (RecoveryRoutes.path, "address.new_password"), manner: .secretPage)
                .reply(rooms.writer, visit)
        }
    }

    private static let dead = PageProblem(.notFound, "address_undo_dead", .addressUndoDead, in: Course.mailProof)
}
