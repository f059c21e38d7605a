import HTTPTypes
import Identity
import OAuth

/// `/second-factor/lost`: getting back in for whoever passed the first step of signing in and has no second factor left
/// (MF9). A code from the mailbox begins a wait; when it is over, another one ends it.
struct LostFactorRoutes: Sendable {
    let rooms: Rooms

    static let path = SecondFactorPath.prove + "/lost"
    static let codePath = path + "/code"

    var routes: [Route] {
        [
            Route(Self.path, .page, [.get: show, .post: send]),
            Route(Self.codePath, .page, [.get: askForCode, .post: takeCode]),
        ]
    }

    private var recoveries: FactorRecoveries { rooms.factors.recoveries }
    private var pages: LostFactorPages { LostFactorPages(rooms: rooms) }

    /// How it goes, or how far it is.
    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = Onward(try visit.queryParameters())
        guard let half = guest.factorless else { return try notHere(visit, guest, onward) }
        guard FactorRecoveries.isFor(half) else { return try pages.vouched(visit, guest) }
        if let recovery = try await recoveries.underWay(for: half.subject, at: visit.now) {
            return try pages.wait(recovery, visit, guest, onward)
        }
        return try await pages.explanation(half, visit, guest, onward)
    }

    /// The next page is the same whether a mail goes or was held by a limit.
    @Sendable private func send(_ visit: Visit) async throws -> Reply {
        let (guest, half, onward, _) = try await form(visit)
        if let recovery = try await recoveries.underWay(for: half.subject, at: visit.now),
            !recovery.isReady(at: visit.now)
        {
            return .seeOther(onward.address(Self.path))
        }
        _ = try await recoveries.sendCode(attempt(half, visit, guest, onward), at: visit.now)
        return .seeOther(onward.address(Self.codePath))
    }

    @Sendable private func askForCode(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = Onward(try visit.queryParameters())
        guard let half = guest.factorless else { return try notHere(visit, guest, onward) }
        let recovery = try await recoveries.underWay(for: half.subject, at: visit.now)
        guard FactorRecoveries.isFor(half), recovery?.isReady(at: visit.now) ?? true else {
            return .seeOther(onward.address(Self.path))
        }
        return try pages.code(CodePage(), ends: recovery != nil, visit, guest, onward)
    }

    /// When the wait is over: whole from here on, at the lowest level, and on to the page where a factor is set up again.
    @Sendable private func takeCode(_ visit: Visit) async throws -> Reply {
        let (guest, half, onward, form) = try await form(visit)
        let attempt = try await attempt(half, visit, guest, onward)
        let fault: String
        switch try await recoveries.take(code: form["code"] ?? "", attempt, at: visit.now) {
        case .asked, .ended: return .seeOther(onward.address(Self.path))
        case .finished(let opened):
            return rooms.signedIn(opened, .seeOther(onward.address(SecondFactorPath.setUp)), at: visit.now)
        case .notNow: return try pages.notNow(visit, guest, onward)
        case .wrong: fault = "code.wrong"
        case .locked: fault = "code.locked_alone"
        }
        let recovery = try await recoveries.underWay(for: half.subject, at: visit.now)
        return try pages.code(CodePage(fault), ends: recovery != nil, visit, guest, onward)
    }

    /// Only for somebody whose second factor is missing (MF5), or was never proven.
    private func form(
        _ visit: Visit
    ) async throws -> (guest: Guest, half: Session, onward: Onward, form: OAuth.Parameters) {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        guard let half = guest.factorless else {
            throw PageProblem(
                .unauthorized, "not_signed_in", .firstStepMissing, in: Course.lostFactor,
                established: Established(guest))
        }
        return (guest, half, Onward(form), form)
    }

    private func attempt(
        _ half: Session, _ visit: Visit, _ guest: Guest, _ onward: Onward
    ) async throws -> SecondFactor.Attempt {
        var attempt = SecondFactor.Attempt(half, from: rooms.visitorRecord(visit, guest), visit.network)
        attempt.authorization = try await rooms.arrival(visit, guest, onward).authorization
        return attempt
    }

    private func notHere(_ visit: Visit, _ guest: Guest, _ onward: Onward) throws -> Reply {
        guard guest.session != nil else { return rooms.welcome(guest, .seeOther(onward.address("/sign-in"))) }
        return try OutcomePage("lost_factor.whole", action: ("/account", "lost_factor.whole.back"))
            .reply(rooms.writer, visit)
    }
}
