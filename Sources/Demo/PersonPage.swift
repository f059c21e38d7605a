import JSON
import OAuth

/// What the page about a signed-in person is filled with.
struct PersonPage {
    let content: [String: Any]

    init(_ person: SignedInPerson, userInfo: UserInfo?, introspection: String?, messages: DemoMessages) {
        let claims = person.idToken.claims
        var content: [String: Any] = [
            "scope": person.scope, "accessTokenShort": Self.shortened(person.accessToken),
            "expires": person.expiresAt.description, "hasRefresh": person.refreshToken != nil,
            "idTokenHeader": JSONValue.object(person.idToken.header).prettyText(),
            "idToken": JSONValue.object(claims).prettyText(),
        ]
        for name in ["name", "email"] {
            content[name] = (userInfo?.claims[name] ?? claims[name])?.stringValue
        }
        content["userInfo"] = userInfo?.text
        content["introspection"] = introspection
        if person.refreshes == 1 { content["refreshed"] = messages["demo.refreshed"] }
        if person.refreshes > 1 { content["refreshed"] = messages["demo.refreshed_count", count: person.refreshes] }
        self.content = content
    }

    /// Enough to tell two tokens apart, too little to use one.
    private static func shortened(_ token: String) -> String {
        "\(token.prefix(8))…\(token.suffix(6))"
    }
}
