import Cryptography

/// The authorization endpoint without its HTTP, OAuth 2.1 §4.1 and OpenID Connect Core §3.1.2.
///
/// A request that can be answered at once is never written down; one that needs a person is kept, bound
/// to their browser, and every later visit asks the same question again.
package struct AuthorizationEndpoint: Sendable {
    /// Who is asking: the browser, and who is signed in on it.
    package struct Visitor: Sendable {
        package let browser: TokenDigest
        package let signedIn: Authentication?
        /// Somebody whose second factor is still to be proven.
        package let half: Authentication?

        package init(browser: TokenDigest, signedIn: Authentication?, half: Authentication? = nil) {
            self.browser = browser
            self.signedIn = signedIn
            self.half = half
        }
    }

    package enum Outcome: Sendable {
        case respond(AuthorizationResponse)
        /// A step for the person; `handle` names the kept request.
        case interact(AuthorizationStep, AuthorizationRequest, handle: String)
        case showToUser(OAuthError, AuthorizationRequest.Reason)
    }

    let rules: AuthorizationRules
    let store: any AuthorizationStore
    let subjects: any SubjectDirectory
    let consents: any ConsentStore
    let factors: any FactorStandings
    let levels: LevelPolicy
    let audit: any AuditLog
    let random: any RandomSource
    let issuer: String
    let lifetimes: TokenLifetimes

    package init(
        rules: AuthorizationRules, store: any AuthorizationStore, subjects: any SubjectDirectory,
        consents: any ConsentStore, factors: any FactorStandings, levels: LevelPolicy, audit: any AuditLog,
        random: any RandomSource, issuer: String, lifetimes: TokenLifetimes
    ) {
        self.rules = rules
        self.store = store
        self.subjects = subjects
        self.consents = consents
        self.factors = factors
        self.levels = levels
        self.audit = audit
        self.random = random
        self.issuer = issuer
        self.lifetimes = lifetimes
    }

    /// A request as it arrives at `/authorize`.
    package func begin(_ parameters: Parameters, visitor: Visitor, at now: Instant) async throws -> Outcome {
        do {
            let request = try await rules.validate(parameters)
            let step = try await step(for: request, facts: .init(), visitor: visitor, at: now)
                .examined(in: Course.authorization, established: Established(parameters, visitor: visitor))
            if let response = try await response(to: step, of: request, swapping: nil, at: now) {
                return .respond(response)
            }
            let handle = try OpaqueToken(.pendingAuthorization, from: random)
            try await store.keep(
                PendingAuthorization(
                    handle: handle.digest, browser: visitor.browser, parameters: parameters, createdAt: now,
                    expiresAt: now + lifetimes.pendingAuthorization))
            return .interact(step, request, handle: handle.plaintext)
        } catch let refusal as AuthorizationRequest.Refusal {
            return outcome(
                of: refusal, in: Course.authorization, established: Established(parameters, visitor: visitor))
        }
    }

    /// The kept request again, after a step has recorded its fact. Asked anew each time: nothing is
    /// remembered about what was found before.
    package func resume(_ presented: String, visitor: Visitor, at now: Instant) async throws -> Outcome {
        guard let (handle, pending) = try await pending(presented, browser: visitor.browser, at: now) else {
            return try await lost(presented, at: now)
        }
        let established = Established(pending.parameters, visitor: visitor)
        do {
            let request = try await rules.validate(pending.parameters)
            let step = try await step(for: request, facts: pending.facts, visitor: visitor, at: now)
                .examined(in: Course.continuation, established: established)
            if let response = try await response(to: step, of: request, swapping: handle.digest, at: now) {
                return .respond(response)
            }
            return .interact(step, request, handle: handle.plaintext)
        } catch let refusal as AuthorizationRequest.Refusal {
            _ = try await store.abandon(handle.digest)
            return outcome(of: refusal, in: Course.continuation, established: established)
        }
    }

    /// Ends a kept request with an error to the client: the person said no.
    package func refuse(
        _ presented: String, with error: OAuthError, visitor: Visitor, at now: Instant
    ) async throws -> Outcome {
        guard let (handle, pending) = try await pending(presented, browser: visitor.browser, at: now),
            try await store.abandon(handle.digest)
        else { return try await lost(presented, at: now) }
        let established = Established(pending.parameters, visitor: visitor)
        do {
            let request = try await rules.validate(pending.parameters)
            let refusal = error.examined(in: Course.continuation, established: established)
            return .respond(AuthorizationResponse(error: refusal, to: request.returnAddress, issuer: issuer))
        } catch let refusal as AuthorizationRequest.Refusal {
            return outcome(of: refusal, in: Course.continuation, established: established)
        }
    }

    /// The kept request behind a handle, only for the browser that started it (AZ21).
    package func pending(
        _ presented: String, browser: TokenDigest, at now: Instant
    ) async throws -> (handle: OpaqueToken, pending: PendingAuthorization)? {
        guard let handle = OpaqueToken(.pendingAuthorization, presented: presented),
            let pending = try await store.pending(handle.digest, at: now),
            constantTimeEqual(pending.browser.bytes, browser.bytes)
        else { return nil }
        return (handle, pending)
    }

    /// What a request demands of whoever is about to answer it.
    package func levels(
        demandedBy request: AuthorizationRequest, of person: Authentication, at now: Instant
    ) async throws -> DemandedLevels {
        let standing = try await factors.standing(of: person, for: request.client.id, at: now)
        return DemandedLevels(request.demands.levels, of: request.scopes, standing, under: levels)
    }

    /// Whether a handle is of a request that waits in another browser. Nothing is done for it here.
    package func waitsElsewhere(_ presented: String, than browser: TokenDigest, at now: Instant) async throws -> Bool {
        guard let handle = OpaqueToken(.pendingAuthorization, presented: presented),
            let pending = try await store.pending(handle.digest, at: now)
        else { return false }
        return !constantTimeEqual(pending.browser.bytes, browser.bytes)
    }

    /// Why there is nothing to go on with. That a handle belongs to another browser may be said: nobody
    /// guesses one.
    private func lost(_ presented: String, at now: Instant) async throws -> Outcome {
        guard let handle = OpaqueToken(.pendingAuthorization, presented: presented),
            try await store.pending(handle.digest, at: now) != nil
        else {
            let error = OAuthError.invalidRequest("the request is unknown, finished or expired", .requestLost)
            return .showToUser(
                error.examined(in: Course.continuation, established: Established()), .requestExpired)
        }
        let error = OAuthError.invalidRequest("the request was begun in another browser", .otherBrowser)
        return .showToUser(error.examined(in: Course.continuation, established: Established()), .wrongBrowser)
    }

    private func step(
        for request: AuthorizationRequest, facts: PendingAuthorization.Facts, visitor: Visitor, at now: Instant
    ) async throws -> AuthorizationStep {
        var subject: Subject?
        var remembered: Consent?
        var standing = FactorStanding()
        if let person = visitor.signedIn ?? visitor.half {
            subject = try await subjects.subject(person.subject)
            remembered = try await consents.consent(of: person.subject, to: request.client.id)
            // What cannot be found out is thrown, and refuses: nobody is let through because nobody could say (MF6).
            if subject?.isActive ?? false {
                standing = try await factors.standing(of: person, for: request.client.id, at: now)
            }
        }
        let situation = AuthorizationStep.Situation(
            signedIn: visitor.signedIn, half: visitor.half, subject: subject, remembered: remembered, facts: facts,
            standing: standing, levels: levels)
        return AuthorizationStep.next(for: request, in: situation, at: now)
    }

    /// The response, when the step is one that answers; `nil` when a person must act first.
    private func response(
        to step: AuthorizationStep, of request: AuthorizationRequest, swapping handle: TokenDigest?, at now: Instant
    ) async throws -> AuthorizationResponse? {
        switch step {
        case .signIn, .selectAccount, .proveFactor, .enrolFactor, .askConsent, .notAllowed:
            return nil
        case .refuse(let error):
            if let handle { _ = try await store.abandon(handle) }
            return AuthorizationResponse(error: error, to: request.returnAddress, issuer: issuer)
        case .answer(let authentication, let scopes):
            return try await answer(request, authentication, scopes, swapping: handle, at: now)
        }
    }

    private func answer(
        _ request: AuthorizationRequest, _ authentication: Authentication, _ scopes: ScopeSet,
        swapping handle: TokenDigest?, at now: Instant
    ) async throws -> AuthorizationResponse {
        let grant = Grant(
            id: try Identifier.make(from: random), clientID: request.client.id, authentication: authentication,
            scopes: scopes, resources: request.resources, nonce: request.nonce, claimsRequest: request.claims?.text,
            createdAt: now, expiresAt: now + lifetimes.grant(isOffline: scopes.contains(ScopeSet.offlineAccess)))
        let token = try OpaqueToken(.authorizationCode, from: random)
        let code = AuthorizationCode(
            digest: token.digest, grant: grant, redirectURI: request.returnAddress.uri,
            redirectURIWasSent: request.returnAddress.wasSent, codeChallenge: request.proofKey?.challenge,
            expiresAt: now + lifetimes.authorizationCode)
        guard try await store.finish(handle, with: code, at: now) else {
            throw AuthorizationRequest.Refusal.showToUser(
                .invalidRequest("the request was finished elsewhere, or the session has ended", .finishedElsewhere),
                .requestExpired)
        }
        audit.record(
            AuditEvent(
                .codeIssued, subject: authentication.subject, clientID: request.client.id, details: ["grant": grant.id])
        )
        return AuthorizationResponse(code: token, to: request.returnAddress, issuer: issuer)
    }

    private func outcome(
        of refusal: AuthorizationRequest.Refusal, in course: [CheckName], established: Established
    ) -> Outcome {
        switch refusal {
        case .showToUser(let error, let reason):
            // An unknown client_id is whatever somebody sent, a secret perhaps (CF3).
            audit.record(
                AuditEvent(
                    .authorizationRefused, clientID: reason == .unknownClient ? nil : established.clientID,
                    details: ["error": reason.rawValue, "reason": error.sentence]))
            return .showToUser(error.examined(in: course, established: established), reason)
        case .returnToClient(let error, let address):
            audit.record(
                AuditEvent(
                    .authorizationRefused, clientID: established.clientID,
                    details: ["error": error.code.rawValue, "reason": error.sentence]))
            let refusal = error.examined(in: course, established: established)
            return .respond(AuthorizationResponse(error: refusal, to: address, issuer: issuer))
        }
    }
}
