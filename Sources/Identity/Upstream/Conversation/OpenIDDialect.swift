import Cryptography
import JOSE
import JSON
import OAuth

/// Whoever speaks OpenID Connect: discovered, its ID token checked, its keys kept.
struct OpenIDDialect: UpstreamDialect {
    let manner: any OpenIDManner
    let line: UpstreamLine
    private let metadata = Remembered<OpenIDMetadata>()
    private let keys = Remembered<JWKSet>()

    init(_ manner: any OpenIDManner, _ line: UpstreamLine) {
        self.manner = manner
        self.line = line
    }

    var provider: UpstreamProvider { manner.provider }

    /// `openid` is what makes it OpenID Connect (Core §3.1.2.1).
    var scopes: [String] {
        let scopes = provider.scopes ?? manner.scopes
        return scopes.contains("openid") ? scopes : ["openid"] + scopes
    }

    func endpoints(at now: Instant) async throws(UpstreamFault) -> UpstreamEndpoints {
        try await discovered(at: now).endpoints
    }

    func parameters(_ secrets: UpstreamSecrets, hint: String?) -> [(name: String, value: String)] {
        [("nonce", secrets.nonce)] + manner.parameters(hint: hint)
    }

    func secret(_ endpoints: UpstreamEndpoints, at now: Instant) throws(UpstreamFault) -> String {
        try manner.secret(issuer: endpoints.issuer ?? manner.place, at: now)
    }

    func settingFaults() -> [String] { manner.settingFaults() }

    func person(_ tokens: UpstreamTokens, _ visit: UpstreamVisit) async throws(UpstreamFault) -> UpstreamIdentity {
        guard let compact = tokens.idToken else { throw .idToken("there is none") }
        let (claims, algorithm) = try await signed(compact, at: visit.now)
        let issuer = try await discovered(at: visit.now).issuer
        try UpstreamIDToken(clientID: provider.clientID, nonce: visit.secrets.nonce)
            .check(claims, issuers: manner.makers(issuer, claims), at: visit.now)
        try UpstreamIDToken.checkHash(claims, accessToken: tokens.access, algorithm: algorithm)
        guard let subject = ToldText.subject(claims["sub"]) else { throw .idToken("sub is missing") }
        let userInfo = try await userInfo(of: subject, tokens, visit.endpoints)
        return try manner.person(
            OpenIDClaims(subject: subject, token: claims, userInfo: userInfo, user: visit.answer.user))
    }

    /// Form, algorithm and signature. The key set is asked anew for a key that is not in it, once a minute (SO13).
    private func signed(
        _ compact: String, at now: Instant
    ) async throws(UpstreamFault) -> (claims: JSONObject, algorithm: SignatureAlgorithm) {
        let jws = try Self.reading { () throws(JOSEFault) in try JWS(compact: compact) }
        let known = try await keySet(for: jws, at: now)
        let token = try Self.reading { () throws(JOSEFault) in
            try UpstreamIDToken.verification.verify(jws, keys: known.keys(id:))
        }
        return (token.claims, jws.algorithm)
    }

    private static func reading<Value>(_ read: () throws(JOSEFault) -> Value) throws(UpstreamFault) -> Value {
        do throws(JOSEFault) { return try read() } catch { throw .idToken(.sent(error.description)) }
    }

    private func keySet(for jws: JWS, at now: Instant) async throws(UpstreamFault) -> JWKSet {
        let address = try await discovered(at: now).endpoints.keys
        guard let address else { throw .answer("discovery: jwks_uri is missing") }
        return try await keys.value(at: now) { set in
            // Without a name in the header only the signature tells.
            jws.keyID == nil ? set.keys.contains(where: jws.isSigned) : !set.keys(id: jws.keyID).isEmpty
        } fetch: {
            do throws(UpstreamFault) {
                let document = try await line.get("key set", address.text).value()
                return .success(try Self.keySet(document))
            } catch {
                return .failure(error)
            }
        }
    }

    private static func keySet(_ document: JSONValue) throws(UpstreamFault) -> JWKSet {
        do throws(JOSEFault) {
            return try JWKSet(document, skippingBadKeys: true)
        } catch {
            throw .answer(.sent("key set: \(error.description)"))
        }
    }

    /// Believed when it is of the person the ID token names (Core §5.3.2).
    private func userInfo(
        of subject: String, _ tokens: UpstreamTokens, _ endpoints: UpstreamEndpoints
    ) async throws(UpstreamFault) -> JSONObject? {
        guard manner.asksUserInfo, let address = endpoints.userInfo else { return nil }
        let object = try await line.get("userinfo endpoint", address.text, bearer: tokens.access).object()
        guard object["sub"] == .string(subject) else {
            throw .identity("sub of the userinfo endpoint is another than that of the ID token")
        }
        return object
    }

    private func discovered(at now: Instant) async throws(UpstreamFault) -> OpenIDMetadata {
        let source = try source()
        return try await metadata.value(
            at: now,
            fetch: {
                do throws(UpstreamFault) {
                    return .success(try await discover(source))
                } catch {
                    return .failure(error)
                }
            })
    }

    private func discover(_ source: EndpointAddress) async throws(UpstreamFault) -> OpenIDMetadata {
        let object = try await line.get("discovery", source.text).object()
        return try OpenIDMetadata(object, from: source, isExpected: manner.isIssuer)
    }

    /// Discovery §4: a slash at the end of the issuer is left out.
    private func source() throws(UpstreamFault) -> EndpointAddress {
        let place = manner.place.hasSuffix("/") ? String(manner.place.dropLast()) : manner.place
        return try UpstreamEndpoints.address("\(place)/.well-known/openid-configuration", "discovery")
    }

    func discoveryFaults(at now: Instant) async -> [String] {
        do throws(UpstreamFault) {
            _ = try await discover(try source())
            return []
        } catch {
            switch error {
            case .unavailable(let text), .answer(let text): return ["\(provider.name): \(text)."]
            default: return ["\(provider.name): its discovery document cannot be used."]
            }
        }
    }
}
