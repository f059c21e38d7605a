import Cryptography
import Foundation
import Identity
import JOSE
import JSON
import OAuth
import Synchronization
import Web

/// GitHub, Google, Discord and Facebook as they speak on the wire, for the conversations that the settings make. Strict:
/// a code is given for a client, an address and a challenge, and taken back with nothing else, once.
final class ScriptedWeb: HTTPFetcher {
    struct Consent: Sendable {
        let client: String
        let returnTo: String
        let challenge: String?
        let nonce: String?
        let identity: UpstreamIdentity
    }

    private struct State {
        var codes: [String: Consent] = [:]
        var tokens: [String: Consent] = [:]
        var made = 0
        var requests: [OutboundRequest] = []
        var clock: (any WallClock)?
    }

    private let state = Mutex(State())

    /// So that its tokens are not older than the house.
    func follow(_ clock: any WallClock) { state.withLock { $0.clock = clock } }

    var requests: [OutboundRequest] { state.withLock { $0.requests } }

    /// Somebody agrees there; the path by which their browser comes back.
    func agree(to url: String, as identity: UpstreamIdentity) -> String {
        func sent(_ name: String) -> String? { ScriptedProvider.parameter(name, of: url) }
        let consent = Consent(
            client: sent("client_id") ?? "", returnTo: sent("redirect_uri") ?? "", challenge: sent("code_challenge"),
            nonce: sent("nonce"), identity: identity)
        let code = state.withLock { state in
            state.made += 1
            let code = "\(identity.key.provider)-code-\(state.made)"
            state.codes[code] = consent
            return code
        }
        var pairs = [(name: "code", value: code), (name: "state", value: sent("state") ?? "")]
        if identity.key.provider == "google" { pairs.append((name: "iss", value: "https://accounts.google.com")) }
        return String(consent.returnTo.dropFirst(TestHouse.origin.count)) + "?" + FormEncoding.encode(pairs)
    }

    func fetch(_ request: OutboundRequest) async throws -> OutboundResponse {
        let url = try Self.parts(request.url)
        let now = state.withLock { state in
            state.requests.append(request)
            return state.clock?.now ?? Instant(seconds: 1_800_000_000)
        }
        switch (request.method, url.host ?? "", url.path) {
        case ("GET", "accounts.google.com", "/.well-known/openid-configuration"): return Self.json(Google.discovery)
        case ("GET", "www.googleapis.com", "/oauth2/v3/certs"): return try Self.json(Google.keys)
        case ("POST", "github.com", "/login/oauth/access_token"), ("POST", "oauth2.googleapis.com", "/token"),
            ("POST", "discord.com", "/api/oauth2/token"), ("POST", "discord.com", "/api/v10/oauth2/token"):
            return try exchange(request, at: now)
        case ("POST", "graph.facebook.com", let path) where path.hasSuffix("/oauth/access_token"):
            return try exchange(request, at: now)
        case ("GET", "graph.facebook.com", "/v24.0/debug_token"): return owner(request, url)
        case ("GET", let host, let path):
            guard let consent = consent(of: request, url) else { return Self.json(["error": "no token"], status: 401) }
            return try Self.tell(host + path, consent.identity)
        default: return Self.json(["error": "not found"], status: 404)
        }
    }

    private func exchange(_ request: OutboundRequest, at now: Instant) throws -> OutboundResponse {
        let form = Self.form(request)
        guard let code = form["code"], let consent = state.withLock({ $0.codes.removeValue(forKey: code) }),
            form["redirect_uri"] == consent.returnTo, Self.client(request, form) == consent.client,
            consent.challenge == form["code_verifier"].map({ Base64URL.encode(SHA256.digest(Array($0.utf8))) })
        else { return Self.json(["error": "invalid_grant"], status: 400) }
        let token = "token-of-" + code
        state.withLock { $0.tokens[token] = consent }
        var answer: JSONObject = ["access_token": .string(token), "token_type": "bearer", "expires_in": 3600]
        if consent.identity.key.provider == "google" {
            answer["id_token"] = .string(try Google.token(for: consent, at: now))
        }
        if consent.identity.key.provider == "github" { answer["scope"] = "read:user,user:email" }
        return Self.json(answer)
    }

    /// Facebook asks of whoever has a token that they know the secret, too.
    private func consent(of request: OutboundRequest, _ url: URLComponents) -> Consent? {
        guard let token = Self.bearer(request) else { return nil }
        if url.host == "graph.facebook.com" {
            let proof = HMACSHA256.authenticate(Array(token.utf8), key: Array("secret-of-facebook".utf8))
            guard Self.value("appsecret_proof", url) == Hex.encode(proof) else { return nil }
        }
        return state.withLock { $0.tokens[token] }
    }

