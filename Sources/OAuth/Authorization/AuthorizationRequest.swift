import JOSE
import JSON

/// A valid authorization request, OAuth 2.1 §4.1.1 and OpenID Connect Core §3.1.2.1. Only
/// `AuthorizationRules` makes one; what comes after never sees raw parameters.
package struct AuthorizationRequest: Sendable, Equatable {
    package let client: Client
    package let returnAddress: ReturnAddress
    package let scopes: ScopeSet
    package let resources: [String]
    package let proofKey: ProofKey?
    package let nonce: String?
    package let demands: Demands
    package let claims: ClaimsRequest?
    package let loginHint: String?
    /// `idp_hint`: the id of an upstream provider to go straight to. Not of any standard, but what apps commonly send.
    package let providerHint: String?

    /// Why a request goes no further, and to whom that is said.
    package enum Refusal: Error, Sendable, Equatable {
        /// Nothing about the request can be trusted to return to: the person is told (AZ3).
        case showToUser(OAuthError, Reason)
        case returnToClient(OAuthError, ReturnAddress)
    }

    /// Which text a person reads.
    package enum Reason: String, Sendable, Equatable {
        case invalidRequest = "invalid_request"
        case unknownClient = "unknown_client"
        case redirectMissing = "redirect_missing"
        case redirectMismatch = "redirect_mismatch"
        case requestExpired = "request_expired"
        case wrongBrowser = "wrong_browser"
    }
}

