import JSON
import OAuth

/// The authorization endpoint of all companies: checks the request, and answers at once for the person that control or
/// a hint chose; or shows who there is to choose.
struct AuthorizationDesk: Sendable {
    let company: any Company
    let visit: Visit

    func answer() async throws -> Reply {
        let request: Authorization
        do {
            request = try Authorization(visit, company.manners)
        } catch let refused as AuthorizationRefused {
            return .page("Error 400", "<p>\(Reply.escaped(refused.sentence))</p>", status: 400)
        }
        guard visit.house.choose else {
            guard visit.call.method == "GET" else { return .wrongMethod }
            return try await answer(
                request, for: await visit.backstage.person(of: company.provider, hinted: request.hint))
        }
        let people = await visit.backstage.people(of: company.provider)
        guard visit.call.method == "POST" else { return ChoicePage(provider: company.provider, people: people).reply }
        let choice = (try? visit.call.posted())?["person"]
        return try await answer(request, for: people.first { $0.id == choice })
    }

    /// - Parameter person: nobody has cancelled.
    private func answer(_ request: Authorization, for person: Persona?) async throws -> Reply {
        guard let person, visit.fault?.mode != .deny else {
            return reply(to: request, company.denial)
        }
        if let fault = visit.fault, fault.mode == .customError { return reply(to: request, company.customError(fault)) }
        var scopes = request.scopes
        if visit.fault?.mode == .scopeReduced { scopes.removeAll { $0 == company.manners.emailScope } }
        let given = scopes
        let provider = company.provider
        let persona = person.changed(by: visit.fault)
        let now = visit.now
        let code = try await visit.backstage.issue { code in
            Grant(
                provider: provider, code: code, persona: persona, scopes: given, redirectURI: request.redirectURI,
                challenge: request.challenge, nonce: request.nonce, issuedAt: now)
        }
        let extra = await company.companions(of: request, scopes: given, persona: persona, visit)
        return reply(to: request, [("code", code)] + extra, fragment: company.fragment)
    }

    private func reply(
        to request: Authorization, _ pairs: [(name: String, value: String)], fragment: String = ""
    ) -> Reply {
        var answer = AuthorizationAnswer(
            to: request, pairs, issuer: company.responseIssuer(visit), fault: visit.fault?.mode)
        answer.fragment = fragment
        return answer.reply
    }
}
