/// What goes back to the client: code or error, `state`, and always `iss` (RFC 9207, AZ12).
package struct AuthorizationResponse: Sendable, Equatable {
    package let address: ReturnAddress
    package let fields: [Field]
    /// What it tells, when it tells an error.
    package let refusal: OAuthError?

    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package init(code: OpaqueToken, to address: ReturnAddress, issuer: String) {
        self.init([Field(name: "code", value: code.plaintext)], to: address, issuer: issuer, refusal: nil)
    }

    package init(error: OAuthError, to address: ReturnAddress, issuer: String) {
        let fields = [
            Field(name: "error", value: error.code.rawValue), Field(name: "error_description", value: error.sentence),
        ]
        self.init(fields, to: address, issuer: issuer, refusal: error)
    }

    private init(_ fields: [Field], to address: ReturnAddress, issuer: String, refusal: OAuthError?) {
        self.address = address
        self.refusal = refusal
        let state = address.state.map { [Field(name: "state", value: $0)] } ?? []
        self.fields = fields + state + [Field(name: "iss", value: issuer)]
    }

    /// An error with the reference by which the operator finds its reasons; anything else as it is.
    package func referring(to reference: String) -> Self {
        guard let refusal else { return self }
        return Self(
            address: address,
            fields: fields.map {
                $0.name == "error_description"
                    ? Field(name: $0.name, value: refusal.sentence(referringTo: reference)) : $0
            }, refusal: refusal)
    }

    private init(address: ReturnAddress, fields: [Field], refusal: OAuthError?) {
        self.address = address
        self.fields = fields
        self.refusal = refusal
    }

    /// The address with the fields in its query; what it held already is kept (RFC 6749 §3.1.2).
    package var location: String {
        let query = fields.map { "\($0.name)=\(FormEncoding.escape($0.value))" }.joined(separator: "&")
        return address.uri + (address.uri.contains("?") ? "&" : "?") + query
    }
}
