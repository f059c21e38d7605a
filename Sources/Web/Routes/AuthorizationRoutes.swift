import HTTPTypes
import Identity
import OAuth

/// `/authorize` and the one dispatcher behind it. Every step comes back to `continue`; no step knows
/// another.
struct AuthorizationRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        [
            Route("/authorize", .page, [.get: begin, .post: moveToQuery]),
            Route("/authorize/continue", .page, [.get: resume]),
        ]
    }

    /// How often one network may begin without anybody signed in: each beginning is a row that waits for an
    /// hour (IN9).
    static let beginnings = ThrottleLimit("authorize-network", attempts: 600, window: 900)

    @Sendable private func begin(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        if guest.session == nil {
            let lane = rooms.throttle.lane(Self.beginnings, Array(visit.network.prefix.utf8))
            if case .refused(let limit, let seconds) = try await rooms.throttle.admit([lane], at: visit.now) {
                rooms.audit.record(AuditEvent(.requestThrottled, details: ["reason": limit]))
                throw PageProblem(
                    .tooManyRequests, "too_many_requests", .beginnings, in: Course.authorization, retryAfter: seconds)
            }
        }
        let parameters: OAuth.Parameters
        do {
            parameters = try visit.queryParameters()
        } catch {
            throw PageProblem(error.examined(in: Course.authorization, established: Established()))
        }
        let outcome = try await rooms.authorization.begin(parameters, visitor: guest.visitor, at: visit.now)
        return rooms.welcome(guest, try reply(to: outcome, visit))
    }

    /// A request by POST comes from another site, and browsers leave our cookies out of it: it is sent
    /// round as a GET, where they are there.
    @Sendable private func moveToQuery(_ visit: Visit) async throws -> Reply {
        do {
            return .seeOther("/authorize?" + FormEncoding.encode(try visit.formParameters().pairs))
        } catch {
            throw PageProblem(error.examined(in: Course.authorization, established: Established()))
        }
    }

    @Sendable private func resume(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let handle = try rooms.handle(visit.queryParameters())
        let outcome = try await rooms.authorization.resume(handle, visitor: guest.visitor, at: visit.now)
        return rooms.welcome(guest, try reply(to: outcome, visit))
    }

    private func reply(to outcome: AuthorizationEndpoint.Outcome, _ visit: Visit) throws -> Reply {
        switch outcome {
        case .respond(let response): try rooms.reply(response, visit)
        case .interact(let step, _, let handle): .seeOther(page(of: step) + "?request=" + handle)
        case .showToUser(let error, let reason): throw rooms.problem(error, reason)
        }
    }

    /// Where each step is taken.
    private func page(of step: AuthorizationStep) -> String {
        switch step {
        case .signIn(.create) where rooms.offersSignUp: SignUpRoutes.path
        case .signIn: "/sign-in"
        case .selectAccount: "/select-account"
        case .proveFactor: SecondFactorPath.prove
        case .enrolFactor: SecondFactorPath.setUp
        case .askConsent: "/consent"
        case .notAllowed: "/not-allowed"
        case .answer, .refuse: "/authorize/continue"
        }
    }
}
