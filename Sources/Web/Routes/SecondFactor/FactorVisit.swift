import HTTPTypes
import Identity
import OAuth

/// Somebody who is asked for a second factor: because their sign-in lacks it, or because more is asked of it.
struct FactorVisit: Sendable {
    let visit: Visit
    let guest: Guest
    /// Half or whole.
    let session: Session
    let onward: Onward
    /// The app's request that it is proven for.
    let request: AuthorizationRequest?

    var isHalf: Bool { guest.half != nil }

    var established: Established {
        var established = Established([.session: .known("signed in: \(session.subject)")], subject: session.subject)
        established.values[.formOrigin] = "made here, for this browser"
        established.clientID = request?.client.id
        return established
    }
}

/// What a page of second factors finds when it asks where somebody stands.
enum FactorTurn {
    case mine(FactorVisit)
    case elsewhere(Reply)
}

extension Rooms {
    /// Nobody signed in goes to the sign-in page, and whoever need prove nothing goes on.
    func factorTurn(_ visit: Visit, _ guest: Guest, _ asked: Onward) async throws -> FactorTurn {
        let onward = try await ownOnward(asked, guest, at: visit.now)
        guard let session = guest.half ?? guest.session else {
            return .elsewhere(.seeOther(onward.address("/sign-in")))
        }
        guard let handle = onward.request else {
            guard try await isAsked(session, at: visit.now) else { return .elsewhere(onward.reply) }
            return .mine(FactorVisit(visit: visit, guest: guest, session: session, onward: onward, request: nil))
        }
        switch try await turn(visit, guest, handle: handle, if: { $0 == .proveFactor }) {
        case .elsewhere(let reply): return .elsewhere(reply)
        case .mine(_, let request, _):
            return .mine(FactorVisit(visit: visit, guest: guest, session: session, onward: onward, request: request))
        }
    }

    /// Without a request: whose second factor is missing, was proven a while ago, or is less than their roles demand.
    private func isAsked(_ session: Session, at now: Instant) async throws -> Bool {
        if session.isHalf { return true }
        guard session.hasFactors else { return false }
        guard session.isFresh(at: now) else { return true }
        guard let account = try await accounts.account(id: session.subject) else { return true }
        return try await missingFactor(in: session, of: account, at: now) == .proof
    }

    /// What is proven by a form of such a page.
    func attempt(_ factor: FactorVisit, _ form: OAuth.Parameters) async throws -> SecondFactor.Attempt {
        let arrival = try await arrival(factor.visit, factor.guest, factor.onward)
        var attempt = SecondFactor.Attempt(factor.session, from: arrival.visitor, factor.visit.network)
        attempt.authorization = arrival.authorization
        attempt.formerToken = arrival.remembered
        attempt.remembers = offersRemembering(factor) && form["remember"] != nil
        return attempt
    }

    /// Only of a sign-in: what an app or a page asks beyond it is asked every time.
    func offersRemembering(_ factor: FactorVisit) -> Bool { factor.isHalf && factors.policy.rememberedFor > 0 }

    /// On the way, with the session's new secret, and the browser's if it is remembered from now on.
    func proven(_ opened: OpenedSession, _ remembered: OpaqueToken?, _ factor: FactorVisit) -> Reply {
        var reply = signedIn(opened, factor.onward.reply, at: factor.visit.now)
        if let remembered {
            let cookie = cookies.settingRemembered(remembered, for: factors.policy.rememberedFor)
            reply.headers.append(HTTPField(name: .setCookie, value: cookie))
        }
        return reply
    }
}
