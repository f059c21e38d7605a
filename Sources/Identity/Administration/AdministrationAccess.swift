import OAuth

/// What a token for the administration API may be good for.
package enum AdministrationScope: String, Sendable, CaseIterable {
    case readPeople = "martlet.people.read"
    case writePeople = "martlet.people.write"
    case readAudit = "martlet.audit.read"
    /// Giving and taking the role of administrator, and changing anything of those who have it: an app with the right to
    /// change people does not get by it the right to do everything, nor to shut out those who could stop it.
    case writeAdministrators = "martlet.administrators.write"

    /// The sentences by which people are asked to allow them are in the catalogue (`scope.…`).
    package static var names: [String] { allCases.map(\.rawValue) }
}

/// Who calls the administration API.
package struct AdministrationCaller: Sendable, Equatable {
    package let actor: AuditEvent.Actor
    package let clientID: String
    /// The person, or `client:…`.
    package let subject: String
    /// What the token is good for here, and the app's registration still allows.
    package let scopes: Set<AdministrationScope>

    /// Whether administrators can be made and changed. A person who calls has that role, and may do by an app
    /// what they may do in a browser; an app on its own behalf needs the scope.
    package var mayAppoint: Bool {
        if case .person = actor { true } else { scopes.contains(.writeAdministrators) }
    }
}

/// Whether an access token opens the administration API (TK24): decided here for every call, on what is so now.
///
/// A person's token counts as long as the person holds the role of administrator; a client's own (client credentials)
/// as long as its registration allows the scope. One for another API is not enough: it must name this one.
package struct AdministrationAccess: Sendable {
    private let reader: AccessTokenReader
    private let grants: any GrantStore
    private let registry: any ClientRegistry
    private let accounts: any AccountStore
    private let sessions: any SessionStore
    private let factors: any FactorStore
    private let policy: FactorPolicy
    private let audit: any AuditLog
    /// The resource indicator of the API (RFC 8707), which a token must name as its audience.
    package let resource: String

    package init(
        reader: AccessTokenReader, grants: any GrantStore, registry: any ClientRegistry, accounts: any AccountStore,
        sessions: any SessionStore, factors: any FactorStore, policy: FactorPolicy, issuer: String,
        audit: any AuditLog
    ) {
        self.reader = reader
        self.grants = grants
        self.registry = registry
        self.accounts = accounts
        self.sessions = sessions
        self.factors = factors
        self.policy = policy
        self.audit = audit
        resource = issuer + "/api/admin"
    }

    /// A person's token changes nothing when its person last proved who they are longer ago than every change under
    /// `/admin` would have it (RFC 9470, B093): an app that stays signed in for days must not change people for as long.
    package func caller(
        bearer text: String?, needing scope: AdministrationScope, forChange: Bool, at now: Instant
    ) async throws -> AdministrationCaller {
        guard let text else { throw refusal(.invalidToken, "an access token is missing", .bearerMissing) }
        guard let token = try await reader.live(text, at: now) else {
            throw refusal(.invalidToken, "the access token is unknown, expired or ended", .apiTokenDead)
        }
        guard token.audience.contains(where: { $0.isExactly(resource) }) else {
            throw refusal(.invalidToken, "the access token is not for this API", .bearerElsewhere(resource), token)
        }
        guard token.scopes.contains(scope.rawValue), let client = try await registry.client(token.clientID),
            client.scopes.contains(scope.rawValue)
        else {
            throw refusal(
                .insufficientScope, "the access token lacks the scope \(scope.rawValue)", .scopeMissing(scope), token)
        }
        guard let actor = try await actor(of: token, from: client) else {
            throw refusal(
                .insufficientScope, "whom the access token is about may not administer", .notAdministrator, token)
        }
        if let grantID = token.grantID { try await expectProof(of: token, by: grantID, forChange: forChange, at: now) }
        let scopes = AdministrationScope.allCases.filter {
            token.scopes.contains($0.rawValue) && client.scopes.contains($0.rawValue)
        }
        return AdministrationCaller(
            actor: actor, clientID: client.id, subject: token.subject, scopes: Set(scopes))
    }

    /// Refuses somebody who was let in what takes another scope.
    package func refusal(of caller: AdministrationCaller, lacking scope: AdministrationScope) -> OAuthError {
        let finding = Finding.scopeMissing(scope)
        record(finding, subject: caller.actor == .client(caller.clientID) ? nil : caller.subject, of: caller.clientID)
        return OAuthError(.insufficientScope, "the access token lacks the scope \(scope.rawValue)", finding).examined(
            in: Self.course, established: Established(clientID: caller.clientID, subject: caller.subject))
    }

    private func actor(of token: AccessToken, from client: Client) async throws -> AuditEvent.Actor? {
        guard token.grantID == nil else {
            let account = try await accounts.account(id: token.subject)
            return account.flatMap { $0.isAdministrator ? .person($0.id) : nil }
        }
        let isOwn =
            token.subject.isExactly("client:\(client.id)") && client.isConfidential
            && client.grantTypes.contains(.clientCredentials)
        return isOwn ? .client(client.id) : nil
    }

    /// An administrator who has a second factor must have proven that, whatever they call: no exemption of an app and no
    /// remembered browser is good for administration (B105). For a change it must have been lately, and a password proven
    /// again is not enough (MF7). Whether it was is asked of the session, which knows when.
    private func expectProof(
        of token: AccessToken, by grantID: String, forChange: Bool, at now: Instant
    ) async throws {
        let holdings = try await factors.holdings(of: token.subject)
        let isEnrolled = policy.isOn && holdings.isEnrolled
        guard isEnrolled || forChange else { return }
        guard let proof = try await grants.grant(grantID)?.authentication else {
            throw tooOld(token, isEnrolled: isEnrolled)
        }
        if forChange, !FreshAuthentication.isProof(proof.methods) || !isFresh(proof.time, at: now) {
            throw tooOld(token, isEnrolled: isEnrolled)
        }
        guard isEnrolled else { return }
        guard !Self.factorMethods.isDisjoint(with: proof.methods) else {
            throw refusal(
                .insufficientUserAuthentication, "the person must prove a second factor", .factorMissing, token,
                acrValues: strongLevels)
        }
        guard forChange else { return }
        let session = try await sessions.sessions(of: token.subject, at: now).first { $0.id == proof.sessionID }
        guard let time = session?.proofs.factorTime, isFresh(time, at: now) else {
            throw tooOld(token, isEnrolled: true)
        }
    }

    /// What `amr` says of a second factor (`Proof.references`). Not `mfa`, which a password and a mailbox come to, too.
    private static let factorMethods: Set<String> = ["otp", "mca", "pop"]

    private func isFresh(_ time: Instant, at now: Instant) -> Bool {
        now.seconds(since: time) <= FreshAuthentication.lifetime
    }

    private func tooOld(_ token: AccessToken, isEnrolled: Bool) -> OAuthError {
        refusal(
            .insufficientUserAuthentication, "the person must prove again who they are", .proofTooOld, token,
            acrValues: isEnrolled ? strongLevels : [])
    }

    /// The lowest level that takes more than one kind of proof, for the app to ask for.
    private var strongLevels: [String] { policy.levels.rules.first { $0.classes > 1 }.map { [$0.name] } ?? [] }

    private func refusal(
        _ code: OAuthError.Code, _ sentence: String, _ finding: Finding, _ token: AccessToken? = nil,
        acrValues: [String] = []
    ) -> OAuthError {
        record(finding, subject: token?.grantID == nil ? nil : token?.subject, of: token?.clientID)
        return OAuthError(code, sentence, finding, acrValues: acrValues).examined(
            in: Self.course, established: Established(clientID: token?.clientID, subject: token?.subject))
    }

    private func record(_ finding: Finding, subject: String?, of clientID: String?) {
        audit.record(
            AuditEvent(
                .administrationRefused, by: .visitor, subject: subject, clientID: clientID,
                details: ["method": "api", "reason": finding.check.rawValue]))
    }

    package static let course: [CheckName] = [.address, .throttle, .token, .resource, .scope, .policy, .factor, .form]
}

