import Cryptography
import JOSE
import JSON
import OAuth

/// The demo's conversation with the provider. Nothing is cached, so that every page shows the provider as it is now.
struct RelyingParty: Sendable {
    let configuration: DemoConfiguration
    let fetcher: any HTTPFetcher

    func metadata() async throws -> ProviderMetadata {
        let document = try await fetch("\(configuration.issuer)/.well-known/openid-configuration")
        guard document.status == 200 else { throw DemoProblem.unavailable(configuration.issuer) }
        return try ProviderMetadata(try Self.json(document), of: configuration.issuer)
    }

    /// OpenID Connect Core §3.1.3: the code for tokens, and the ID token checked.
    func exchange(
        code: String, of signIn: SignIn, with metadata: ProviderMetadata, at now: Instant
    ) async throws -> SignedInPerson {
        let answer = try await tokens(
            [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", configuration.redirectURI),
                ("code_verifier", signIn.verifier),
            ], at: metadata.token)
        guard let compact = answer.idToken else { throw DemoProblem.untrusted("The token answer has no ID token.") }
        let idToken = try await check(compact, nonce: signIn.nonce, answer: answer, with: metadata, at: now)
        return SignedInPerson(
            idToken: idToken, accessToken: answer.accessToken, refreshToken: answer.refreshToken,
            scope: answer.scope ?? DemoConfiguration.scope, expiresAt: now + answer.lifetime, refreshes: 0)
    }

    /// RFC 6749 §6. A new ID token must be of the same person (OpenID Connect Core §12.2).
    func refresh(_ person: SignedInPerson, at now: Instant) async throws -> SignedInPerson {
        guard let refreshToken = person.refreshToken else { return person }
        let metadata = try await metadata()
        let form = [("grant_type", "refresh_token"), ("refresh_token", refreshToken)]
        let answer = try await tokens(form, at: metadata.token)
        guard let compact = answer.idToken else { return person.refreshed(by: answer, idToken: nil, at: now) }
        let idToken = try await check(compact, nonce: nil, answer: answer, with: metadata, at: now)
        guard idToken.subject.isExactly(person.idToken.subject) else {
            throw DemoProblem.untrusted("The refreshed ID token is of another person.")
        }
        return person.refreshed(by: answer, idToken: idToken, at: now)
    }

    /// RFC 7009: the refresh token takes the whole grant with it, the access token only itself.
    func revoke(_ person: SignedInPerson) async throws {
        guard let endpoint = try await metadata().revocation else { return }
        for token in [person.accessToken, person.refreshToken].compactMap({ $0 }) {
            let response = try await post([("token", token)], to: endpoint)
            guard response.status == 200 else { throw Self.problem(response) }
        }
    }

    /// What the userinfo endpoint says of the bearer. Claims are believed when they are of the person the ID token
    /// names (OpenID Connect Core §5.3.2).
    func userInfo(_ person: SignedInPerson, with metadata: ProviderMetadata) async throws -> UserInfo? {
        guard let endpoint = metadata.userInfo else { return nil }
        let response = try await fetch(endpoint, headers: [("Authorization", "Bearer \(person.accessToken)")])
        let claims = response.status == 200 ? (try? Self.json(response))?.objectValue : nil
        guard let claims else { return UserInfo(text: Self.shown(response), claims: JSONObject()) }
        guard claims["sub"] == .string(person.idToken.subject) else {
            throw DemoProblem.untrusted("The userinfo answer is of another person.")
        }
        return UserInfo(text: Self.shown(response), claims: claims)
    }

    /// What the provider says of the access token, RFC 7662.
    func introspection(_ person: SignedInPerson, with metadata: ProviderMetadata) async throws -> String? {
        guard let endpoint = metadata.introspection else { return nil }
        return Self.shown(try await post([("token", person.accessToken)], to: endpoint))
    }

    /// OpenID Connect RP-Initiated Logout §2; home, if the provider has no such page.
    func signOutAddress(_ person: SignedInPerson) async throws -> String {
        guard let endpoint = try await metadata().endSession else { return "/" }
        let query = FormEncoding.encode([
            ("id_token_hint", person.idToken.compact), ("client_id", configuration.clientID),
            ("post_logout_redirect_uri", configuration.home),
        ])
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query
    }
}

/// Below: requests, and what their answers mean.
extension RelyingParty {
    private func check(
        _ compact: String, nonce: String?, answer: TokenAnswer, with metadata: ProviderMetadata, at now: Instant
    ) async throws -> CheckedIDToken {
        let document = try await fetch(metadata.keys)
        guard document.status == 200, let keys = try? JWKSet(try Self.json(document), skippingBadKeys: true) else {
            throw DemoProblem.untrusted("The key set cannot be read.")
        }
        return try IDTokenCheck(issuer: configuration.issuer, clientID: configuration.clientID)
            .check(compact, keys: keys, nonce: nonce, accessToken: answer.accessToken, at: now)
    }

    private func tokens(_ form: [(name: String, value: String)], at endpoint: String) async throws -> TokenAnswer {
        let response = try await post(form, to: endpoint)
        guard response.status == 200 else { throw Self.problem(response) }
        return try TokenAnswer(try Self.json(response))
    }

    /// `client_secret_basic`, RFC 6749 §2.3.1: both halves form-encoded first.
    private func post(_ form: [(name: String, value: String)], to endpoint: String) async throws -> OutboundResponse {
        let id = FormEncoding.escape(configuration.clientID)
        let pair = Array("\(id):\(FormEncoding.escape(configuration.clientSecret))".utf8)
        let headers = [
            ("Authorization", "Basic \(Base64.encode(pair))"), ("Content-Type", "application/x-www-form-urlencoded"),
        ]
        return try await fetch(endpoint, method: "POST", headers: headers, body: Array(FormEncoding.encode(form).utf8))
    }

    private func fetch(
        _ address: String, method: String = "GET", headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) async throws -> OutboundResponse {
        let headers = headers + [(name: "Accept", value: "application/json")]
        do {
            return try await fetcher.fetch(
                OutboundRequest(method: method, url: address, headers: headers, body: body))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw DemoProblem.unavailable(configuration.issuer)
        }
    }

    private static func json(_ response: OutboundResponse) throws -> JSONValue {
        guard let value = try? JSONValue(parsing: response.body, maximumBytes: 1 << 20) else {
            throw DemoProblem.untrusted("An answer is not JSON.")
        }
        return value
    }

    /// RFC 6749 §5.2.
    private static func problem(_ response: OutboundResponse) -> DemoProblem {
        let error = (try? json(response))?.objectValue
        guard let code = error?["error"]?.stringValue else {
            return DemoProblem("status_\(response.status)", "Martlet answered with status \(response.status).")
        }
        return DemoProblem(code: code, description: error?["error_description"]?.stringValue)
    }

    private static func shown(_ response: OutboundResponse) -> String {
        let body = (try? json(response))?.prettyText() ?? ""
        return response.status == 200 ? body : "Status \(response.status)\n\(body)"
    }
}

/// The answer of the userinfo endpoint, to look at and to read.
struct UserInfo: Sendable {
    let text: String
    let claims: JSONObject
}
