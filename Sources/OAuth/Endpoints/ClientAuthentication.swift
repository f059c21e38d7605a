import Cryptography
import JOSE
import JSON

/// How a client shows who it is at token, introspection and revocation: RFC 6749 §2.3, RFC 7523 §2.2.
package struct ClientAuthentication: Sendable {
    package static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    let registry: any ClientRegistry
    let memory: any AssertionMemory
    let issuer: String
    let audit: any AuditLog

    package init(registry: any ClientRegistry, memory: any AssertionMemory, issuer: String, audit: any AuditLog) {
        self.registry = registry
        self.memory = memory
        self.issuer = issuer
        self.audit = audit
    }

    /// The client behind the request. Exactly one method may be used, and it must be the registered one
    /// (TK1). Every failure is the same `invalid_client`, so that nobody learns which part was wrong.
    package func client(
        _ parameters: Parameters, basic: ClientCredentials?, in course: [CheckName] = Course.clientCall,
        at now: Instant
    ) async throws -> Client {
        do {
            return try await proven(parameters, basic: basic, at: now)
        } catch let error as OAuthError {
            let named = basic?.id ?? parameters["client_id"]
            // An unknown name is whatever somebody sent, a secret perhaps (CF3).
            var known: Client?
            if let named { known = try await registry.client(named) }
            audit.record(
                AuditEvent(
                    .clientAuthenticationRefused, by: .visitor, clientID: known?.id,
                    details: ["error": error.code.rawValue, "reason": known == nil ? "unknown_client" : "wrong_proof"]))
            let established = known.map { Established([.client: .known($0.id)], clientID: $0.id) } ?? Established()
            throw error.examined(in: course, established: established)
        }
    }

    private func proven(
        _ parameters: Parameters, basic: ClientCredentials?, at now: Instant
    ) async throws -> Client {
        let presented = try PresentedAuthentication(parameters, basic: basic)
        guard let client = try await registry.client(presented.clientID) else {
            let registered = try await registry.clients().map(\.id)
            throw Self.refusal(.clientUnknown(presented.clientID, registered: registered))
        }
        guard client.authenticationMethod == presented.method else {
            throw Self.refusal(.otherMethod(presented.method, client))
        }
        switch presented.proof {
        case .nothing:
            return client
        case .secret(let secret):
            try Self.check(secret, of: client)
        case .assertion(let assertion):
            try await check(assertion, of: client, at: now)
        }
        return client
    }

    /// An hour, in seconds: what common client libraries ask for. Each assertion works once however long it
    /// lives, so a shorter limit would shut apps out and gain little.
    private static let longestAssertion: Int64 = 3600

    /// By how many seconds a client's clock may be ahead.
    private static let clockDifference: Int64 = 60

    static func refusal(_ finding: Finding) -> OAuthError {
        .invalidClient("client authentication failed", finding)
    }

    /// Compares with every live secret, in constant time.
    private static func check(_ secret: String, of client: Client) throws(OAuthError) {
        let digest = SHA256.digest(Array(secret.utf8))
        let matches = client.secretDigests.reduce(false) { constantTimeEqual($1.bytes, digest) || $0 }
        guard matches else { throw refusal(.wrongSecret(client)) }
    }

    /// RFC 7523 §3 as tightened by RFC 9700 and FAPI 2.0 §5.3.2.1: `aud` is the issuer string alone, the
    /// assertion lives at most an hour and its `jti` is good once (TK3).
    private func check(_ assertion: String, of client: Client, at now: Instant) async throws {
        let claims = try Self.verifiedClaims(assertion, of: client)
        try Self.check(claims, name: "iss", is: client.id)
        try Self.check(claims, name: "sub", is: client.id)
        try Self.check(claims, name: "aud", is: issuer)
        guard let expiry = claims["exp"]?.integerValue, now.seconds < expiry,
            expiry <= (now + Self.longestAssertion).seconds
        else { throw Self.refusal("exp", claims, "a time within the next hour (it is \(now.seconds) here)") }
        guard let id = claims["jti"]?.stringValue, (8...256).contains(id.utf8.count) else {
            throw Self.refusal(.assertionClaim("jti", seen: "none, or of a wrong length", expected: "8 to 256 bytes"))
        }
        for name in ["iat", "nbf"] {
            guard let value = claims[name] else { continue }
            guard let time = value.integerValue, time <= (now + Self.clockDifference).seconds else {
                throw Self.refusal(name, claims, "a time that is not ahead (it is \(now.seconds) here)")
            }
        }
        let memory = try await memory.remember(
            assertionID: id, of: client.id, usableSince: Self.usableSince(claims, expiry),
            until: Instant(seconds: expiry) + 60)
        switch memory {
        case .fresh: return
        case .seenBefore: throw Self.refusal(.assertionReused)
        case .olderThanMemory:
            throw Self.refusal(.assertionOlderThanMemory(isDated: claims["iat"] != nil || claims["nbf"] != nil))
        }
    }

    /// The earliest time at which the rules above let the assertion in.
    private static func usableSince(_ claims: JSONObject, _ expiry: Int64) -> Instant {
        let starts = ["iat", "nbf"].compactMap { claims[$0]?.integerValue }
            .map { Instant(seconds: $0) + -clockDifference }
        return starts.reduce(Instant(seconds: expiry) + -longestAssertion, max)
    }

    private static func check(_ claims: JSONObject, name: String, is value: String) throws(OAuthError) {
        guard claims[name] == .string(value) else { throw refusal(name, claims, value + ", alone") }
    }

    private static func refusal(_ name: String, _ claims: JSONObject, _ expected: String) -> OAuthError {
        refusal(.assertionClaim(name, seen: .sent(claims[name]?.text), expected: .known(expected)))
    }

    private static func verifiedClaims(_ assertion: String, of client: Client) throws(OAuthError) -> JSONObject {
        guard let jws = try? JWS(compact: assertion), let payload = try? JSONValue(parsing: jws.payload),
            let claims = payload.objectValue,
            client.keys.contains(where: {
                (jws.keyID == nil || $0.keyID == nil || $0.keyID == jws.keyID) && jws.isSigned(by: $0)
            })
        else { throw refusal(.assertionUnsigned(client)) }
        return claims
    }
}

