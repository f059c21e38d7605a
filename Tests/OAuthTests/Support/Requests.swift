import OAuth

/// Published in RFC 7636, Appendix B.
enum PublishedProofKey {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
}

extension Parameters {
    /// A good request with some parameters changed; an empty value takes one away.
    static func authorization(_ client: Client, _ changes: KeyValuePairs<String, String> = [:]) throws -> Parameters {
        try make(
            [
                "client_id": client.id, "redirect_uri": client.redirectURIs.first ?? "", "response_type": "code",
                "scope": "openid", "state": "xyz", "nonce": "n-0S6", "code_challenge_method": "S256",
                "code_challenge": PublishedProofKey.challenge,
            ], changes)
    }

    static func exchange(
        _ code: String, by client: Client, _ changes: KeyValuePairs<String, String> = [:]
    ) throws -> Parameters {
        try make(
            [
                "grant_type": "authorization_code", "code": code, "redirect_uri": client.redirectURIs.first ?? "",
                "code_verifier": PublishedProofKey.verifier, "client_id": client.id,
            ], changes)
    }

    static func refresh(
        _ token: String, by client: Client, _ changes: KeyValuePairs<String, String> = [:]
    ) throws -> Parameters {
        try make(["grant_type": "refresh_token", "refresh_token": token, "client_id": client.id], changes)
    }

    static func of(_ pairs: KeyValuePairs<String, String>) throws -> Parameters {
        try Parameters(pairs.map { (name: $0.key, value: $0.value) })
    }

    private static func make(
        _ good: [String: String], _ changes: KeyValuePairs<String, String>
    ) throws -> Parameters {
        let changed = Set(changes.map(\.key))
        return try Parameters(
            good.filter { !changed.contains($0.key) }.map { (name: $0.key, value: $0.value) }
                + changes.map { (name: $0.key, value: $0.value) })
    }
}

extension Client {
    /// What the client shows in the `Authorization` header, if that is its way.
    var basic: ClientCredentials? {
        authenticationMethod == .clientSecretBasic ? ClientCredentials(id: id, secret: Client.secret) : nil
    }
}
