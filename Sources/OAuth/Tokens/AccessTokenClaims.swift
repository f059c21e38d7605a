import JSON

/// The claims of a JWT access token, RFC 9068 §2.2.
struct AccessTokenClaims {
    let json: [UInt8]

    init(_ tokens: PreparedTokens, issuer: String, issuedAt: Instant, expiresAt: Instant) {
        let order = tokens.order
        var json = JSONWriter()
        json.beginObject()
        json.key("iss")
        json.string(issuer)
        json.key("sub")
        json.string(order.subjectID)
        json.key("aud")
        json.strings(order.audience)
        json.key("client_id")
        json.string(order.client.id)
        json.key("exp")
        json.integer(expiresAt.seconds)
        json.key("iat")
        json.integer(issuedAt.seconds)
        json.key("jti")
        json.string(tokens.accessTokenID)
        json.key("scope")
        json.string(order.scopes.description)
        if let authentication = order.grant?.authentication {
            json.write(authentication)
        }
        // RFC 9068 §2.2.3.1; only when the person allowed it.
        if let subject = order.subject, order.scopes.contains("roles") {
            json.key("roles")
            json.strings(subject.roles)
        }
        json.endObject()
        self.json = json.bytes
    }
}

extension JSONWriter {
    mutating func strings(_ values: [String]) {
        beginArray()
        for value in values { string(value) }
        endArray()
    }

    /// `auth_time`, `acr`, `amr` and `sid`, alike in both tokens.
    mutating func write(_ authentication: Authentication) {
        key("auth_time")
        integer(authentication.time.seconds)
        key("acr")
        string(authentication.level)
        key("amr")
        strings(authentication.methods)
        key("sid")
        string(authentication.sessionID)
    }
}
