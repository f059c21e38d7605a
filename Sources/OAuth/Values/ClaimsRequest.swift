import JSON

/// The `claims` parameter, OpenID Connect Core §5.5: which single claims a client asks for beyond those
/// of its scopes. Only claims that the granted scopes already allow are ever released by it (JW7).
package struct ClaimsRequest: Sendable, Equatable {
    package let text: String
    package let idToken: [String]
    package let userInfo: [String]
    /// Levels demanded by an essential `acr` claim (§5.5.1.1).
    package let essentialLevels: [String]
    /// The person demanded by a `sub` claim with a value (§5.5.1).
    package let subject: String?

    package init(_ text: String) throws(OAuthError) {
        guard text.utf8.count <= 8192, let value = try? JSONValue(parsing: text), let object = value.objectValue else {
            throw .invalidRequest("claims is not a JSON object", .claims("text that is no JSON object"))
        }
        let part = { (name: String) throws(OAuthError) -> JSONObject in
            guard let value = object[name], value != .null else { return [:] }
            guard let part = value.objectValue else {
                throw .invalidRequest(
                    "claims.\(name) is not an object", .claims(.known("\(name) that is no object")))
            }
            return part
        }
        let (forIDToken, forUserInfo) = (try part("id_token"), try part("userinfo"))
        self.text = text
        idToken = forIDToken.keys
        userInfo = forUserInfo.keys
        subject = try Self.subject([forIDToken, forUserInfo])
        essentialLevels = try Self.levels(forIDToken["acr"]?.objectValue)
    }

    /// A demand that cannot be read is refused: passed over, it would be met by anybody.
    private static func subject(_ parts: [JSONObject]) throws(OAuthError) -> String? {
        let values = parts.compactMap { $0["sub"]?.objectValue?["value"] }
        guard let first = values.first else { return nil }
        guard let subject = first.stringValue, values.allSatisfy({ $0 == first }) else {
            throw .invalidRequest(
                "claims does not name one person in sub", .claims("sub that names not exactly one person"))
        }
        return subject
    }

    private static func levels(_ acr: JSONObject?) throws(OAuthError) -> [String] {
        guard let acr, acr["essential"]?.boolValue == true else { return [] }
        guard let values = acr["value"].map({ .array([$0]) }) ?? acr["values"] else { return [] }
        guard let levels = values.stringsValue, !levels.isEmpty else {
            throw .invalidRequest(
                "claims holds an acr that is not one of named levels", .claims("acr without named levels"))
        }
        return levels
    }
}
