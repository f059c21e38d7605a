import Identity
import JOSE
import JSON
import OAuth
import Testing

/// What people do, in one line each.
extension Provider {
    /// Gives somebody an account; the name is the `sub`.
    @discardableResult
    func admit(_ name: String, roles: [Role] = []) async throws -> Bool {
        let email = try #require(EmailAddress("\(name)@example.org"))
        return try await store.create(
            Account(
                id: name, email: email, isEmailVerified: true,
                profile: Profile(name: "\(name) Example", locale: "en"), roles: roles, passwordHash: nil,
                createdAt: Self.noon, updatedAt: Self.noon))
    }

    /// Opens a session, perhaps for a request that waits for one.
    @discardableResult
    func signIn(
        _ name: String = "ann", session: String = "session", for handle: String? = nil, at now: Instant = noon
    ) async throws -> Authentication {
        let session = Session(
            secret: .of(session), id: session, subject: name, browser: Self.browser, authenticatedAt: now,
            methods: ["pwd"], level: AuthenticationLevel.single, createdAt: now, lastSeenAt: now,
            idleUntil: now + 86_400, expiresAt: now + 30 * 86_400, device: "Firefox", address: "192.0.2.1")
        let pending = handle.flatMap { OpaqueToken(.pendingAuthorization, presented: $0) }
        try await store.open(session, replacing: nil, for: pending?.digest, at: now)
        return session.authentication()
    }

    func allow(_ scopes: ScopeSet, _ client: Client, by name: String = "ann", resources: [String] = []) async throws {
        try await store.remember(
            Consent(
                subject: name, clientID: client.id, scopes: scopes, resources: resources, grantedAt: Self.noon))
    }

    func begin(
        _ parameters: Parameters, by signedIn: Authentication?, browser: TokenDigest = browser, at now: Instant = noon
    ) async throws -> AuthorizationEndpoint.Outcome {
        try await authorization.begin(parameters, visitor: .init(browser: browser, signedIn: signedIn), at: now)
    }

    func resume(
        _ handle: String, by signedIn: Authentication?, browser: TokenDigest = browser, at now: Instant = noon
    ) async throws -> AuthorizationEndpoint.Outcome {
        try await authorization.resume(handle, visitor: .init(browser: browser, signedIn: signedIn), at: now)
    }

    /// A code for Ann, the way it is got: signed in, consent given, redirected.
    func code(
        for client: Client, _ changes: KeyValuePairs<String, String> = [:], by signedIn: Authentication? = nil,
        at now: Instant = noon
    ) async throws -> String {
        var person = signedIn
        if person == nil { person = try await signIn(session: Identifier.make(from: random), at: now) }
        let parameters = try Parameters.authorization(client, changes)
        var outcome = try await begin(parameters, by: person, at: now)
        if case .interact(.askConsent(let scopes), _, let handle) = outcome {
            try await consent(to: scopes, on: handle, by: person?.subject ?? "", at: now)
            outcome = try await resume(handle, by: person, at: now)
        }
        return try outcome.field("code")
    }

    /// Writes what the consent page writes.
    func consent(to scopes: ScopeSet, on handle: String, by name: String = "ann", at now: Instant = noon) async throws {
        let pending = try #require(OpaqueToken(.pendingAuthorization, presented: handle))
        #expect(try await store.record(.consented(scopes, subject: name), on: pending.digest, at: now))
    }

    /// Tokens as a client gets them.
    func tokens(
        for client: Client, _ changes: KeyValuePairs<String, String> = [:], by signedIn: Authentication? = nil,
        at now: Instant = noon
    ) async throws -> JSONObject {
        let code = try await code(for: client, changes, by: signedIn, at: now)
        return try await answer(.exchange(code, by: client), from: client, at: now)
    }

    func answer(_ parameters: Parameters, from client: Client, at now: Instant = noon) async throws -> JSONObject {
        try await JSONObject(token.answer(parameters, basic: client.basic, at: now).body)
    }
}

extension JSONObject {
    init(_ body: [UInt8]) throws {
        self = try #require(JSONValue(parsing: body).objectValue)
    }

    func text(_ name: String) throws -> String {
        try #require(self[name]?.stringValue, "\(name) is missing")
    }
}

extension AuthorizationEndpoint.Outcome {
    var response: AuthorizationResponse? {
        if case .respond(let response) = self { response } else { nil }
    }

    var step: AuthorizationStep? {
        if case .interact(let step, _, _) = self { step } else { nil }
    }

    var shown: AuthorizationRequest.Reason? {
        if case .showToUser(_, let reason) = self { reason } else { nil }
    }

    func handle() throws -> String {
        guard case .interact(_, _, let handle) = self else { throw Missing("a handle, found \(self)") }
        return handle
    }

    func field(_ name: String) throws -> String {
        guard let value = response?.fields.first(where: { $0.name == name })?.value else {
            throw Missing("\(name), found \(self)")
        }
        return value
    }

    var names: [String] { response?.fields.map(\.name) ?? [] }
}

/// What a test expected to find.
struct Missing: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = "missing: \(description)" }
}

extension JSONObject {
    /// The claims of a signed token among the members, unchecked.
    func claims(_ name: String) throws -> JSONObject {
        try JSONObject(JWS(compact: text(name)).payload)
    }
}
