import OAuth

extension FactorEnrolment {
    /// `wrong` for a name that is none.
    package func rename(
        _ factor: String, to name: String, _ request: Request, at now: Instant
    ) async throws -> Outcome {
        if let obstacle = obstacle(request, at: now) { return obstacle }
        guard let name = FactorName(name) else { return .wrong }
        guard let kind = try await kind(of: factor, request) else { return .gone }
        let kept = try OpenedSession(keeping: request.session, random)
        let change = change(.rename(factor: factor, to: name.text), request, as: kept, at: now)
        let outcome = try await store.change(change, at: now)
        guard outcome == .done else { return Self.refusal(outcome, of: kind) }
        record(.factorRenamed, ["factor": kind.rawValue], request)
        return .done(kept, codes: [])
    }

    /// Also where its kind is not offered any more: nobody has to keep one.
    package func remove(_ factor: String, _ request: Request, at now: Instant) async throws -> Outcome {
        if let obstacle = obstacle(request, at: now) { return obstacle }
        guard let kind = try await kind(of: factor, request) else { return .gone }
        let kept = try OpenedSession(keeping: request.session, random)
        var change = change(.remove(factor: factor), request, as: kept, at: now)
        change.letters = [
            try postbox.seal(.factorRemoved(kind, from: request.account, by: request.visitor, at: now), at: now)
        ]
        let outcome = try await store.change(change, at: now)
        guard outcome == .done else { return Self.refusal(outcome, of: kind) }
        record(.factorRemoved, ["factor": kind.rawValue], request)
        return .done(kept, codes: [])
    }

    /// A whole new set; of the old one nothing is good any more (MF3).
    package func renewCodes(_ request: Request, at now: Instant) async throws -> Outcome {
        if let obstacle = obstacle(request, at: now) { return obstacle }
        guard try await store.holdings(of: request.account.id).isEnrolled else { return .notOffered }
        let set = try codes.make(for: request.account.id)
        let kept = try OpenedSession(keeping: request.session, random)
        var change = change(.renewCodes(set.digests), request, as: kept, at: now)
        change.letters = [
            try postbox.seal(.backupCodesRenewed(of: request.account, by: request.visitor, at: now), at: now)
        ]
        switch try await store.change(change, at: now) {
        case .done, .doneWithCodes:
            record(.backupCodesRenewed, ["count": String(set.codes.count)], request)
            return .done(kept, codes: set.codes)
        case .notFresh: return .notFresh
        case .spent, .gone: return .gone
        }
    }

    /// Not the factor as a whole: to keep that over a suspension makes the optimizer of Swift 6.3.1 stop (CopyPropagation,
    /// "Found outside of lifetime use").
    private func kind(of factor: String, _ request: Request) async throws -> Factor.Kind? {
        try await store.holdings(of: request.account.id).factors.first { $0.id == factor }?.kind
    }
}