/// `client_id` and secret from an `Authorization: Basic` header, already form-decoded (RFC 6749 §2.3.1).
package struct ClientCredentials: Sendable, Equatable {
    package let id: String
    package let secret: String

    package init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }
}

/// What the request presents, before any of it is believed.
private struct PresentedAuthentication {
    enum Proof {
        case nothing
        case secret(String)
        case assertion(String)
    }

    let clientID: String
    let method: ClientAuthenticationMethod
    let proof: Proof

    init(_ parameters: Parameters, basic: ClientCredentials?) throws(OAuthError) {
        let secret = parameters["client_secret"]
        let assertion = parameters["client_assertion"]
        guard [basic != nil, secret != nil, assertion != nil].count(where: { $0 }) <= 1 else {
            throw .invalidRequest("use one way of client authentication, not several", .severalProofs)
        }
        if let basic {
            guard parameters["client_id"]?.isExactly(basic.id) ?? true else {
                throw ClientAuthentication.refusal(.twoClientNames)
            }
            (clientID, method, proof) = (basic.id, .clientSecretBasic, .secret(basic.secret))
            return
        }
        if let assertion {
            guard parameters["client_assertion_type"] == ClientAuthentication.assertionType else {
                throw .invalidRequest("client_assertion_type is not the one of RFC 7523", .assertionType)
            }
            (clientID, method, proof) = (
                try Self.subject(of: assertion, named: parameters["client_id"]), .privateKeyJWT, .assertion(assertion)
            )
            return
        }
        guard let id = parameters["client_id"] else {
            throw ClientAuthentication.refusal(.clientUnknown(nil, registered: []))
        }
        clientID = id
        method = secret == nil ? .none : .clientSecretPost
        proof = secret.map(Proof.secret) ?? .nothing
    }

    /// The `sub` an assertion names; RFC 7521 §4.2: `client_id`, when sent, must agree.
    private static func subject(of assertion: String, named clientID: String?) throws(OAuthError) -> String {
        guard let jws = try? JWS(compact: assertion), let payload = try? JSONValue(parsing: jws.payload),
            let subject = payload.objectValue?["sub"]?.stringValue, clientID?.isExactly(subject) ?? true
        else { throw ClientAuthentication.refusal(.assertionUnreadable) }
        return subject
    }
}
