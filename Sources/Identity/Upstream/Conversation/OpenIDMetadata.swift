import JSON
import OAuth

/// What a provider says of itself, OpenID Connect Discovery §4. Every address in it was named by an issuer that is pinned, and
/// none leads where a secret must not go (IN11).
struct OpenIDMetadata: Sendable {
    let issuer: String
    let endpoints: UpstreamEndpoints

    /// - Parameters:
    ///   - source: where the document was fetched; http to this machine is for those alone that are themselves there.
    ///   - isExpected: whether the issuer is the one that was asked (§4.3).
    init(
        _ object: JSONObject, from source: EndpointAddress, isExpected: (String) -> Bool
    ) throws(UpstreamFault) {
        guard let issuer = object["issuer"]?.stringValue, isExpected(issuer) else {
            let seen = object["issuer"]?.stringValue ?? "missing"
            throw .answer(.sent("discovery: the issuer is \(seen), not the one of the settings"))
        }
        let addresses = Addresses(object: object, admitsLoopback: source.isLoopback)
        var endpoints = UpstreamEndpoints(
            // A template is nobody's issuer: see `MicrosoftManner`.
            issuer: issuer.contains("{") ? nil : issuer,
            authorization: try addresses.required("authorization_endpoint"),
            token: try addresses.required("token_endpoint"))
        endpoints.keys = try addresses.required("jwks_uri")
        endpoints.userInfo = try addresses.optional("userinfo_endpoint")
        endpoints.demandsIssuer =
            endpoints.issuer != nil && object["authorization_response_iss_parameter_supported"]?.boolValue == true
        endpoints.proof = try Self.proof(object["token_endpoint_auth_methods_supported"])
        endpoints.takesProofKey =
            object["code_challenge_methods_supported"]?.stringsValue?.contains { $0.isExactly("S256") } ?? true
        self.issuer = issuer
        self.endpoints = endpoints
    }

    /// In the form where that will do, because many read Basic in ways of their own; Basic is the default (§3).
    private static func proof(_ methods: JSONValue?) throws(UpstreamFault) -> UpstreamEndpoints.ClientProof {
        guard let methods = methods?.stringsValue else { return .basic }
        if methods.contains(where: { $0.isExactly("client_secret_post") }) { return .form }
        if methods.contains(where: { $0.isExactly("client_secret_basic") }) { return .basic }
        throw .answer("discovery: the token endpoint takes no client secret")
    }

    private struct Addresses {
        let object: JSONObject
        let admitsLoopback: Bool

        func required(_ name: String) throws(UpstreamFault) -> EndpointAddress {
            guard let address = try optional(name) else { throw .answer(.known("discovery: \(name) is missing")) }
            return address
        }

        func optional(_ name: String) throws(UpstreamFault) -> EndpointAddress? {
            guard let member = object[name], !member.isNull else { return nil }
            guard let text = member.stringValue,
                let address = EndpointAddress(text, admitsLoopback: admitsLoopback)
            else { throw .answer(.sent("discovery: \(name) is \(member.text), an https address was expected")) }
            return address
        }
    }
}
