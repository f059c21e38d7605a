import Identity
import JSON
import OAuth
import Testing

@Suite("B043: Discord")
struct DiscordTests {
    private static let token = "https://discord.com/api/oauth2/token"
    private static let me = "https://discord.com/api/v10/users/@me"

    private let upstream = ScriptedUpstream()
    private let secrets: UpstreamSecrets
    private let conversation: any UpstreamConversation

    init() throws {
        secrets = try .sample()
        conversation = UpstreamConversations.make(.sample(.discord), fetcher: upstream)
        upstream.on(Self.token, ["access_token": "d-1", "token_type": "Bearer", "scope": "identify email"])
        say(["id": "80351110224678912", "username": "nelly", "email": "nelly@example.com", "verified": true])
    }

    private func say(_ profile: JSONValue) { upstream.on(Self.me, profile) }

    @Test("The browser goes to the pinned address with the least scope (SO11)")
    func address() async throws {
        let (place, parameters) = try await conversation.address(secrets)
        #expect(place == "https://discord.com/oauth2/authorize" && parameters["scope"] == "identify email")
        #expect(parameters["code_challenge"] == secrets.challenge && parameters["prompt"] == nil)
    }

    @Test("SO3: the key is the id as text, and the address is proven")
    func person() async throws {
        let person = try await conversation.person(secrets, iss: "https://discord.com")
        #expect(person.key.subject == "80351110224678912" && person.label == "nelly" && person.name == nil)
        #expect(person.provenEmail?.typed == "nelly@example.com")
        let exchange = try #require(upstream.requests.first)
        #expect(exchange.header("Content-Type") == "application/x-www-form-urlencoded")
        say(["id": "1", "username": "nelly", "global_name": "Nelly E."])
        #expect(try await conversation.person(secrets).name == "Nelly E.")
    }

    @Test("SO3, B045: without verified = true the address is not proven")
    func unproven() async throws {
        let marks: [JSONValue?] = [nil, false, .null, "true", 1]
        for mark in marks {
            var profile: JSONObject = ["id": "1", "username": "n", "email": "n@example.com"]
            profile["verified"] = mark
            say(.object(profile))
            let person = try await conversation.person(secrets)
            #expect(person.provenEmail == nil && person.email != nil, "\(mark?.text ?? "absent")")
        }
        for email: JSONValue in [.null, "", "no address", 7] {
            say(["id": "1", "username": "n", "email": email, "verified": true])
            let person = try await conversation.person(secrets)
            #expect(person.email == nil && !person.isEmailVerified, "\(email.text)")
        }
    }

    @Test("An id that is no text of figures is nobody's")
    func ids() async {
        for id: JSONValue in [80_351_110_224_678_912, nil, "", "12x", "123456789012345678901", "-1"] {
            say(["id": id, "username": "n"])
            #expect(await conversation.fault(secrets)?.reason == "identity", "\(id.text)")
        }
    }

    @Test("A limit that was reached is an outage, not an answer")
    func limited() async {
        upstream.on(Self.me, status: 429, ["message": "You are being rate limited.", "retry_after": 64.5])
        #expect(await conversation.fault(secrets)?.words == "unavailable: users/@me: status 429")
    }

    @Test("A base address stands for it, on this machine too")
    func base() async throws {
        let base = "http://127.0.0.1:9000/discord"
        let conversation = UpstreamConversations.make(.sample(.discord) { $0.baseURL = base }, fetcher: upstream)
        upstream.on("\(base)/api/oauth2/token", ["access_token": "d-1", "token_type": "Bearer"])
        upstream.on("\(base)/api/v10/users/@me", ["id": "1", "username": "n"])
        #expect(try await conversation.address(secrets).place == "\(base)/oauth2/authorize")
        #expect(try await conversation.person(secrets, iss: base).key.subject == "1")
    }
}