    private func owner(_ request: OutboundRequest, _ url: URLComponents) -> OutboundResponse {
        guard Self.bearer(request) == "client-of-facebook|secret-of-facebook",
            let token = Self.value("input_token", url), let consent = state.withLock({ $0.tokens[token] })
        else { return Self.json(["error": "no"], status: 400) }
        return Self.json([
            "data": [
                "app_id": .string(consent.client), "is_valid": true, "user_id": .string(consent.identity.key.subject),
            ]
        ])
    }

    private static func bearer(_ request: OutboundRequest) -> String? {
        let header = request.headers.first { $0.name.lowercased() == "authorization" }?.value
        return header.flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
    }

    private static func value(_ name: String, _ url: URLComponents) -> String? {
        url.queryItems?.first { $0.name == name }?.value
    }

    /// By the secret in the form, or in the header.
    private static func client(_ request: OutboundRequest, _ form: [String: String]) -> String? {
        if let id = form["client_id"], form["client_secret"] == id.replacing("client-of", with: "secret-of") {
            return id
        }
        let header = request.headers.first { $0.name.lowercased() == "authorization" }?.value
        return UpstreamHouse.four.map { "client-of-\($0)" }
            .first { header == TestApp.basic($0, $0.replacing("client-of", with: "secret-of")) }
    }

    private static func form(_ request: OutboundRequest) -> [String: String] {
        let query = String(decoding: request.body ?? [], as: UTF8.self).replacing("+", with: "%20")
        let items = URLComponents(string: "?" + query)?.queryItems ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    private static func parts(_ url: String) throws -> URLComponents {
        guard let parts = URLComponents(string: url) else { throw CocoaError(.fileReadUnknown) }
        return parts
    }

    static func json(_ object: JSONObject, status: Int = 200) -> OutboundResponse {
        OutboundResponse(status: status, contentType: "application/json; charset=utf-8", body: object.bytes())
    }
}

extension ScriptedWeb {
    /// What each tells of a person, in its own words.
    private static func tell(_ place: String, _ identity: UpstreamIdentity) throws -> OutboundResponse {
        let subject = identity.key.subject
        let email = identity.email.map { JSONValue.string($0.typed) }
        let name = identity.name.map(JSONValue.string) ?? .null
        let label = identity.label.map(JSONValue.string) ?? .null
        switch place {
        case "api.github.com/user":
            // The public address of a profile proves nothing.
            return json([
                "id": Int64(subject).map(JSONValue.integer) ?? .null, "login": label, "name": name,
                "email": email ?? .null,
            ])
        case "api.github.com/user/emails":
            let entries: [JSONValue] = (email.map { [$0] } ?? []).map { email in
                ["email": email, "primary": true, "verified": .bool(identity.isEmailVerified)]
            }
            let body = JSONValue.array(entries).text
            return OutboundResponse(status: 200, contentType: "application/json", body: Array(body.utf8))
        case "openidconnect.googleapis.com/v1/userinfo":
            var claims = Google.claims(identity)
            claims["sub"] = .string(subject)
            return json(claims)
        case "discord.com/api/v10/users/@me":
            return json([
                "id": .string(subject), "username": label, "global_name": name, "email": email ?? .null,
                "verified": .bool(identity.isEmailVerified),
            ])
        case let place where place.hasPrefix("graph.facebook.com/v") && place.hasSuffix("/me"):
            // It has no such flag any more; one that somebody puts there says nothing.
            var person: JSONObject = ["id": .string(subject), "name": name, "verified": true]
            person["email"] = email
            return json(person)
        default: return json(["error": "not found"], status: 404)
        }
    }

    private enum Google {
        private static let key = Result {
            try SigningKey(privateKey: .generate(.rsa), algorithm: .rs256)
        }

        static let discovery: JSONObject = [
            "issuer": "https://accounts.google.com",
            "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
            "token_endpoint": "https://oauth2.googleapis.com/token",
            "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
            "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": true,
        ]

        static var keys: JSONObject {
            get throws { JWKSet(keys: [try key.get().jwk]).json.objectValue ?? [:] }
        }

        static func claims(_ identity: UpstreamIdentity) -> JSONObject {
            var claims: JSONObject = [:]
            claims["email"] = identity.email.map { .string($0.typed) }
            if identity.email != nil { claims["email_verified"] = .bool(identity.isEmailVerified) }
            claims["name"] = identity.name.map(JSONValue.string)
            // A mailbox of a Workspace; what else was once proven there is no proof.
            if identity.email?.canonical.hasSuffix("@example.org") == true { claims["hd"] = "example.org" }
            return claims
        }

        static func token(for consent: Consent, at now: Instant) throws -> String {
            var claims = claims(consent.identity)
            claims["iss"] = "https://accounts.google.com"
            claims["sub"] = .string(consent.identity.key.subject)
            claims["aud"] = .string(consent.client)
            claims["azp"] = .string(consent.client)
            claims["nonce"] = consent.nonce.map(JSONValue.string)
            claims["iat"] = .integer(now.seconds)
            claims["exp"] = .integer(now.seconds + 3600)
            return try JWT.signed(claims: claims.bytes(), type: .idToken, by: key.get())
        }
    }
}
