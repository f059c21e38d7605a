import Cryptography
import JSON

/// Which parts of the protocol the client may use (AZ6).
extension ClientRegistrationReader {
    mutating func readProtocol(
        into client: inout Client, knownScopes: ScopeSet, algorithms: [SignatureAlgorithm]
    ) {
        client.grantTypes = choices("grant_types", of: GrantType.allCases) ?? client.grantTypes
        client.responseModes = choices("response_modes", of: ResponseMode.allCases) ?? client.responseModes
        if let method = choice("token_endpoint_auth_method", of: ClientAuthenticationMethod.allCases) {
            client.authenticationMethod = method
        }
        if let algorithm = choice("id_token_signed_response_alg", of: algorithms) {
            client.idTokenAlgorithm = algorithm
        }
        _ = choice("token_endpoint_auth_signing_alg", of: ClientAuthenticationMethod.assertionAlgorithms)
        _ = choice("subject_type", of: SubjectType.allCases)
        _ = flag("require_auth_time")  // `auth_time` is always told.
        client.scopes = scopes(known: knownScopes) ?? defaultScopes(of: client, known: knownScopes)
        if let list = object["response_modes"]?.arrayValue, list.isEmpty {
            fault(["response_modes"], "response_modes must name at least one mode; leave it out to allow all")
        }
        readResponseTypes(client)
        refuseMissingAlgorithm(client, algorithms)
    }

    /// OpenID Connect Core §8: only `public` is spoken.
    private enum SubjectType: String, CaseIterable {
        case `public`
    }

    /// OAuth 2.1 has one response type (AZ5).
    private mutating func readResponseTypes(_ client: Client) {
        guard let types = texts("response_types") else { return }
        for (type, path) in types where type != "code" {
            fault(path, "response_types may only be [\"code\"]: the implicit and hybrid flows are not spoken")
        }
        if types.isEmpty && client.grantTypes.contains(.authorizationCode) {
            fault(["response_types"], "response_types must be [\"code\"] for the grant authorization_code")
        }
    }

    /// The default of the standard is RS256; it cannot be kept by a server whose keys are of other kinds.
    private mutating func refuseMissingAlgorithm(_ client: Client, _ algorithms: [SignatureAlgorithm]) {
        guard !has("id_token_signed_response_alg"), client.scopes.contains(ScopeSet.openid),
            !algorithms.contains(client.idTokenAlgorithm)
        else { return }
        let names = Self.listed(algorithms.map(\.rawValue))
        fault([], "id_token_signed_response_alg is missing, and its default RS256 has no key here: give \(names)")
    }

    private mutating func scopes(known: ScopeSet) -> ScopeSet? {
        guard let value = object["scope"] else { return nil }
        guard let text = value.stringValue, let scopes = try? ScopeSet(parsing: text) else {
            fault(["scope"], "scope must be one text of at most 64 names separated by spaces")
            return []
        }
        for name in scopes.names where !known.contains(name) {
            fault(
                ["scope"], "scope holds \(name.beginning(64).debugDescription), which this server does not know",
                suggestion: NearestName.to(name, among: known.names))
        }
        return scopes
    }

    /// A client that only acts on its own behalf has no person to ask about.
    private func defaultScopes(of client: Client, known: ScopeSet) -> ScopeSet {
        client.grantTypes == [.clientCredentials] ? [] : client.scopes.intersection(known)
    }
}
