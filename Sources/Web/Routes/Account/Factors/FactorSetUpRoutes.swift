import Identity
import OAuth

/// `/account/factors/set-up?request=…`: which second step to set up. Who is sent here by the dispatcher is told why, and
/// goes back to it afterwards.
struct FactorSetUpRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        let path = SecondFactorPath.setUp
        return [Route(path, .page, [.get: EnrolmentDoor(rooms: rooms).page(path, fresh: false, choose)])]
    }

    @Sendable private func choose(_ enrollee: Enrollee) async throws -> Reply {
        let holdings = try await rooms.factors.enrolment.holdings(of: enrollee.account.id)
        var context: [String: Any] = [
            "choices": choices(enrollee, holdings), "isEnrolled": holdings.isEnrolled,
        ]
        context["why"] = try await why(enrollee, holdings)
        return try rooms.enrolmentPage("account-factor-set-up", title: "factors.set_up.title", enrollee, context)
    }

    /// A mailbox is set up once, an app is replaced, and passkeys there may be several of.
    private func choices(_ enrollee: Enrollee, _ holdings: FactorHoldings) -> [[String: Any]] {
        let catalogue = rooms.pages.catalogue
        let offered = rooms.factors.enrolment.offered(to: enrollee.account)
        return offered.filter { $0 != .mailCode || holdings.factors(of: .mailCode).isEmpty }.map { kind in
            let isReplaced = kind == .totp && !holdings.factors(of: .totp).isEmpty
            let key = "factors.choice.\(kind.rawValue)"
            return [
                "url": enrollee.onward.address(kind.setUpPath),
                "title": catalogue.text(isReplaced ? key + ".replace" : key),
                "about": catalogue.text(key + ".about", ["email": enrollee.account.email.typed]),
            ]
        }
    }

    /// Which app or role asks for it, and until when it can wait.
    private func why(_ enrollee: Enrollee, _ holdings: FactorHoldings) async throws -> String? {
        let (catalogue, policy) = (rooms.pages.catalogue, rooms.factors.policy)
        if let request = try await rooms.paused(enrollee.onward, enrollee.resident.guest, at: enrollee.now) {
            let word = holdings.isEnrolled ? "app_more" : "app"
            return catalogue.text("factors.why.\(word)", ["client": request.client.name])
        }
        let roles = enrollee.account.roles.filter(\.context.isEmpty).map(\.name)
        let isDemanded = policy.requiredRoles.contains { $0 == "*" || roles.contains($0) }
        guard isDemanded, !holdings.isEnrolled else { return nil }
        guard let end = holdings.demandedAt.map({ $0 + policy.grace }), end > enrollee.now else {
            return catalogue.text("factors.why.now")
        }
        let time = TimeText(catalogue: catalogue, now: enrollee.now)
        return catalogue.text("factors.why.until", ["time": time.exact(end)])
    }
}

extension Factor.Kind {
    var setUpPath: String {
        switch self {
        case .totp: AuthenticatorAppRoutes.path
        case .mailCode: MailCodeRoutes.path
        case .passkey: PasskeySetUpRoutes.path
        }
    }
}
