import HTTPTypes
import Identity
import OAuth

/// `/upstream/address`: somebody came back from a provider that has not proven an address of theirs. They give one and prove
/// it; until then there is no account.
struct UpstreamAddressRoutes: Sendable {
    static let path = "/upstream/address"

    let rooms: Rooms

    var routes: [Route] { [Route(Self.path, .page, [.get: show, .post: ask])] }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard let pending = try await waiting(visit, guest) else { return rooms.welcome(guest, .seeOther("/sign-in")) }
        return try await page(pending, typed: pending.identity.email?.typed ?? "", visit, guest)
    }

    @Sendable private func ask(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        guard let pending = try await waiting(visit, guest) else { return .seeOther("/sign-in") }
        let typed = form["email"] ?? ""
        if let problem = rooms.upstream.proof.problem(with: typed) {
            return try await page(pending, typed: typed, refused: problem, visit, guest)
        }
        guard let address = EmailAddress(typed) else { return .seeOther(Self.path) }
        let onward = Onward(query: pending.query)
        try await rooms.upstream.proof.begin(
            pending, at: address, from: rooms.arrival(visit, guest, onward),
            MailErrand(network: visit.network, query: onward.query), at: visit.now)
        return .seeOther(onward.address(MailProof.Purpose.upstream.codePath))
    }

    private func waiting(_ visit: Visit, _ guest: Guest) async throws -> PendingIdentity? {
        try await rooms.upstream.proof.waiting(in: guest.browser.digest, at: visit.now)
    }

    private func page(
        _ pending: PendingIdentity, typed: String, refused problem: AccountProblem? = nil, _ visit: Visit,
        _ guest: Guest
    ) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let onward = Onward(query: pending.query)
        let names = ["provider": rooms.providerName(pending.identity.key.provider)]
        let heading = catalogue.text("upstream.address.heading")
        var context: [String: Any] = [
            "heading": heading, "sentence": catalogue.text("upstream.address.sentence", names), "action": Self.path,
            "csrf": rooms.formGuard.token(for: guest.browser), "email": typed,
            "otherURL": onward.address("/sign-in"), "otherText": catalogue.text("upstream.other_way"),
        ]
        if let request = try await rooms.paused(onward, guest, at: visit.now) {
            context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri)
        }
        if let problem {
            let sentence = AccountProblemTexts(catalogue: catalogue).sentence(problem)
            context["emailError"] = sentence
            context["error"] =
                [
                    "summary": catalogue.text("error.summary.form"), "fields": [["id": "email", "message": sentence]],
                    "reference": visit.reference,
                ] as [String: Any]
        }
        var reply = try rooms.writer.reply(
            "upstream-address", title: heading, context, status: problem == nil ? .ok : .unprocessableContent)
        reply.examination = problem.map { _ in
            Examination(.incompleteForm, in: Course.recovery, established: Established(guest))
        }
        return rooms.welcome(guest, reply)
    }
}
