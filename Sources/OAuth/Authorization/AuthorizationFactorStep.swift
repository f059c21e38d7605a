import JSON

/// What a request needs of second factors. For passwords, links, providers and a session that was there before alike:
/// whichever way somebody came, they pass here (MF6).
extension AuthorizationStep {
    /// `nil` when nothing is missing.
    static func factorStep(
        for request: AuthorizationRequest, in situation: Situation, person: Authentication, at now: Instant
    ) -> Self? {
        let demands = request.demands
        let demanded = situation.demandedLevels(by: request)
        if situation.isHalf, !situation.isServedHalf(request, demanded) {
            return asking(
                .proveFactor, demands,
                OAuthError(.loginRequired, "the second factor has not been proven", .factorMissing))
        }
        if let step = raise(person, to: demanded, in: situation, isSilent: demands.areSilent) { return step }
        if let limit = demands.maximumAge, situation.standing.isEnrolled,
            !situation.hasFreshFactor(of: person, within: limit, at: now)
        {
            let age = person.factorTime.map { now.seconds(since: $0) }
            return asking(
                .proveFactor, demands,
                OAuthError(
                    .loginRequired, "the second factor is older than max_age allows",
                    .factorTooOld(seconds: age, limit: limit)))
        }
        guard situation.standing.mustEnrol else { return nil }
        guard situation.standing.canEnrol else {
            return .refuse(
                OAuthError(.interactionRequired, "there is no second factor for the person to set up", .enrolmentClosed)
            )
        }
        return asking(
            .enrolFactor, demands,
            OAuthError(.interactionRequired, "a second factor must be set up first", .enrolmentMissing))
    }

    /// The way to the levels that are demanded, if there is one (AZ20). Whoever has proven a factor for this very request
    /// is not asked for it again: nobody goes round in circles.
    private static func raise(
        _ person: Authentication, to demanded: DemandedLevels, in situation: Situation, isSilent: Bool
    ) -> Self? {
        guard !demanded.areMet(by: person.reached) else { return nil }
        let standing = situation.standing
        let isProvenHere = situation.facts.factorSession == person.sessionID
        let reachable = isProvenHere ? person.reached : person.reached + standing.reachable
        if !isProvenHere, demanded.areMet(by: reachable) {
            return isSilent
                ? .refuse(
                    OAuthError(
                        .loginRequired, "a second factor must be proven for a demanded acr",
                        .levelNotProven(person.level, demanded: demanded.words))) : .proveFactor
        }
        if !isSilent, demanded.areMet(by: reachable + standing.enrollable) { return .enrolFactor }
        return .refuse(
            OAuthError(
                .unmetAuthenticationRequirements, "the sign-in does not reach a demanded acr",
                .levelNotReached(person.level, demanded: demanded.words)))
    }

    private static func asking(_ step: Self, _ demands: Demands, _ refusal: OAuthError) -> Self {
        demands.areSilent ? .refuse(refusal) : step
    }
}

extension AuthorizationStep.Situation {
    func demandedLevels(by request: AuthorizationRequest) -> DemandedLevels {
        DemandedLevels(request.demands.levels, of: request.scopes, standing, under: levels)
    }

    /// Whether the client does without the second factor, and nothing is demanded that would need it.
    fileprivate func isServedHalf(_ request: AuthorizationRequest, _ demanded: DemandedLevels) -> Bool {
        levels.exemptClients.contains(where: request.client.id.isExactly) && demanded.areNone
            && request.demands.maximumAge == nil
    }

    /// A factor that is no older than asked for, or was proven for this very request: after the sign-in, or as the
    /// sign-in itself. A browser that is remembered, or a role that is exempt, has proven none.
    fileprivate func hasFreshFactor(of person: Authentication, within limit: Int64, at now: Instant) -> Bool {
        guard let time = person.factorTime else { return false }
        if facts.factorSession == person.sessionID { return true }
        if facts.signedInSession == person.sessionID, time == person.time { return true }
        return limit > 0 && now.seconds(since: time) <= limit
    }
}
