import HTTPTypes
import Identity
import OAuth

/// `/second-factor`: where a second factor is proven, on the way to an app or to a page of ours. All that a session which
/// lacks its second factor can reach is here (MF5).
struct SecondFactorRoutes: Sendable {
    static let choosePath = SecondFactorPath.prove + "/choose"
    static let sendPath = FactorWay.mail.path + "/send"
    static let leavePath = SecondFactorPath.prove + "/leave"
    /// For whoever has none of their factors at hand.
    static let lostPath = SecondFactorPath.prove + "/lost"

    let rooms: Rooms

    var routes: [Route] {
        [
            Route(SecondFactorPath.prove, .page, [.get: showBest]),
            Route(Self.choosePath, .page, [.get: showAll]),
            Route(Self.sendPath, .page, [.post: send]),
            Route(Self.leavePath, .page, [.post: leave]),
        ]
            + FactorWay.allCases.map { way in
                Route(way.path, .page, [.get: { try await show(way, $0) }, .post: { try await prove(way, $0) }])
            }
    }

    @Sendable private func showBest(_ visit: Visit) async throws -> Reply {
        try await page(visit) { factor, choices in
            guard let best = FactorWay.all(choices).first else { return try all(choices, factor) }
            return try await reply(FactorPage(best, choices), factor)
        }
    }

    @Sendable private func showAll(_ visit: Visit) async throws -> Reply {
        try await page(visit) { try all($1, $0) }
    }

    private func show(_ way: FactorWay, _ visit: Visit) async throws -> Reply {
        try await page(visit) { factor, choices in
            guard way.isAmong(choices) else { return .seeOther(factor.onward.address(SecondFactorPath.prove)) }
            var page = FactorPage(way, choices)
            page.isSent = try visit.queryParameters()["sent"] != nil
            return try await reply(page, factor)
        }
    }

    private func page(
        _ visit: Visit, _ show: (FactorVisit, SecondFactor.Choices) async throws -> Reply
    ) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        switch try await rooms.factorTurn(visit, guest, Onward(visit.queryParameters())) {
        case .elsewhere(let reply): return rooms.welcome(guest, reply)
        case .mine(let factor):
            let choices = try await rooms.choices(of: factor)
            return rooms.welcome(guest, try await show(factor, choices))
        }
    }

    /// The same page whatever comes of it: limits are not told (B112).
    @Sendable private func send(_ visit: Visit) async throws -> Reply {
        try await form(visit) { factor, form in
            _ = try await rooms.factors.proving.sendCode(rooms.attempt(factor, form), at: visit.now)
            return .seeOther(factor.onward.address(FactorWay.mail.path, (name: "sent", value: "1")))
        }
    }

    private func prove(_ way: FactorWay, _ visit: Visit) async throws -> Reply {
        try await form(visit) { factor, form in
            if way == .passkey { try await rooms.admitPasskey(visit, in: Course.secondFactor) }
            let attempt = try await rooms.attempt(factor, form)
            let outcome =
                if let kind = way.code {
                    // Longer than any code with whatever somebody puts between its signs.
                    try await rooms.factors.proving.prove(
                        String((form["code"] ?? "").prefix(100)), as: kind, attempt, at: visit.now)
                } else {
                    try await rooms.factors.proving.prove(
                        passkey: PasskeyAnswer(form["answer"] ?? ""), attempt, at: visit.now)
                }
            let fault: FactorPage.Fault
            switch outcome {
            case .proven(let opened, let remembered): return rooms.proven(opened, remembered, factor)
            case .ended: return .seeOther(factor.onward.address("/sign-in"))
            case .wrong: fault = .wrong
            case .locked(let seconds): fault = .locked(seconds)
            }
            // As it is after this try.
            let choices = try await rooms.choices(of: factor)
            var page = FactorPage(way, choices)
            (page.isSent, page.fault, page.remembers) = (true, fault, attempt.remembers)
            return try await reply(page, factor)
        }
    }

    private func form(
        _ visit: Visit, _ act: (FactorVisit, OAuth.Parameters) async throws -> Reply
    ) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        switch try await rooms.factorTurn(visit, guest, Onward(form)) {
        case .elsewhere(let reply): return reply
        case .mine(let factor): return try await act(factor, form)
        }
    }

    /// Whoever is not who came in, or wants to come in another way. A whole session is not ended here: for that there is
    /// signing out.
    @Sendable private func leave(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let onward = Onward(try rooms.genuineForm(visit, from: guest))
        guard let half = guest.half else { return onward.reply }
        _ = try await rooms.sessions.end(half.id, of: half.subject, as: .signOut, at: visit.now)
        var reply = Reply.seeOther(onward.address("/sign-in"))
        reply.headers.append(HTTPField(name: .setCookie, value: rooms.cookies.clearingSession))
        return reply
    }
}

extension SecondFactorRoutes {
    private func reply(_ page: FactorPage, _ factor: FactorVisit) async throws -> Reply {
        let account = page.way == .mail ? try await rooms.accounts.account(id: factor.session.subject) : nil
        let isLocked = page.lockEnd(at: factor.visit.now) != nil
        var context = FactorWaysPart(page.choices, but: page.way, isLocked: isLocked, factor).context(rooms)
        context.merge(page.context(rooms, factor, address: account?.email)) { $1 }
        if page.way == .passkey { context.merge(try await passkeyContext(factor)) { $1 } }
        var reply = try rooms.writer.reply(
            page.template, title: rooms.pages.catalogue.text("title.second_factor"), context, status: page.status,
            formTargets: factor.request.map(rooms.formTargets) ?? [])
        if let seconds = page.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = page.finding.map {
            Examination($0, in: Course.secondFactor, established: factor.established)
        }
        return reply
    }

    private func passkeyContext(_ factor: FactorVisit) async throws -> [String: Any] {
        let holdings = try await rooms.factors.store.holdings(of: factor.session.subject)
        let options = try rooms.factors.passkeys.proofOptions(
            in: factor.session, of: holdings, at: factor.visit.now)
        return rooms.passkeyTexts.merging(["options": options.json]) { $1 }
    }

    /// All ways at once; or that there is none.
    private func all(_ choices: SecondFactor.Choices, _ factor: FactorVisit) throws -> Reply {
        let isLocked = choices.lockedUntil.map { $0 > factor.visit.now } ?? false
        let part = FactorWaysPart(choices, isLocked: isLocked, factor)
        var context = part.context(rooms)
        let catalogue = rooms.pages.catalogue
        let words = part.ways.isEmpty ? "second_factor.none" : "second_factor.choose"
        context["heading"] = catalogue.text("\(words).heading")
        context["sentence"] = catalogue.text("\(words).sentence")
        if isLocked, let end = choices.lockedUntil {
            let when = TimeText(catalogue: catalogue, now: factor.visit.now).future(end)
            context["sentence"] = catalogue.text("second_factor.locked", ["when": when])
        }
        return try rooms.writer.reply(
            "second-factor-choose", title: catalogue.text("title.second_factor"), context,
            formTargets: factor.request.map(rooms.formTargets) ?? [])
    }
}

extension Rooms {
    /// What the script of passkeys says.
    var passkeyTexts: [String: Any] {
        [
            "passkeyCancelled": pages.catalogue.text("passkey.cancelled"),
            "passkeyFailed": pages.catalogue.text("passkey.failed"),
        ]
    }
}