/// The ordered checks of an authorization request. Client and return address come first: until both
/// are right there is nowhere to send an error to.
package struct AuthorizationRules: Sendable {
    let registry: any ClientRegistry
    let keys: any KeyRingSource
    let issuer: String
    let levels: AuthenticationLevels

    package init(
        registry: any ClientRegistry, keys: any KeyRingSource, issuer: String, levels: AuthenticationLevels = .standard
    ) {
        self.registry = registry
        self.keys = keys
        self.issuer = issuer
        self.levels = levels
    }

    /// Throws `AuthorizationRequest.Refusal`, or what the registry throws.
    package func validate(_ parameters: Parameters) async throws -> AuthorizationRequest {
        let client = try await client(of: parameters)
        let address = try returnAddress(of: parameters, for: client)
        do {
            return try request(parameters, client: client, address: address)
        } catch {
            throw AuthorizationRequest.Refusal.returnToClient(error, address)
        }
    }

    private func client(of parameters: Parameters) async throws -> Client {
        guard let id = parameters["client_id"] else {
            throw AuthorizationRequest.Refusal.showToUser(
                .invalidRequest("client_id is missing", .clientUnknown(nil, registered: [])), .unknownClient)
        }
        guard let client = try await registry.client(id) else {
            let registered = try await registry.clients().map(\.id)
            throw AuthorizationRequest.Refusal.showToUser(
                .invalidRequest("client_id is not registered", .clientUnknown(id, registered: registered)),
                .unknownClient)
        }
        return client
    }

    private func returnAddress(of parameters: Parameters, for client: Client) throws -> ReturnAddress {
        let presented = parameters["redirect_uri"]
        let mode = client.responseMode(asked: parameters["response_mode"])
        guard let address = ReturnAddress(presented, of: client, mode: mode, state: parameters["state"]) else {
            guard let presented else {
                throw AuthorizationRequest.Refusal.showToUser(
                    .invalidRequest("redirect_uri is missing", .redirectMissing(client)), .redirectMissing)
            }
            throw AuthorizationRequest.Refusal.showToUser(
                .invalidRequest(
                    "redirect_uri is not registered for this client", .redirectUnregistered(presented, client)),
                .redirectMismatch)
        }
        return address
    }

    private func request(
        _ parameters: Parameters, client: Client, address: ReturnAddress
    ) throws(OAuthError) -> AuthorizationRequest {
        try refuseRequestObjects(parameters)
        try checkResponse(parameters, client: client)
        try checkLengths(parameters)
        let scopes = try scopes(parameters, client: client)
        let proofKey = try proofKey(parameters, client: client, scopes: scopes)
        let resources = try AudienceRule.resources(parameters, for: client)
        let claims = try parameters["claims"].map { text throws(OAuthError) in try ClaimsRequest(text) }
        return AuthorizationRequest(
            client: client, returnAddress: address, scopes: scopes, resources: resources, proofKey: proofKey,
            nonce: parameters["nonce"], demands: try demands(parameters, claims: claims, client: client),
            claims: claims, loginHint: parameters["login_hint"], providerHint: parameters["idp_hint"])
    }

    /// Request objects by value or reference are not spoken; a `request_uri` is never fetched (AZ17).
    private func refuseRequestObjects(_ parameters: Parameters) throws(OAuthError) {
        guard parameters["request"] == nil else {
            throw OAuthError(.requestNotSupported, "request is not supported", .unspoken("request"))
        }
        guard parameters["request_uri"] == nil else {
            throw OAuthError(.requestURINotSupported, "request_uri is not supported", .unspoken("request_uri"))
        }
        guard parameters["registration"] == nil else {
            throw OAuthError(.registrationNotSupported, "registration is not supported", .unspoken("registration"))
        }
    }

    /// `code` is the only response type there is (AZ5).
    private func checkResponse(_ parameters: Parameters, client: Client) throws(OAuthError) {
        guard let type = parameters["response_type"] else {
            throw .invalidRequest("response_type is missing", .responseType(nil))
        }
        guard type == "code" else {
            throw OAuthError(.unsupportedResponseType, "response_type must be code", .responseType(type))
        }
        guard client.grantTypes.contains(.authorizationCode) else {
            throw OAuthError(
                .unauthorizedClient, "this client is not registered for the authorization code grant",
                .withoutGrant(GrantType.authorizationCode.rawValue, client, at: .request))
        }
        let mode = parameters["response_mode"].map(ResponseMode.init) ?? .query
        guard let mode, client.responseModes.contains(mode) else {
            throw .invalidRequest(
                "response_mode is not one this client may use",
                .responseMode(parameters["response_mode"], client))
        }
    }

    private func checkLengths(_ parameters: Parameters) throws(OAuthError) {
        for (name, limit) in [
            ("state", 4096), ("nonce", 512), ("login_hint", 512), ("idp_hint", 64), ("ui_locales", 512),
            ("display", 64),
        ] {
            let length = parameters[name]?.utf8.count ?? 0
            guard length <= limit else {
                throw .invalidRequest("\(name) is too long", .tooLong(name, limit: limit, length: length))
            }
        }
    }

    /// D4: required, but a confidential client registered for it may rely on `nonce` instead (AZ7), which
    /// protects only where an ID token brings it back.
    private func proofKey(
        _ parameters: Parameters, client: Client, scopes: ScopeSet
    ) throws(OAuthError) -> ProofKey? {
        if let key = try ProofKey(parameters) { return key }
        guard client.isConfidential, client.policy.mayOmitPKCE, parameters["nonce"] != nil,
            scopes.contains(ScopeSet.openid)
        else {
            throw .invalidRequest("code_challenge is missing: PKCE with S256 is required", .proofKeyMissing)
        }
        return nil
    }

    /// `offline_access` is ignored for a client that cannot use a refresh token (OpenID Connect Core §11).
    private func scopes(_ parameters: Parameters, client: Client) throws(OAuthError) -> ScopeSet {
        guard let text = parameters["scope"] else { throw .invalidScope("scope is missing", .missing("scope")) }
        var scopes = try ScopeSet(parsing: text)
        if !client.grantTypes.contains(.refreshToken) { scopes = scopes.subtracting([ScopeSet.offlineAccess]) }
        guard !scopes.isEmpty, scopes.isSubset(of: client.scopes) else {
            throw .invalidScope(
                "scope asks for something this client is not registered for",
                .scopeUnregistered(scopes, allowed: client.scopes, client))
        }
        return scopes
    }

    private func demands(
        _ parameters: Parameters, claims: ClaimsRequest?, client: Client
    ) throws(OAuthError) -> Demands {
        Demands(
            prompts: try Demands.prompts(parameters["prompt"]),
            maximumAge: try Demands.maximumAge(parameters["max_age"]) ?? client.policy.defaultMaxAge,
            levels: try demandedLevels(parameters, claims: claims, client: client),
            subject: try subject(parameters, claims: claims))
    }

    /// What the request names outranks the client's default (OpenID Connect Dynamic Client Registration §2). Names that
    /// are all unknown are refused: passed over, the demand would be met by anybody.
    private func demandedLevels(
        _ parameters: Parameters, claims: ClaimsRequest?, client: Client
    ) throws(OAuthError) -> [String] {
        let essential = claims?.essentialLevels ?? []
        let sent =
            essential.isEmpty ? (parameters["acr_values"] ?? "").split(separator: " ").map(String.init) : essential
        let demanded = sent.isEmpty ? client.policy.defaultLevels : sent
        guard demanded.isEmpty || demanded.contains(where: { levels.names.contains(where: $0.isExactly) }) else {
            let sentence = "none of the demanded acr values can be reached here"
            throw OAuthError(
                .unmetAuthenticationRequirements, sentence,
                sent.isEmpty
                    ? .defaultLevels(client, known: levels.names)
                    : .demand(
                        "acr", seen: .sent(sent.joined(separator: " ")),
                        expected: .known("one of " + levels.names.joined(separator: " "))))
        }
        return demanded
    }

    /// Whom the request is about. Hint and claims that name two people cannot both be obeyed.
    private func subject(_ parameters: Parameters, claims: ClaimsRequest?) throws(OAuthError) -> String? {
        guard let hinted = try hintedSubject(parameters) else { return claims?.subject }
        guard claims?.subject?.isExactly(hinted) ?? true else {
            throw .invalidRequest(
                "id_token_hint and claims are about two people",
                .demand("id_token_hint and claims", seen: "about two people", expected: "one person"))
        }
        return hinted
    }

    /// A hint that is not a token of ours is refused rather than ignored: answering for another person
    /// than the client means is worse than not answering (AZ19).
    private func hintedSubject(_ parameters: Parameters) throws(OAuthError) -> String? {
        guard let hint = parameters["id_token_hint"] else { return nil }
        guard let hinted = IDTokenHint(hint, keys: keys.keyRing, issuer: issuer) else {
            throw .invalidRequest(
                "id_token_hint is not an ID token of this issuer",
                .demand("id_token_hint", seen: "not signed here (not shown)", expected: "an ID token of this issuer"))
        }
        return hinted.subject
    }
}

extension Client {
    /// How an answer goes back: as asked, if the client is registered for that; a refusal of what was asked
    /// goes back in a way it is registered for.
    fileprivate func responseMode(asked: String?) -> ResponseMode {
        let mode = asked.map(ResponseMode.init) ?? .query
        guard let mode, responseModes.contains(mode) else {
            return responseModes.contains(.query) ? .query : responseModes.first ?? .query
        }
        return mode
    }
}
