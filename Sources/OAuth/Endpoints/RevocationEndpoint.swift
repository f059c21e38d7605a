/// Token revocation, RFC 7009. Durable before the answer; an unknown token is success, for there is
/// nothing left to revoke; another client's token is not (TK12).
package struct RevocationEndpoint: Sendable {
    let authentication: ClientAuthentication
    let reader: AccessTokenReader
    let grants: any GrantStore
    let audit: any AuditLog

    package init(
        authentication: ClientAuthentication, reader: AccessTokenReader, grants: any GrantStore, audit: any AuditLog
    ) {
        self.authentication = authentication
        self.reader = reader
        self.grants = grants
        self.audit = audit
    }

    package func answer(_ parameters: Parameters, basic: ClientCredentials?, at now: Instant) async throws {
        let client = try await authentication.client(parameters, basic: basic, at: now)
        do {
            try await revoke(parameters.required("token"), by: client, at: now)
        } catch let error as OAuthError {
            throw error.examined(in: Course.clientCall, established: Established(client))
        }
    }

    private func revoke(_ text: String, by client: Client, at now: Instant) async throws {
        if let secret = OpaqueToken(.refreshToken, presented: text) {
            try await revoke(refreshToken: secret, by: client, at: now)
            return
        }
        guard let token = try await reader.read(text, at: now) else { return }
        guard token.clientID == client.id else {
            throw foreign(client, owner: token.clientID, details: ["jti": token.id])
        }
        // What is dead already is not recorded as often as somebody sends it.
        guard
            try await grants.isLive(
                accessTokenID: token.id, grantID: token.grantID, issuedAt: token.issuedAt, at: now)
        else { return }
        try await grants.revokeAccessToken(id: token.id, until: token.expiresAt, at: now)
        audit.record(AuditEvent(.tokenRevoked, clientID: client.id, details: ["jti": token.id]))
    }

    /// Whoever holds another client's token may well have stolen it.
    private func foreign(_ client: Client, owner: String, details: [String: String]) -> OAuthError {
        audit.record(
            AuditEvent(
                .revocationRefused, by: .caller(client), clientID: client.id,
                details: details.merging(["reason": "foreign_token"]) { $1 }))
        return OAuthError(.unauthorizedClient, "the token was not issued to this client", .tokenOfAnother(owner))
    }

    /// RFC 7009 §2.1: with the refresh token go all access tokens of the same grant.
    private func revoke(refreshToken secret: OpaqueToken, by client: Client, at now: Instant) async throws {
        guard let token = try await grants.refreshToken(secret.digest) else { return }
        guard token.grant.clientID == client.id else {
            throw foreign(client, owner: token.grant.clientID, details: ["grant": token.grant.id])
        }
        guard token.grant.revokedAt == nil,
            try await grants.revokeGrant(token.grant.id, because: .revokedByClient, at: now)
        else { return }
        audit.record(
            AuditEvent(
                .tokenRevoked, subject: token.grant.authentication.subject, clientID: client.id,
                details: ["grant": token.grant.id]))
    }
}
