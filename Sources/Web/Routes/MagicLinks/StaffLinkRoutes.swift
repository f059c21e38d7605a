import HTTPTypes
import Identity
import OAuth

/// The link that staff made for somebody who is locked out. Looking at it spends nothing, whoever or whatever looks
/// (ML3); its button signs in the browser in which it is pressed, to the account page and into no app.
struct StaffLinkRoutes: Sendable {
    let rooms: Rooms

    private static let base = "/\(MailProof.Purpose.staffLink.pathSegment)/"

    var routes: [Route] { [Route(Self.base + "*", .secretPage, [.get: ask, .post: enter])] }

    private func link(_ visit: Visit) -> String { String(visit.path.dropFirst(Self.base.count)) }

    @Sendable private func ask(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let proof = try await rooms.staffLinks.look(at: link(visit), at: visit.now) else {
            return try rooms.deadLink(.staffLink, .account, visit, guest, because: .staffLinkDead())
        }
        return rooms.welcome(guest, try page(proof, visit, guest))
    }

    @Sendable private func enter(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        _ = try rooms.genuineForm(visit, from: guest)
        let arrival = try await rooms.arrival(visit, guest, .account)
        switch try await rooms.staffLinks.enter(link: link(visit), from: arrival, visit.network, at: visit.now) {
        case .signedIn(let opened): return rooms.signedIn(opened, Onward.account.reply, at: visit.now)
        case .again: return Onward.account.reply
        case .dead(let fault): return try dead(fault, visit, guest)
        }
    }

    /// A second click of the browser that was just signed in by it goes where the first one led.
    private func dead(_ fault: MagicLinkFault, _ visit: Visit, _ guest: Guest) throws -> Reply {
        if fault == .reused, let session = guest.entered, session.methods == [StaffLinks.method],
            visit.now.seconds(since: session.authenticatedAt) < MailProofFate.replayTime
        {
            return Onward.account.reply
        }
        return try rooms.deadLink(.staffLink, .account, visit, guest, because: .staffLinkDead(fault))
    }

    /// Of the address there is as much as its person knows it by: whoever else has the link sees this page, too.
    private func page(_ proof: MailProof, _ visit: Visit, _ guest: Guest) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let context: [String: Any] = [
            "action": visit.path, "csrf": rooms.formGuard.token(for: guest.browser), "email": proof.address.masked,
            "heading": catalogue.text("staff_link.heading"),
            "sentence": catalogue.text("staff_link.sentence", ["issuer": rooms.settings.serviceName]),
            "advice": catalogue.text("staff_link.advice"), "button": catalogue.text("staff_link.button"),
        ]
        return try rooms.writer.reply(
            "staff-link", title: catalogue.text("title.staff_link"), context, manner: .secretPage)
    }
}
