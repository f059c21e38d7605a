import JSON

/// The next thing to happen to an authorization request (OpenID Connect Core §3.1.2.3-4).
///
/// Decided here and nowhere else. Steps never lead to one another: each records a fact, and the browser
/// comes back to ask again.
package enum AuthorizationStep: Sendable, Equatable {
    case signIn(SignInReason)
    case selectAccount
    /// A second factor is to be proven: the sign-in is half, or the request demands more than it reaches.
    case proveFactor
    /// A second factor is to be set up, for without one the request cannot be answered.
    case enrolFactor
    /// Scopes that the person has not allowed yet, all requested ones when consent is asked anew.
    case askConsent(ScopeSet)
    /// The person may not use this client; they are told so plainly.
    case notAllowed(OAuthError)
    case answer(Authentication, ScopeSet)
    case refuse(OAuthError)

    package enum SignInReason: Sendable, Equatable {
        case nobody
        /// Somebody is signed in but must prove it anew (`prompt=login`, `max_age`).
        case fresh
        /// The request is about somebody else than the person signed in.
        case otherPerson
        case create
    }

    /// What is known when the question is asked.
    package struct Situation: Sendable {
        package let signedIn: Authentication?
        /// Somebody whose second factor is still to be proven; asked about where nobody is signed in.
        package let half: Authentication?
        /// Whoever of the two is asked about.
        package let subject: Subject?
        package let remembered: Consent?
        package let facts: PendingAuthorization.Facts
        /// How that person stands to second factors.
        package let standing: FactorStanding
        package let levels: LevelPolicy

        package init(
            signedIn: Authentication?, half: Authentication? = nil, subject: Subject?, remembered: Consent?,
            facts: PendingAuthorization.Facts, standing: FactorStanding, levels: LevelPolicy = LevelPolicy()
        ) {
            self.signedIn = signedIn
            self.half = half
            self.subject = subject
            self.remembered = remembered
            self.facts = facts
            self.standing = standing
            self.levels = levels
        }

        var person: Authentication? { signedIn ?? half }
        var isHalf: Bool { signedIn?.isHalf ?? true }
    }

    package static func next(for request: AuthorizationRequest, in situation: Situation, at now: Instant) -> Self {
        let demands = request.demands
        guard let person = situation.person, let subject = situation.subject, subject.isActive,
            subject.id.isExactly(person.subject)
        else {
            let reason: SignInReason = demands.prompts.contains(.create) ? .create : .nobody
            return demands.areSilent
                ? .refuse(OAuthError(.loginRequired, "nobody is signed in", .nobodySignedIn)) : .signIn(reason)
        }
        let provedHere = situation.facts.signedInSession == person.sessionID
        if let wanted = demands.subject, !wanted.isExactly(person.subject) {
            let refusal = OAuthError(
                .loginRequired, "another person than the one asked for is signed in",
                .otherPerson(seen: person.subject))
            return demands.areSilent || provedHere ? .refuse(refusal) : .signIn(.otherPerson)
        }
        if demands.prompts.contains(.selectAccount), !provedHere, situation.facts.chosenSubject != subject.id {
            // The page of accounts is for people who are in; signing in is a choice, too.
            return situation.isHalf ? .signIn(.nobody) : .selectAccount
        }
        if !provedHere, demands.wantFreshSignIn(after: person.time, at: now) {
            return demands.areSilent
                ? .refuse(
                    OAuthError(
                        .loginRequired, "the sign-in is older than max_age allows",
                        .signInTooOld(seconds: now.seconds(since: person.time), limit: demands.maximumAge)))
                : .signIn(demands.prompts.contains(.create) ? .create : .fresh)
        }
        guard request.client.accepts(person.methods) else {
            let finding = Finding.methodNotAccepted(person.methods, request.client)
            return demands.areSilent
                ? .refuse(OAuthError(.loginRequired, "the person signed in another way than the client takes", finding))
                : .signIn(.fresh)
        }
        return factorStep(for: request, in: situation, person: person, at: now)
            ?? gate(request, in: situation, person: person, subject: subject)
    }

    /// With the checks around a refusal.
    func examined(in course: [CheckName], established: Established) -> Self {
        switch self {
        case .refuse(let error): .refuse(error.examined(in: course, established: established))
        case .notAllowed(let error): .notAllowed(error.examined(in: course, established: established))
        case .signIn, .selectAccount, .proveFactor, .enrolFactor, .askConsent, .answer: self
        }
    }

    /// Who may use this client, and what they have allowed it.
    private static func gate(
        _ request: AuthorizationRequest, in situation: Situation, person: Authentication, subject: Subject
    ) -> Self {
        let demands = request.demands
        guard request.client.admits(subject) else {
            let refusal = OAuthError(
                .accessDenied, "this person may not use this client", .roleMissing(request.client, subject))
            return demands.areSilent ? .refuse(refusal) : .notAllowed(refusal)
        }
        let missing = ConsentRule.missing(for: request, from: situation, subject: subject)
        guard missing.isEmpty else {
            return demands.areSilent
                ? .refuse(
                    OAuthError(.consentRequired, "consent has not been given", .consentMissing(missing)))
                : .askConsent(missing)
        }
        let told = situation.demandedLevels(by: request).told(of: person, situation.levels.levels)
        return .answer(told, request.scopes)
    }
}

extension Demands {
    func wantFreshSignIn(after time: Instant, at now: Instant) -> Bool {
        if prompts.contains(.login) || prompts.contains(.create) { return true }
        guard let maximumAge else { return false }
        return now.seconds(since: time) > maximumAge || maximumAge == 0
    }
}

extension Client {
    /// Whether this person may sign in to this client: one of the demanded roles is enough.
    package func admits(_ subject: Subject) -> Bool {
        policy.requiredRoles.isEmpty || policy.requiredRoles.contains(where: subject.roles.contains)
    }

    /// Whether people may come in by what these proofs are (`amr`): a session that was opened another way does not serve
    /// a client that names its ways (B133).
    func accepts(_ proofs: [String]) -> Bool {
        policy.signInMethods.isEmpty
            || proofs.contains { policy.signInMethods.contains(Authentication.methodName(of: $0)) }
    }

    /// Whether whoever receives the code must be this client: it authenticates, or its address is one
    /// that only it can receive at (RFC 8252 §8.6, OAuth 2.1 §7.3).
    package var isVerifiable: Bool {
        isConfidential || redirectURIs.allSatisfy { $0.hasPrefix("https://") }
    }
}
