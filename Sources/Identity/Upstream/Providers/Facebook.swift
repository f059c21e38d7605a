import Cryptography
import JSON
import OAuth

/// Facebook: OAuth 2.0 with the Graph API.
///
/// - The key is the id of the person in this app. No address is ever proven: Facebook says nothing of it. People may leave it
///   out, and many have none.
/// - `/me` answers for a token of any app; so it is asked whose token it is (SO5), and each question carries a proof of the
///   secret.
/// - Its versions end after some two years. `martlet check` says so then.
struct FacebookDialect: UpstreamDialect {
    static let version = "v24.0"
    let provider: UpstreamProvider
    let line: UpstreamLine

    var scopes: [String] { provider.scopes ?? ["email", "public_profile"] }
    var scopeSeparator: String { "," }

    private var pages: String { "\(base("https://www.facebook.com"))/\(Self.version)" }
    private var graph: String { "\(base("https://graph.facebook.com"))/\(Self.version)" }

    func endpoints(at now: Instant) throws(UpstreamFault) -> UpstreamEndpoints {
        try .pinned(
            issuer: base("https://www.facebook.com"), authorization: "\(pages)/dialog/oauth",
            token: "\(graph)/oauth/access_token")
    }

    /// The answer tells which scopes a person has left out.
    func parameters(_ secrets: UpstreamSecrets, hint: String?) -> [(name: String, value: String)] {
        [("return_scopes", "true")]
    }

    func person(_ tokens: UpstreamTokens, _ visit: UpstreamVisit) async throws(UpstreamFault) -> UpstreamIdentity {
        let owner = try await owner(of: tokens)
        let fields = [
            ("fields", "id,name,first_name,last_name,email"), ("appsecret_proof", proof(tokens)),
        ]
        let value = try await ask("me", fields, bearer: tokens.access).value()
        guard let profile = value.objectValue else {
            throw .identity(.sent("/me is \(value.text), a person was expected"))
        }
        guard let id = profile["id"]?.stringValue, Self.isID(id) else {
            throw .identity("/me has no id of figures")
        }
        guard owner.isExactly(id) else { throw .identity("the token is another person's than /me") }
        var identity = UpstreamIdentity(provider.id, subject: id)
        identity.name = ToldText.name(profile["name"])
        identity.givenName = ToldText.name(profile["first_name"])
        identity.familyName = ToldText.name(profile["last_name"])
        identity.email = ToldText.email(profile["email"])
        identity.label = identity.email?.typed ?? identity.name
        return identity
    }

    /// Whose the token is, if it was given to this app.
    private func owner(of tokens: UpstreamTokens) async throws(UpstreamFault) -> String {
        let answer = try await ask(
            "debug_token", [("input_token", tokens.access)], bearer: "\(provider.clientID)|\(provider.clientSecret)")
        guard let data = try answer.object()["data"]?.objectValue, data["is_valid"]?.boolValue == true else {
            throw .identity("debug_token does not hold the token for valid")
        }
        let app = data["app_id"]?.stringValue
        guard let app, app.isExactly(provider.clientID) else {
            throw .identity(
                .sent("the token is of the app \(app ?? "nobody knows"), \(provider.clientID) was expected"))
        }
        guard let owner = data["user_id"]?.stringValue, Self.isID(owner) else {
            throw .identity("debug_token names nobody")
        }
        return owner
    }

    private func ask(
        _ path: String, _ query: [(name: String, value: String)], bearer: String
    ) async throws(UpstreamFault) -> UpstreamReply {
        let address = try UpstreamEndpoints.address("\(graph)/\(path)", path)
        return try await line.get(path, address.adding(query), bearer: bearer)
    }

    /// Whoever has but a token cannot ask with it.
    private func proof(_ tokens: UpstreamTokens) -> String {
        Hex.encode(HMACSHA256.authenticate(Array(tokens.access.utf8), key: Array(provider.clientSecret.utf8)))
    }

    private static func isID(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
