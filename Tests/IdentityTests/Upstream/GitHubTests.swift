import Identity
import JSON
import OAuth
import Testing

@Suite("B042: GitHub")
struct GitHubTests {
    private static let token = "https://github.com/login/oauth/access_token"
    private static let user = "https://api.github.com/user"
    private static let emails = "https://api.github.com/user/emails"

    private let upstream = ScriptedUpstream()
    private let secrets: UpstreamSecrets

    init() throws {
        secrets = try .sample()
        upstream.on(
            Self.token, ["access_token": "gho_1", "scope": "read:user,user:email", "token_type": "bearer"])
        upstream.on(Self.user, ["id": 583_231, "login": "octocat", "name": "Mona", "email": "profile@example.com"])
        upstream.on(
            Self.emails,
            [
                ["email": "old@example.com", "primary": false, "verified": true],
                ["email": "mona@example.com", "primary": true, "verified": true],
            ])
    }

    private func conversation(_ change: (inout UpstreamProvider) -> Void = { _ in }) -> any UpstreamConversation {
        UpstreamConversations.make(.sample(.github, change), fetcher: upstream)
    }

    @Test("The browser goes to the pinned address with S256, the state and the least scope (SO11)")
    func address() async throws {
        let (place, parameters) = try await conversation().address(secrets, hint: "mona@example.com")
        #expect(place == "https://github.com/login/oauth/authorize")
        #expect(parameters["scope"] == "read:user user:email" && parameters["state"] == secrets.state)
        #expect(parameters["code_challenge"] == secrets.challenge && parameters["code_challenge_method"] == "S256")
        #expect(parameters["redirect_uri"] == UpstreamProvider.returnTo && parameters["client_id"] == "client-1")
        #expect(parameters["response_type"] == "code" && parameters["nonce"] == nil && parameters["login"] == nil)
        #expect(upstream.requests.isEmpty)
        let plain = try await conversation { $0.usesProofKey = false }.address(secrets).parameters
        #expect(plain["code_challenge"] == nil && plain["code_challenge_method"] == nil)
    }

    @Test("SO3: the key is the number, and the address is the primary and verified one")
    func person() async throws {
        let person = try await conversation().person(secrets, iss: "https://github.com/login/oauth")
        #expect(person.key == UpstreamIdentity.Key(provider: "github-1", subject: "583231"))
        #expect(person.provenEmail?.typed == "mona@example.com" && person.name == "Mona" && person.label == "octocat")
        #expect(person.tokens == nil)
    }

    @Test("What it is asked: by POST with JSON wanted, the verifier, and no secret in an address")
    func requests() async throws {
        _ = try await conversation().person(secrets)
        let exchange = try #require(upstream.requests(to: Self.token).first)
        #expect(exchange.method == "POST" && exchange.header("Accept") == "application/json")
        #expect(exchange.header("Authorization") == nil)
        for part in ["code=code-1", "client_secret=\(UpstreamProvider.secret)", "code_verifier=\(secrets.verifier)"] {
            #expect(exchange.form.contains(part))
        }
        for url in [Self.user, Self.emails] {
            let request = try #require(upstream.requests(to: url).first)
            #expect(request.header("Authorization") == "Bearer gho_1" && request.header("User-Agent") == "Martlet")
            #expect(request.header("Accept") == "application/vnd.github+json")
        }
        #expect(upstream.requests.allSatisfy { !$0.url.contains("?") })
    }

    @Test("SO3: an address that is not primary and verified is no proof, and that of the profile is none at all")
    func unprovenAddresses() async throws {
        let cases: [(JSONValue, email: String?)] = [
            ([], nil), ([["email": "a@example.com", "verified": true]], nil),
            ([["email": "a@example.com", "primary": false, "verified": true]], nil),
            ([["email": "a@example.com", "primary": "true", "verified": true]], nil),
            ([["email": "a@example.com", "primary": true, "verified": false]], "a@example.com"),
            ([["email": "a@example.com", "primary": true, "verified": "true"]], "a@example.com"),
            ([["email": "a@example.com", "primary": true]], "a@example.com"),
            ([["email": "two@@example.com", "primary": true, "verified": true]], nil),
            ([["email": nil, "primary": true, "verified": true]], nil), (["x", 1], nil),
        ]
        for (entries, email) in cases {
            upstream.on(Self.emails, entries)
            let person = try await conversation().person(secrets)
            #expect(person.provenEmail == nil && person.email?.typed == email, "\(entries.text)")
        }
    }

    @Test("An app without the permission reads no address, which is no fault", arguments: [403, 404])
    func noPermission(status: Int) async throws {
        upstream.on(Self.emails, status: status, ["message": "Not Found"])
        let person = try await conversation().person(secrets)
        #expect(person.email == nil && person.key.subject == "583231")
    }

    @Test("Less granted than asked for: addresses are not asked for; an app's token that names no scope is tried")
    func reducedScope() async throws {
        upstream.on(Self.token, ["access_token": "gho_1", "scope": "read:user", "token_type": "bearer"])
        #expect(try await conversation().person(secrets).email == nil)
        #expect(upstream.requests(to: Self.emails).isEmpty)
        upstream.on(Self.token, ["access_token": "gho_1", "scope": "", "token_type": "bearer"])
        #expect(try await conversation().person(secrets).provenEmail != nil)
    }

    @Test(
        "A refusal with status 200 is a refusal",
        arguments: ["bad_verification_code", "incorrect_client_credentials", "unverified_user_email"])
    func refusals(error: String) async {
        upstream.on(Self.token, ["error": .string(error), "error_description": "<b>Read this</b>"])
        #expect(await conversation().fault(secrets)?.words == "exchange: status 200, \(error)")
        #expect(upstream.requests.count == 1)
    }

    @Test("SO1: an account without a number for an id is nobody")
    func ids() async {
        for id: JSONValue in ["583231", nil, 0, -1, 1.5, true] {
            upstream.on(Self.user, ["id": id, "login": "octocat"])
            #expect(await conversation().fault(secrets)?.reason == "identity", "\(id.text)")
        }
    }

    @Test("B043: a base address stands for all of its hosts, as with Enterprise Server")
    func enterprise() async throws {
        let base = "https://github.example.com"
        upstream.on("\(base)/login/oauth/access_token", ["access_token": "gho_1", "token_type": "bearer"])
        upstream.on("\(base)/api/v3/user", ["id": 1, "login": "mona"])
        upstream.on("\(base)/api/v3/user/emails", [["email": "m@example.com", "primary": true, "verified": true]])
        for text in [base, base + "/"] {
            let conversation = conversation { $0.baseURL = text }
            #expect(try await conversation.address(secrets).place == "\(base)/login/oauth/authorize")
            #expect(try await conversation.person(secrets, iss: "\(base)/login/oauth").provenEmail != nil)
        }
        #expect(upstream.requests.allSatisfy { $0.url.hasPrefix(base) })
    }
}
