import HTTPTypes
import Identity
import OAuth

/// To a provider and back. Only a form of ours begins it, in the browser that will come back (SO6): nobody is sent
/// anywhere by a link. A page of our own leads on, because browsers hold a form against everywhere it leads, and where a
/// provider leads nobody here knows.
struct UpstreamRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        [
            Route("/upstream/{provider}", .page, [.post: begin]),
            Route("/upstream/{provider}/callback", .secretPage, [.get: arrive, .post: relay]),
        ]
    }

    @Sendable private func begin(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = try await rooms.ownOnward(Onward(rooms.genuineForm(visit, from: guest)), guest, at: visit.now)
        let request = try await rooms.paused(onward, guest, at: visit.now)
        let id = visit.places["provider"] ?? ""
        guard rooms.providers(for: request?.client).contains(where: { $0.id.isExactly(id) }) else {
            throw PageProblem(
                .forbidden, "access_denied", .providerNotOffered(request?.client), in: Course.upstream,
                established: Established(guest))
        }
        return try await begin(id, onward, request, visit, guest, away: away)
    }

    /// What an app's hint asks for: straight there, without the page (`idp_hint`).
    func begin(
        hinted id: String, _ onward: Onward, _ request: AuthorizationRequest, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        try await begin(id, onward, request, visit, guest) { url, _ in .seeOther(url) }
    }

    private func begin(
        _ id: String, _ onward: Onward, _ request: AuthorizationRequest?, _ visit: Visit, _ guest: Guest,
        away: (String, String) throws -> Reply
    ) async throws -> Reply {
        let beginning = try await rooms.upstream.signIn.begin(
            id, .signIn, leadingTo: onward.query, hint: request?.loginHint, in: guest.browser.digest,
            from: visit.network, at: visit.now)
        switch beginning {
        case .away(let url): return rooms.welcome(guest, try away(url, id))
        case .failed(let fault): return try await signIn(after: .init(fault, id, rooms), onward, visit, guest)
        case .throttled(let seconds):
            return try await signIn(after: .init(throttled: seconds, rooms), onward, visit, guest)
        }
    }

    private func away(_ url: String, _ id: String) throws -> Reply { try rooms.away(to: url, id) }

    /// Some answer by a form of their own page (Apple): that comes without cookies, and comes again as an address.
    @Sendable private func relay(_ visit: Visit) async throws -> Reply {
        let form = try visit.formParameters()
        let pairs = ["state", "code", "error", "error_code", "iss", "user"].compactMap { name in
            form[name].flatMap { $0.utf8.count <= 2048 ? (name: name, value: $0) : nil }
        }
        return .seeOther("\(visit.path)?\(FormEncoding.encode(pairs))")
    }

    @Sendable private func arrive(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let id = visit.places["provider"] ?? ""
        guard visit.method == .get else {
            // Whoever only looks spends nothing.
            let fault = rooms.upstream.signIn.provider(id) == nil ? UpstreamFault.off : .state(.missing)
            return try await signIn(after: .init(fault, id, rooms), .account, visit, guest)
        }
        // A parameter that is there twice is as good as none.
        let parameters = try? visit.queryParameters()
        let taken = try await rooms.upstream.signIn.take(
            state: parameters?["state"], for: id, in: guest.browser.digest, from: visit.network, at: visit.now)
        switch taken {
        case .refused(let fault, let query):
            let onward = Onward(query: query)
            return try await signIn(after: .init(fault, id, rooms), onward, visit, guest)
        case .mine(let attempt, let secrets):
            let answer = UpstreamAnswer(
                code: parameters?["code"],
                // Facebook has a form of its own for some.
                error: parameters?["error"] ?? parameters?["error_code"].map { "error_code \($0)" },
                issuer: parameters?["iss"], user: parameters?["user"])
            let identity = await rooms.upstream.signIn.identity(
                by: answer, of: attempt, secrets, from: visit.network, at: visit.now)
            guard case .link = attempt.intent else {
                return try await enter(identity, attempt, visit, guest)
            }
            return try await IdentityRoutes(rooms: rooms).link(identity, attempt, visit, guest)
        }
    }

    private func enter(
        _ identity: Result<UpstreamIdentity, UpstreamFault>, _ attempt: UpstreamAttempt, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        let (onward, id) = (Onward(query: attempt.query), attempt.provider)
        switch identity {
        case .failure(let fault): return try await signIn(after: .init(fault, id, rooms), onward, visit, guest)
        case .success(let identity):
            let arrival = try await rooms.arrival(visit, guest, onward)
            let outcome = try await rooms.upstream.reception.receive(
                identity, by: attempt, from: arrival, visit.network, at: visit.now)
            return try await answer(outcome, id, onward, visit, guest)
        }
    }

    private func answer(
        _ outcome: UpstreamReception.Outcome, _ id: String, _ onward: Onward, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        switch outcome {
        case .signedIn(let opened): return rooms.signedIn(opened, onward.reply, at: visit.now)
        case .leaving(let account):
            return try await ComeBackRoutes(rooms: rooms).ask(account, method: id, visit, guest, onward)
        case .pending(.account): return .seeOther(UpstreamConnectRoutes.path)
        case .pending(.address): return .seeOther(UpstreamAddressRoutes.path)
        case .notAdmitted: return try await signIn(after: .init(notAdmitted: id, rooms), onward, visit, guest)
        case .refusedPerson(let subject):
            return try await signIn(after: .init(refused: subject, id, rooms), onward, visit, guest)
        case .overtaken: return try await signIn(after: .init(overtaken: id, rooms), onward, visit, guest)
        }
    }

    /// Back on the sign-in page, with the app's request alive if there is one.
    private func signIn(
        after saying: UpstreamSaying, _ onward: Onward, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        rooms.welcome(guest, try await SignInRoutes(rooms: rooms).page(after: saying, onward, visit, guest))
    }
}

extension Rooms {
    /// A page that leads to a provider by itself, and by a link where it does not.
    func away(to url: String, _ id: String) throws -> Reply {
        let catalogue = pages.catalogue
        let name = ["provider": providerName(id)]
        return try writer.reply(
            "away", title: catalogue.text("title.form_post"),
            [
                "heading": catalogue.text("upstream.away.heading", name), "awayURL": url,
                "text": catalogue.text("upstream.continue", name),
            ], manner: .secretPage)
    }
}

extension Onward {
    /// As it was kept: `?request=…`, `?next=…`, or nothing.
    init(query: String) {
        let pairs = try? OAuth.Parameters(FormDecoding.pairs(Array(query.utf8.drop { $0 == UInt8(ascii: "?") })))
        self = pairs.map(Onward.init) ?? .account
    }
}
