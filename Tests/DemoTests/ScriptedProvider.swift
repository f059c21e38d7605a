import Cryptography
import Foundation
import JOSE
import JSON
import OAuth
import Synchronization

/// A provider that signs whatever the test wants it to say.
final class ScriptedProvider: HTTPFetcher {
    struct Script: Sendable {
        var discovery: JSONObject
        var claims: JSONObject = [:]
        var algorithm = SignatureAlgorithm.es256
        var tokens: JSONObject = ["access_token": "access-1", "token_type": "Bearer", "expires_in": 600]
        var tokenStatus = 200
        var userInfo: JSONObject = ["sub": "anna", "name": "Anna <b>Example</b>", "email": "anna@example.com"]
        var userInfoStatus = 200
        /// Whose key set is published.
        var publishesForeignKey = false
        var isDown = false
    }

    static let issuer = "http://localhost:8080"
    let script: Mutex<Script>
    private let requests = Mutex<[OutboundRequest]>([])
    private let keys: [SignatureAlgorithm: SigningKey]
    private let foreign: SigningKey

    init() throws {
        keys = [
            .es256: try SigningKey(privateKey: .generate(.p256), algorithm: .es256),
            .edDSA: try SigningKey(privateKey: .generate(.ed25519), algorithm: .edDSA),
        ]
        foreign = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let paths = [
            "authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks.json",
            "userinfo_endpoint": "/userinfo", "introspection_endpoint": "/introspect", "revocation_endpoint": "/revoke",
            "end_session_endpoint": "/logout",
        ]
        var discovery: JSONObject = [
            "issuer": .string(Self.issuer),
            "authorization_response_iss_parameter_supported": true,
        ]
        for (name, path) in paths { discovery[name] = .string(Self.issuer + path) }
        script = Mutex(Script(discovery: discovery))
    }

    func rewrite(_ change: (inout Script) -> Void) { script.withLock { change(&$0) } }

    /// Claims that hold, of a sign-in with this nonce.
    func say(nonce: String, at now: Instant, accessToken: String = "access-1", algorithm: SignatureAlgorithm = .es256) {
        let bytes = Array(accessToken.utf8)
        let digest = algorithm == .edDSA ? SHA512.digest(bytes) : SHA256.digest(bytes)
        rewrite {
            $0.algorithm = algorithm
            $0.claims = [
                "iss": .string(Self.issuer), "sub": "anna", "aud": "demo", "azp": "demo", "nonce": .string(nonce),
                "iat": .integer(now.seconds), "exp": .integer((now + 600).seconds),
                "at_hash": .string(Base64URL.encode(Array(digest.prefix(digest.count / 2)))),
            ]
        }
    }

    func requests(to path: String) -> [OutboundRequest] {
        requests.withLock { $0.filter { $0.url == Self.issuer + path } }
    }

    func form(of request: OutboundRequest?) -> String { String(decoding: request?.body ?? [], as: UTF8.self) }

    func fetch(_ request: OutboundRequest) async throws -> OutboundResponse {
        requests.withLock { $0.append(request) }
        let script = script.withLock { $0 }
        guard !script.isDown else { throw POSIXError(.ECONNREFUSED) }
        switch request.url.dropFirst(Self.issuer.count) {
        case "/.well-known/openid-configuration":
            return answer(script.discovery)
        case "/jwks.json":
            let jwks = script.publishesForeignKey ? [foreign.jwk] : keys.values.map(\.jwk)
            return answer(JWKSet(keys: jwks).json.objectValue ?? [:])
        case "/token":
            var tokens = script.tokens
            if tokens["id_token"] == nil, let key = keys[script.algorithm], script.tokenStatus == 200 {
                tokens["id_token"] = .string(try JWT.signed(claims: script.claims.bytes(), type: .idToken, by: key))
            }
            return answer(tokens, status: script.tokenStatus)
        case "/userinfo":
            return answer(script.userInfo, status: script.userInfoStatus)
        case "/introspect":
            return answer(["active": true, "scope": "openid"])
        default:
            return answer([:])
        }
    }

    private func answer(_ object: JSONObject, status: Int = 200) -> OutboundResponse {
        OutboundResponse(status: status, contentType: "application/json", body: object.bytes())
    }
}

/// Stands still until it is turned.
final class TurnedClock: WallClock {
    private let time = Mutex(Instant(seconds: 1_800_000_000))
    var now: Instant { time.withLock { $0 } }
    func turn(by seconds: Int64) { time.withLock { $0 = $0 + seconds } }
}