extension Finding {
    static let apiTokenDead = Finding(
        .token, seen: "an access token that is unknown, expired or revoked (not shown)",
        expected: "a live access token",
        repair: "Let the app ask for a new one: access tokens end after lifetimes.access_token.")

    static func bearerElsewhere(_ resource: String) -> Finding {
        Finding(
            .resource, seen: "an access token for something else", expected: .known(resource),
            repair: .known(
                """
                Register the resource for the app (martlet_resources), and let it ask for the token with \
                resource=\(resource).
                """))
    }

    static func scopeMissing(_ scope: AdministrationScope) -> Finding {
        Finding(
            .scope, seen: "an access token without the scope, or of an app that may not have it any more",
            expected: .known(scope.rawValue),
            repair: "Let the app ask for the scope, and allow it in its registration (scope).")
    }

    static let proofTooOld = Finding(
        .policy, seen: "a change by a person who last proved long ago who they are",
        expected: .known("a proof of at most \(FreshAuthentication.lifetime) seconds ago"),
        repair: .known(
            "Let the app ask for a token anew, with max_age=\(FreshAuthentication.lifetime) in the authorization request."
        ))

    static let factorMissing = Finding(
        .factor, seen: "a call for a person who has a second factor, and signed in without it",
        expected: "a proof of the second factor",
        repair: "Let the app ask for a token anew, with the acr_values and max_age of the answer.")

    static let notAdministrator = Finding(
        .policy, seen: "a token about somebody who is no administrator, or not any more",
        expected: "a person with the role administrator, or an app on its own behalf",
        repair: "martlet user roles ADDRESS --add administrator makes somebody an administrator.")
}
