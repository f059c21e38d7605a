import JSON

/// Token introspection, RFC 7662: an API asks whether a token is good. Who may ask is D8; anybody else,
/// and anything that is not a live token, gets the same `{"active":false}` (TK13).
package struct IntrospectionEndpoint: Sendable {
    let authentication: ClientAuthentication
    let reader: AccessTokenReader
    let grants: any GrantStore
    let issuer: String
    let audit: any AuditLog

    package init(
        authentication: ClientAuthentication, reader: AccessTokenReader, grants: any GrantStore, issuer: String,
        audit: any AuditLog
    ) {
        self.authentication = authentication
        self.reader = reader
        self.grants = grants
        self.issuer = issuer
        self.audit = audit
    }

    package func answer(_ parameters: Parameters, basic: ClientCredentials?, at now: Instant) async throws -> [UInt8] {
        let client = try await authentication.client(parameters, basic: basic, at: now)
        do {
            guard client.isConfidential else {
                audit.record(
                    AuditEvent(
                        .introspectionRefused, by: .visitor, clientID: client.id, details: ["reason": "public_client"]))
                throw ClientAuthentication.refusal(.publicClient(client))
            }
            return try await answer(about: parameters.required("token"), to: client, at: now)
        } catch let error as OAuthError {
            throw error.examined(in: Course.clientCall, established: Established(client))
        }
    }

    private func answer(about text: String, to client: Client, at now: Instant) async throws -> [UInt8] {
        if let secret = OpaqueToken(.refreshToken, presented: text) {
            return try await answer(aboutRefreshToken: secret, to: client, at: now)
        }
        guard let (token, standing) = try await reader.liveWithStanding(text, at: now),
            Self.mayAsk(client, about: token)
        else { return Self.inactive }
        return describe(token, authentication: standing.authentication)
    }

    static let inactive = Array(#"{"active":false}"#.utf8)

    private static func mayAsk(_ client: Client, about token: AccessToken) -> Bool {
        client.policy.introspectsAll || token.audience.contains(client.id)
            || token.audience.contains(where: client.policy.audience.contains)
    }

    private func describe(_ token: AccessToken, authentication: Authentication?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("active")
        json.bool(true)
        json.key("iss")
        json.string(issuer)
        json.key("sub")
        json.string(token.subject)
        json.key("aud")
        json.strings(token.audience)
        json.key("client_id")
        json.string(token.clientID)
        json.key("token_type")
        json.string("Bearer")
        json.key("scope")
        json.string(token.scopes.description)
        json.key("iat")
        json.integer(token.issuedAt.seconds)
        json.key("exp")
        json.integer(token.expiresAt.seconds)
        json.key("jti")
        json.string(token.id)
        if let authentication { json.write(authentication) }
        json.endObject()
        return json.bytes
    }

    /// A refresh token concerns only the client it was issued to.
    private func answer(aboutRefreshToken secret: OpaqueToken, to client: Client, at now: Instant) async throws
        -> [UInt8]
    {
        guard let token = try await grants.refreshToken(secret.digest), token.grant.clientID == client.id,
            token.spentAt == nil, now < token.idleUntil, token.grant.isLive(at: now),
            try await grants.isLive(accessTokenID: "", grantID: token.grant.id, issuedAt: token.issuedAt, at: now)
        else { return Self.inactive }
        var json = JSONWriter()
        json.beginObject()
        json.key("active")
        json.bool(true)
        json.key("iss")
        json.string(issuer)
        json.key("sub")
        json.string(token.grant.authentication.subject)
        json.key("client_id")
        json.string(client.id)
        json.key("scope")
        json.string(token.grant.scopes.description)
        json.key("iat")
        json.integer(token.issuedAt.seconds)
        json.key("exp")
        json.integer(token.idleUntil.seconds)
        json.endObject()
        return json.bytes
    }
}
