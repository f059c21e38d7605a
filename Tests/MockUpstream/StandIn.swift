import JSON
import OAuth

/// The companies behind their prefixes, and control beside them.
struct StandIn: Sendable {
    let house: House
    let backstage = Backstage()
    private let companies: [String: any Company]

    init(house: House) {
        self.house = house
        let all: [any Company] = [
            GitHub(), Google(), Discord(), Facebook(), AnyOpenID(), Microsoft(), Apple(), GitLab(),
        ]
        companies = Dictionary(uniqueKeysWithValues: all.map { ($0.provider.rawValue, $0) })
    }

    func answer(_ call: Call) async throws -> Reply {
        let steps = call.path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true).map(String.init)
        guard let prefix = steps.first else { return try await unknown(call, nil) }
        let path = steps.count == 2 ? steps.last ?? "" : ""
        if prefix == "_ctl" { return try await Control(backstage: backstage).answer(call, path) }
        guard let company = companies[prefix] else { return try await unknown(call, nil) }
        guard let place = company.place(of: path) else { return try await unknown(call, company.provider) }
        await backstage.note(call.record(provider: company.provider, endpoint: place.endpoint))
        return try await answer(call, place, of: company)
    }

    private func unknown(_ call: Call, _ provider: Provider?) async throws -> Reply {
        await backstage.note(call.record(provider: provider, endpoint: nil))
        return .notFound
    }

    /// The right answer first, and then what the fault makes of it: a company that breaks has often done its work.
    private func answer(_ call: Call, _ place: Place, of company: any Company) async throws -> Reply {
        let onlyLooks = house.choose && place.endpoint == .authorize && call.method == "GET"
        let fault = onlyLooks ? nil : await backstage.takeFault(company.provider, place.endpoint)
        let visit = Visit(
            call: call, endpoint: place.endpoint, tenant: place.tenant, fault: fault, now: await backstage.now,
            backstage: backstage, house: house)
        let reply = try await reply(to: visit, of: company)
        guard let fault else { return reply }
        if fault.mode == .slow { try await Task.sleep(for: .milliseconds(fault.milliseconds)) }
        return reply.broken(by: fault, origin: call.origin)
    }

    private func reply(to visit: Visit, of company: any Company) async throws -> Reply {
        do {
            guard visit.endpoint != .authorize else {
                return try await AuthorizationDesk(company: company, visit: visit).answer()
            }
            return try await company.answer(visit)
        } catch let refusal as TokenRefusal {
            return company.reply(to: refusal)
        } catch let refusal as APIRefusal {
            return company.refusalOfAPI(refusal)
        }
    }
}
