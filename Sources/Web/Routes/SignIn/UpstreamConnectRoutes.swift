import HTTPTypes
import Identity
import OAuth

/// `/upstream/connect`: the address that a provider has proven has an account here already. Nobody is put into it for that:
/// they sign in to it as they always do, and say yes (SO2, SO8).
struct UpstreamConnectRoutes: Sendable {
    static let path = "/upstream/connect"

    let rooms: Rooms

    var routes: [Route] { [Route(Self.path, .page, [.get: show, .post: connect])] }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let pending = try await rooms.upstream.links.waiting(in: guest.browser.digest, at: visit.now) else {
            return rooms.welcome(guest, .seeOther(guest.session == nil ? "/sign-in" : "/account"))
        }
        guard let resident = try await rooms.resident(visit, guest) else {
            return rooms.welcome(guest, try page("nobody", pending, visit, guest))
        }
        guard pending.isMeant(for: resident.account) else { return try page("other", pending, visit, guest) }
        let here = ReturnPath(known: Self.path)
        if let reply = Rooms.confirmFirst(resident.session, backTo: here, at: visit.now) { return reply }
        return try page("ask", pending, visit, guest)
    }

    @Sendable private func connect(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        _ = try rooms.genuineForm(visit, from: guest)
        return try await rooms.act(visit, guest, on: Self.path, fresh: true) { resident in
            guard let pending = try await rooms.upstream.links.waiting(in: guest.browser.digest, at: visit.now) else {
                return .seeOther("/account")
            }
            let outcome = try await rooms.upstream.links.connect(
                pending, to: resident.account, in: resident.session, visit.network, at: visit.now)
            let id = pending.identity.key.provider
            switch outcome {
            case .linked: return Onward(query: pending.query).reply
            case .ownedElsewhere: return try refuse(.init(ownedElsewhere: id, rooms), resident)
            case .overtaken: return try refuse(.init(overtaken: id, rooms), resident)
            }
        }
    }

    private func refuse(_ saying: UpstreamSaying, _ resident: Resident) throws -> Reply {
        throw PageProblem(
            saying.status, "connect", saying.finding, in: Course.upstream, established: resident.established)
    }

    private func page(_ state: String, _ pending: PendingIdentity, _ visit: Visit, _ guest: Guest) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let identity = pending.identity
        let names = [
            "provider": rooms.providerName(identity.key.provider), "email": identity.email?.masked ?? "",
            "label": identity.label ?? identity.email?.masked ?? "",
        ]
        let heading = catalogue.text("upstream.connect.\(state).heading", names)
        var context: [String: Any] = [
            "heading": heading, "sentence": catalogue.text("upstream.connect.\(state).sentence", names),
            "csrf": rooms.formGuard.token(for: guest.browser), "action": Self.path,
            "button": catalogue.text("upstream.connect.\(state).button", names),
            "laterURL": Onward(query: pending.query).reply.headers[.location] ?? "/account",
            "laterText": catalogue.text("upstream.connect.later"),
        ]
        switch state {
        case "nobody": context["buttonURL"] = "/sign-in?next=" + ReturnPath(known: Self.path).escaped
        case "other": context["buttonURL"] = "/logout"
        default: context["asks"] = true
        }
        if state == "nobody" {
            context["laterURL"] = Onward(query: pending.query).address("/sign-in")
            context["laterText"] = catalogue.text("upstream.other_way")
        }
        return try rooms.writer.reply("upstream-connect", title: heading, context)
    }
}
