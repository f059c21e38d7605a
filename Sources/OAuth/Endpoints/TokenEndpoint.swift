/// The token endpoint, OAuth 2.1 §3.2: authenticate the client, let the grant prove and spend, mint.
package struct TokenEndpoint: Sendable {
    /// The grants that are plugged in; discovery publishes this very list.
    package let grants: [any TokenGrant]
    let authentication: ClientAuthentication
    let issuer: TokenIssuer
    let audit: any AuditLog

    package init(
        grants: [any TokenGrant], authentication: ClientAuthentication, issuer: TokenIssuer, audit: any AuditLog
    ) {
        self.grants = grants
        self.authentication = authentication
        self.issuer = issuer
        self.audit = audit
    }

    package func answer(
        _ parameters: Parameters, basic: ClientCredentials?, at now: Instant
    ) async throws -> TokenResponse {
        let name = parameters["grant_type"]
        let client = try await authentication.client(parameters, basic: basic, in: Course.token, at: now)
        do {
            let grant = try grant(named: name, for: client)
            switch try await grant.redeem(parameters, for: client, at: now) {
            case .prepared(let tokens):
                let response = try issuer.issue(tokens, at: now)
                record(tokens, of: grant)
                return response
            case .answered(let response, let tokens):
                record(tokens, of: grant)
                return response
            case .repeated(let response, let kept):
                audit.record(
                    AuditEvent(
                        .tokenAnswerRepeated, subject: kept.authentication.subject, clientID: client.id,
                        details: ["grant_type": grant.type.rawValue, "grant": kept.id]))
                return response
            }
        } catch let error as OAuthError {
            audit.record(
                AuditEvent(
                    .tokenRefused, by: .caller(client), clientID: client.id,
                    details: ["error": error.code.rawValue, "reason": error.sentence]))
            throw error.examined(in: course(of: name), established: established(parameters, client))
        }
    }

    private func record(_ tokens: PreparedTokens, of grant: any TokenGrant) {
        audit.record(
            AuditEvent(
                .tokenIssued, subject: tokens.order.subject?.id, clientID: tokens.order.client.id,
                details: ["grant_type": grant.type.rawValue, "jti": tokens.accessTokenID]))
    }

    private func course(of name: String?) -> [CheckName] {
        Course.token + (grants.first { $0.type.rawValue == name }?.course ?? [])
    }

    /// What holds when a later check fails.
    private func established(_ parameters: Parameters, _ client: Client) -> Established {
        var established = Established(client)
        established.values[.grantType] = .sent(parameters["grant_type"])
        established.values[.redirectAddress] = parameters["redirect_uri"].map(ShownText.sentAddress)
        return established
    }

    private func grant(named name: String?, for client: Client) throws(OAuthError) -> any TokenGrant {
        guard let name else { throw .invalidRequest("grant_type is missing", .missing("grant_type")) }
        guard let grant = grants.first(where: { $0.type.rawValue == name }) else {
            throw OAuthError(
                .unsupportedGrantType, "grant_type is not one that is spoken here",
                .grantUnknown(name, spoken: grants.map(\.type.rawValue)))
        }
        guard client.grantTypes.contains(grant.type) else {
            throw OAuthError(
                .unauthorizedClient, "this client is not registered for this grant",
                .withoutGrant(grant.type.rawValue, client, at: .grantType))
        }
        return grant
    }
}
