import Cryptography
import Identity
import JOSE
import JSON
import OAuth
import Synchronization

/// A provider of OpenID Connect that signs whatever a test wants it to say.
final class OpenIDStage: Sendable {
    struct Script: Sendable {
        var discovery: JSONObject
        var claims: JSONObject
        var tokens: JSONObject = ["access_token": "access-1", "token_type": "Bearer", "expires_in": 3600]
        var userInfo: JSONObject = ["sub": "anna-1", "name": "Anna Example"]
        /// In the place of the signed one.
        var idToken: String?
    }

    private final class Kept: Sendable {
        private let script: Mutex<Script>

        init(_ script: Script) { self.script = Mutex(script) }

        var now: Script { script.withLock { $0 } }

        func rewrite(_ change: (inout Script) -> Void) { script.withLock { change(&$0) } }
    }

    let upstream = ScriptedUpstream()
    let issuer: String
    let key: SigningKey
    let secrets: UpstreamSecrets
    let conversation: any UpstreamConversation
    private let script: Kept

    init(
        _ provider: UpstreamProvider = .sample(.openid) { $0.issuer = "https://op.example" },
        issuer: String = "https://op.example", documentIssuer: String? = nil, algorithm: SignatureAlgorithm = .es256
    ) throws {
        self.issuer = issuer
        key = try SigningKey(privateKey: .generate(algorithm.keyType), algorithm: algorithm)
        secrets = try .sample()
        let place = documentIssuer ?? issuer
        script = Kept(
            Script(
                discovery: [
                    "issuer": .string(place), "authorization_endpoint": .string("\(issuer)/authorize"),
                    "token_endpoint": .string("\(issuer)/token"), "jwks_uri": .string("\(issuer)/keys"),
                    "userinfo_endpoint": .string("\(issuer)/userinfo"),
                    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                ],
                claims: [
                    "iss": .string(issuer), "sub": "anna-1", "aud": .string(provider.clientID),
                    "iat": .integer(Instant.sample.seconds - 5), "exp": .integer(Instant.sample.seconds + 300),
                    "nonce": .string(secrets.nonce), "email": "anna@example.com", "email_verified": true,
                ]))
        conversation = UpstreamConversations.make(provider, fetcher: upstream)
        stand(below: place.contains("{") ? issuer : place)
    }

    private func stand(below place: String) {
        upstream.on("\(issuer)/keys", JWKSet(keys: [key.jwk]).json)
        upstream.on("\(place)/.well-known/openid-configuration") { [script] _ in
            .json(.object(script.now.discovery))
        }
        upstream.on("\(issuer)/userinfo") { [script] _ in .json(.object(script.now.userInfo)) }
        upstream.on("\(issuer)/token") { [script, key] _ in
            let script = script.now
            var tokens = script.tokens
            let signed = try JWT.signed(claims: script.claims.bytes(), type: .idToken, by: key)
            tokens["id_token"] = .string(script.idToken ?? signed)
            return .json(.object(tokens))
        }
    }

    func rewrite(_ change: (inout Script) -> Void) { script.rewrite(change) }

    var claims: JSONObject { script.now.claims }

    func person(
        _ user: String? = nil, iss: String? = nil, at now: Instant = .sample
    ) async throws(UpstreamFault) -> UpstreamIdentity {
        try await conversation.person(secrets, iss: iss, user: user, at: now)
    }

    func fault(iss: String? = nil, at now: Instant = .sample) async -> UpstreamFault? {
        await conversation.fault(secrets, iss: iss, at: now)
    }
}
