import Cryptography
import Hummingbird
import Logging
import OAuth

/// What the demo does for each request. Every failure becomes a page with advice.
struct DemoRoutes: Sendable {
    let party: RelyingParty
    let pages: DemoPages
    let visits: DemoVisits
    let random: any RandomSource
    let clock: any WallClock
    let logger: Logger

    func add(to router: Router<BasicRequestContext>) {
        router.get("/") { request, _ in await answer(request, home) }
        router.post("/sign-in") { request, _ in await answer(request, signIn) }
        router.get("/callback") { request, _ in await answer(request, callback) }
        router.get("/person") { request, _ in await answer(request, person) }
        router.post("/refresh") { request, _ in await answer(request, refresh) }
        router.post("/revoke") { request, _ in await answer(request, revoke) }
        router.post("/sign-out") { request, _ in await answer(request, signOut) }
        router.get("/assets/:name") { _, context in pages.asset(context.parameters.get("name") ?? "") }
    }

    /// Also for somebody signed in already: whatever goes wrong, one can start again here.
    private func home(_ request: Request) async throws -> Response {
        if let id = cookie(request), let visit = await visits.visit(id, at: clock.now) {
            return await home(visit, id)
        }
        let (id, visit) = try await visits.begin(at: clock.now)
        var response = await home(visit, id)
        set(id, on: &response)
        return response
    }

    private func home(_ visit: DemoVisit, _ id: String) async -> Response {
        var content: [String: Any] = [
            "issuer": party.configuration.issuer, "signInURL": "/sign-in", "csrf": visit.csrf,
        ]
        content["notice"] = await takeNotice(id)
        return pages.page("demo-home", content)
    }

    /// Discovery first: an attempt is only kept when there is somewhere to go.
    private func signIn(_ request: Request) async throws -> Response {
        let (id, _) = try await submitted(request)
        let metadata = try await party.metadata()
        let signIn = try SignIn(random: random, at: clock.now)
        await visits.change(id) { $0.signIn = signIn }
        return pages.redirect(to: signIn.address(at: metadata.authorization, for: party.configuration))
    }

    private func callback(_ request: Request) async throws -> Response {
        let answer = try DemoForm.parameters(request.uri.query ?? "")
        guard let id = cookie(request), await visits.visit(id, at: clock.now) != nil,
            let signIn = await visits.takeSignIn(of: id)
        else { throw DemoProblem.state }
        let metadata = try await party.metadata()
        let issuer = party.configuration.issuer
        let code = try signIn.code(in: answer, from: issuer, namesIssuer: metadata.namesIssuer, at: clock.now)
        let person = try await party.exchange(code: code, of: signIn, with: metadata, at: clock.now)
        var response = pages.redirect(to: "/person")
        set(try await visits.admit(person, insteadOf: id, at: clock.now), on: &response)
        return response
    }

    private func person(_ request: Request) async throws -> Response {
        guard let id = cookie(request), let visit = await visits.visit(id, at: clock.now), let person = visit.person
        else { return pages.redirect(to: "/") }
        let metadata = try await party.metadata()
        let page = PersonPage(
            person, userInfo: try await party.userInfo(person, with: metadata),
            introspection: try await party.introspection(person, with: metadata), messages: pages.messages)
        var content = page.content
        content["csrf"] = visit.csrf
        content["notice"] = await takeNotice(id)
        return pages.page("demo-person", content)
    }

    private func refresh(_ request: Request) async throws -> Response {
        let (id, visit) = try await submitted(request)
        guard let person = visit.person else { return pages.redirect(to: "/") }
        let refreshed = try await party.refresh(person, at: clock.now)
        await visits.change(id) { $0.person = refreshed }
        return pages.redirect(to: "/person")
    }

    private func revoke(_ request: Request) async throws -> Response {
        let (id, visit) = try await submitted(request)
        guard let person = visit.person else { return pages.redirect(to: "/") }
        try await party.revoke(person)
        await visits.change(id) { $0.notice = .revoked }
        return pages.redirect(to: "/person")
    }

    /// Signed out here at once, whatever the provider then does.
    private func signOut(_ request: Request) async throws -> Response {
        let (id, visit) = try await submitted(request)
        guard let person = visit.person else { return pages.redirect(to: "/") }
        await visits.change(id) {
            $0.person = nil
            $0.notice = .signedOut
        }
        return pages.redirect(to: try await party.signOutAddress(person))
    }
}

extension DemoRoutes {
    private func answer(_ request: Request, _ route: (Request) async throws -> Response) async -> Response {
        do {
            return try await route(request)
        } catch let problem as DemoProblem {
            logger.info("sign-in did not work", metadata: ["error": "\(problem.code)"])
            return page(about: problem)
        } catch {
            logger.error("failed", metadata: ["error": "\(type(of: error))"])
            return page(about: DemoProblem("server_error"))
        }
    }

    private func page(about problem: DemoProblem) -> Response {
        var content: [String: Any] = ["error": problem.code, "advice": pages.messages[problem.advice.rawValue]]
        content["description"] = problem.description
        return pages.page("demo-error", content, status: problem.advice == .unavailable ? .badGateway : .badRequest)
    }

    /// The visit whose form this is; a form from elsewhere does not know the token of the visit.
    private func submitted(_ request: Request) async throws -> (id: String, visit: DemoVisit) {
        let body = try await request.body.collect(upTo: 16_384)
        let form = try DemoForm.parameters(String(buffer: body))
        guard let id = cookie(request), let visit = await visits.visit(id, at: clock.now), let csrf = form["csrf"],
            constantTimeEqual(Array(csrf.utf8), Array(visit.csrf.utf8))
        else { throw DemoProblem("expired_form", advice: .state) }
        return (id, visit)
    }

    private func takeNotice(_ id: String) async -> String? {
        await visits.takeNotice(of: id).map { pages.messages[$0.rawValue] }
    }

    private static var cookieName: String { "martlet-demo" }

    private func cookie(_ request: Request) -> String? { request.cookies[Self.cookieName]?.value }

    /// Lax, because the browser comes back from the provider by a link. Not `Secure`: this is plain HTTP on localhost.
    private func set(_ id: String, on response: inout Response) {
        response.setCookie(Cookie(name: Self.cookieName, value: id, path: "/", secure: false, sameSite: .lax))
    }
}
