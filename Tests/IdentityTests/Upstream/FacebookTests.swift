import Cryptography
import Identity
import JSON
import OAuth
import Testing

@Suite("B041: Facebook")
struct FacebookTests {
    private static let graph = "https://graph.facebook.com/v24.0"

    private let upstream = ScriptedUpstream()
    private let secrets: UpstreamSecrets
    private let conversation: any UpstreamConversation

    init() throws {
        secrets = try .sample()
        conversation = UpstreamConversations.make(.sample(.facebook), fetcher: upstream)
        upstream.on("\(Self.graph)/oauth/access_token", ["access_token": "EAAB1", "token_type": "bearer"])
        inspect(["app_id": "client-1", "is_valid": true, "user_id": "10220", "type": "USER"])
        me([
            "id": "10220", "name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace",
            "email": "a@example.com",
        ])
    }

    private func inspect(_ data: JSONValue) { upstream.on("\(Self.graph)/debug_token", ["data": data]) }
    private func me(_ value: JSONValue) { upstream.on("\(Self.graph)/me", value) }

    @Test("The browser goes to the pinned dialog with commas between scopes, and what was left out is told (SO11)")
    func address() async throws {
        let (place, parameters) = try await conversation.address(secrets)
        #expect(place == "https://www.facebook.com/v24.0/dialog/oauth")
        #expect(parameters["scope"] == "email,public_profile" && parameters["return_scopes"] == "true")
    }

    @Test("SO3: the key is the id in this app; the address is never proven")
    func person() async throws {
        let person = try await conversation.person(secrets)
        #expect(person.key.subject == "10220" && person.email?.typed == "a@example.com" && person.provenEmail == nil)
        #expect(person.name == "Ada Lovelace" && person.givenName == "Ada" && person.familyName == "Lovelace")
        me(["id": "10220", "name": "Ada", "email": "a@example.com", "verified": true, "email_verified": true])
        #expect(try await conversation.person(secrets).provenEmail == nil)
        me(["id": "10220", "name": "Ada"])
        #expect(try await conversation.person(secrets).email == nil)
    }

    @Test("SO5: each question has a proof of the secret, and the secret is in no address")
    func requests() async throws {
        _ = try await conversation.person(secrets)
        let proof = Hex.encode(
            HMACSHA256.authenticate(Array("EAAB1".utf8), key: Array(UpstreamProvider.secret.utf8)))
        let me = try #require(upstream.requests(to: "\(Self.graph)/me").first)
        #expect(me.url.contains("appsecret_proof=\(proof)") && me.header("Authorization") == "Bearer EAAB1")
        let inspection = try #require(upstream.requests(to: "\(Self.graph)/debug_token").first)
        #expect(inspection.header("Authorization") == "Bearer client-1|\(UpstreamProvider.secret)")
        #expect(upstream.requests.allSatisfy { !$0.url.contains(UpstreamProvider.secret) })
    }

    @Test("SO5: a token of another app, of another person, or of nobody lets nobody in")
    func substitutes() async {
        let data: [JSONValue] = [
            ["app_id": "another-app", "is_valid": true, "user_id": "10220"],
            ["is_valid": true, "user_id": "10220"],
            ["app_id": "client-1", "is_valid": false, "user_id": "10220"],
            ["app_id": "client-1", "is_valid": "true", "user_id": "10220"],
            ["app_id": "client-1", "user_id": "10220"],
            ["app_id": "client-1", "is_valid": true, "user_id": "10221"],
            ["app_id": "client-1", "is_valid": true], [:], [], nil,
        ]
        for data in data {
            inspect(data)
            #expect(await conversation.fault(secrets)?.reason == "identity", "\(data.text)")
        }
        upstream.on("\(Self.graph)/debug_token", status: 400, ["error": ["code": 190]])
        #expect(await conversation.fault(secrets)?.reason == "answer")
    }

    @Test("/me may be the word false; that is nobody, as are ids that are none")
    func nobody() async {
        for value: JSONValue in [false, true, nil, [], ["id": 10_220], ["id": "ada"], ["id": ""], [:]] {
            me(value)
            #expect(await conversation.fault(secrets)?.reason == "identity", "\(value.text)")
        }
    }

    @Test("Its errors are objects: their kind and number are told, and not a word of theirs")
    func refusals() async {
        upstream.on(
            "\(Self.graph)/oauth/access_token", status: 400,
            ["error": ["message": "This code has been used.", "type": "OAuthException", "code": 100]])
        #expect(await conversation.fault(secrets)?.words == "exchange: status 400, OAuthException 100")
    }
}
