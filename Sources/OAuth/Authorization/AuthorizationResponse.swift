/// What goes back to the client: code or error, `state`, and always `iss` (RFC 9207, AZ12).
package struct AuthorizationResponse: Sendable, Equatable {
    package let address: ReturnAddress
    package let fields: [Field]

    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package init(code: OpaqueToken, to address: ReturnAddress, issuer: String) {
        self.init([Field(name: "code", value: code.plaintext)], to: address, issuer: issuer)
    }

    package init(error: OAuthError, to address: ReturnAddress, issuer: String) {
        let fields = [
            Field(name: "error", value: error.code.rawValue), Field(name: "error_description", value: error.sentence),
        ]
        self.init(fields, to: address, issuer: issuer)
    }

    private init(_ fields: [Field], to address: ReturnAddress, issuer: String) {
        self.address = address
        let state = address.state.map { [Field(name: "state", value: $0)] } ?? []
        self.fields = fields + state + [Field(name: "iss", value: issuer)]
    }

    /// The address with the fields in its query; what it held already is kept (RFC 6749 §3.1.2).
    package var location: String {
        let query = fields.map { "\($0.name)=\(FormEncoding.escape($0.value))" }.joined(separator: "&")
        return address.uri + (address.uri.contains("?") ? "&" : "?") + query
    }
}
