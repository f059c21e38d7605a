import JSON

/// RP-initiated logout, OpenID Connect RP-Initiated Logout 1.0 §2.
package struct LogoutRequest: Sendable, Equatable {
    package enum Decision: Sendable, Equatable {
        /// A hint that names the very session on this browser: the person need not be asked.
        case signOut
        case confirm
        case nobodySignedIn
    }

    package let client: Client?
    /// Where to send the browser afterwards: exactly a registered address, with `state`; else `nil`.
    package let returnURI: String?
    package let decision: Decision
}

/// The checks of a logout request (SE8). An ID token that leaked must not end a session, so only a hint
/// for the session at hand goes without a question.
package struct LogoutRules: Sendable {
    let registry: any ClientRegistry
    let keys: any KeyRingSource
    let issuer: String

    package init(registry: any ClientRegistry, keys: any KeyRingSource, issuer: String) {
        self.registry = registry
        self.keys = keys
        self.issuer = issuer
    }

    package func validate(_ parameters: Parameters, signedIn: Authentication?) async throws -> LogoutRequest {
        // A hint that cannot be read (its key may be long gone) says nothing: then the person is asked.
        let text = parameters["id_token_hint"]
        let hint = text.flatMap { IDTokenHint($0, keys: keys.keyRing, issuer: issuer) }
        let client = try await client(parameters, hint: hint)
        let isLost = text != nil && hint == nil && client == nil
        let returnURI = isLost ? nil : try returnURI(parameters, client: client)
        guard let signedIn else {
            return LogoutRequest(client: client, returnURI: returnURI, decision: .nobodySignedIn)
        }
        let isSameSession = hint?.sessionID == signedIn.sessionID && hint?.subject == signedIn.subject
        return LogoutRequest(client: client, returnURI: returnURI, decision: isSameSession ? .signOut : .confirm)
    }

    private func client(_ parameters: Parameters, hint: IDTokenHint?) async throws -> Client? {
        let named = parameters["client_id"]
        if let named, let hint, !hint.audience.contains(where: named.isExactly) {
            throw OAuthError.invalidRequest(
                "client_id is not the client id_token_hint was issued to", .hintOfAnotherClient(named))
        }
        guard let id = named ?? hint?.audience.first else { return nil }
        guard let client = try await registry.client(id) else {
            let registered = try await registry.clients().map(\.id)
            throw OAuthError.invalidRequest(
                "client_id is not registered", .clientUnknown(id, registered: registered))
        }
        return client
    }

    private func returnURI(_ parameters: Parameters, client: Client?) throws(OAuthError) -> String? {
        guard let uri = parameters["post_logout_redirect_uri"] else { return nil }
        guard let client else {
            throw .invalidRequest(
                "post_logout_redirect_uri needs client_id or id_token_hint", .returnAfterLogoutOfNobody)
        }
        guard client.postLogoutRedirectURIs.contains(where: uri.isExactly) else {
            throw .invalidRequest(
                "post_logout_redirect_uri is not registered for this client",
                .returnAfterLogoutUnregistered(uri, client))
        }
        guard let state = parameters["state"] else { return uri }
        return uri + (uri.contains("?") ? "&" : "?") + "state=" + FormEncoding.escape(state)
    }
}
