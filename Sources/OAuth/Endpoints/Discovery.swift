import JOSE
import JSON

/// The metadata document, OpenID Connect Discovery §3 and RFC 8414 §2: computed from what is plugged in,
/// so that it cannot claim what is not so (JW12). The issuer comes from the settings, never from a
/// request (JW9).
package struct Discovery: Sendable {
    /// Made once: what it says follows from how the house was built, not from a request.
    package let document: [UInt8]

    /// `offersSignUp`: whether `prompt=create` leads to a form (OpenID Connect Initiating User Registration §4.1).
    package init(
        issuer: String, grants: [any TokenGrant], keys: any KeyRingSource, scopes: ScopeSet, offersSignUp: Bool,
        ownClaims: [String] = [], levels: AuthenticationLevels = .standard, paths: EndpointPaths = EndpointPaths()
    ) {
        let at = { (path: String) -> JSONValue in .string(issuer + path) }
        let names = { (values: [String]) -> JSONValue in .array(values.map(JSONValue.string)) }
        let authentication = names(ClientAuthenticationMethod.allCases.map(\.rawValue))
        let confidential = names(ClientAuthenticationMethod.allCases.filter { $0 != .none }.map(\.rawValue))
        let assertions = names(ClientAuthenticationMethod.assertionAlgorithms.map(\.rawValue))
        let members: [JSONObject.Member] = [
            ("issuer", .string(issuer)),
            ("authorization_endpoint", at(paths.authorization)),
            ("token_endpoint", at(paths.token)),
            ("userinfo_endpoint", at(paths.userInfo)),
            ("jwks_uri", at(paths.keys)),
            ("introspection_endpoint", at(paths.introspection)),
            ("revocation_endpoint", at(paths.revocation)),
            ("end_session_endpoint", at(paths.logout)),
            ("scopes_supported", names(scopes.names)),
            ("response_types_supported", ["code"]),
            ("response_modes_supported", names(ResponseMode.allCases.map(\.rawValue))),
            ("grant_types_supported", names(grants.map(\.type.rawValue))),
            ("subject_types_supported", ["public"]),
            ("id_token_signing_alg_values_supported", names(keys.keyRing.algorithms.map(\.rawValue))),
            ("token_endpoint_auth_methods_supported", authentication),
            ("token_endpoint_auth_signing_alg_values_supported", assertions),
            ("introspection_endpoint_auth_methods_supported", confidential),
            ("introspection_endpoint_auth_signing_alg_values_supported", assertions),
            ("revocation_endpoint_auth_methods_supported", authentication),
            ("revocation_endpoint_auth_signing_alg_values_supported", assertions),
            ("code_challenge_methods_supported", ["S256"]),
            (
                "prompt_values_supported",
                names(Demands.Prompt.allCases.filter { $0 != .create || offersSignUp }.map(\.rawValue))
            ),
            ("acr_values_supported", names(levels.names)),
            ("claim_types_supported", ["normal"]),
            ("claims_supported", names(Self.claims + ownClaims)),
            ("claims_parameter_supported", true),
            ("request_parameter_supported", false),
            ("request_uri_parameter_supported", false),
            ("authorization_response_iss_parameter_supported", true),
            ("ui_locales_supported", ["en"]),
        ]
        document = JSONValue.object(JSONObject(members)).bytes()
    }

    private static let claims: [String] =
        ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "sid"]
        + ClaimRelease.claimsByScope.flatMap(\.claims)
}

/// Where each endpoint is, below the issuer.
package struct EndpointPaths: Sendable {
    package let authorization = "/authorize"
    package let token = "/token"
    package let userInfo = "/userinfo"
    package let keys = "/jwks.json"
    package let introspection = "/introspect"
    package let revocation = "/revoke"
    package let logout = "/logout"

    package init() {}
}
