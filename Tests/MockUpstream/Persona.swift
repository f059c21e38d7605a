import JSON

/// Somebody who has an account with a provider.
struct Persona: Sendable {
    var id: String
    var name: String?
    var login: String
    var email: String?
    /// As the provider spells it: some say "true" in quotes.
    var verified: JSONValue
    /// The Workspace of Google, the tenant of Microsoft.
    var hd: String?
    var tid: String
    /// Members of the profile beyond these, or instead of them.
    var extra: JSONObject

    var isVerified: Bool { verified == true || verified == "true" }

    static let tenant = "6f1b7c52-9d0e-4b7a-8c41-0d5a3f2e9b17"

    private static let known = ["provider", "id", "name", "login", "email", "verified", "hd", "tid"]

    init(_ order: JSONObject) throws(BadOrder) {
        id = try order.text("id")
        name = order["name"] == nil ? "Person \(id)" : try order.optionalText("name")
        login = try order.optionalText("login") ?? "person\(id)"
        email = try order.optionalText("email")
        verified = order["verified"] ?? .bool(email != nil)
        hd = try order.optionalText("hd")
        tid = try order.optionalText("tid") ?? Self.tenant
        extra = JSONObject(order.members.filter { !Self.known.contains($0.key) })
    }

    private init(id: String, name: String, login: String, email: String?, verified: Bool) {
        self.id = id
        self.name = name
        self.login = login
        self.email = email
        self.verified = .bool(verified)
        tid = Self.tenant
        extra = JSONObject()
    }

    /// Whom a fresh stand-in knows: one of each kind. The first is who signs in when nobody is chosen.
    static func regulars(of provider: Provider) -> [Self] {
        [
            Self(
                id: number(1, of: provider), name: "Ann Stand-in", login: "ann", email: "ann@example.com",
                verified: true),
            Self(
                id: number(2, of: provider), name: "Bob Stand-in", login: "bob", email: "bob@example.com",
                verified: false),
            Self(id: number(3, of: provider), name: "Carol Stand-in", login: "carol", email: nil, verified: false),
        ]
    }

    /// Numbers as the provider gives them: Discord's do not fit a double, Google's not even 64 bits.
    private static func number(_ index: Int, of provider: Provider) -> String {
        switch provider {
        case .github, .gitlab, .oidc: "100\(index)"
        case .google: "10876543210987654300\(index)"
        case .discord: "118123456789012300\(index)"
        case .facebook: "1022000000000000\(index)"
        case .microsoft: "00000000-0000-4000-8000-00000000100\(index)"
        case .apple: "00100\(index).5d3c5a1f0f6b4c0f9b0e6a7d8c9e1f20.1200"
        }
    }

    /// Who it is after a fault of the profile.
    func changed(by fault: Fault?) -> Self {
        var persona = self
        switch fault?.mode {
        case .emptyEmail: persona.email = ""
        case .unverified: persona.verified = false
        case .emailChanged: persona.email = "changed-" + (email ?? "person@example.com")
        case .idChanged: persona.id = id + "9"
        case nil, .deny, .customError, .missingState, .wrongState, .wrongIssuer, .noIssuer, .duplicateCode, .slow,
            .hang, .reset, .redirect, .drip, .internalError, .badGateway, .truncated, .notJSON, .huge, .wrongType,
            .scopeReduced, .forbidden, .notFound, .tooMany, .literalFalse, .otherApp:
            break
        }
        return persona
    }
}

extension JSONObject {
    /// With the members of another put over its own.
    func overlaid(with other: JSONObject) -> Self { Self(members + other.members) }
}
