import Cryptography
import OAuth

/// Signing in elsewhere with a code, RFC 6749 §4.1, as the client: the same with every provider.
struct CodeConversation: UpstreamConversation {
    let dialect: any UpstreamDialect
    let line: UpstreamLine
    let limit: TimeLimit
    let breaker = Breaker()

    var provider: UpstreamProvider { dialect.provider }

    func authorizationURL(
        _ secrets: UpstreamSecrets, returnTo: String, hint: String?, at now: Instant
    ) async throws(UpstreamFault) -> String {
        guard !breaker.isOpen(at: now) else { throw Self.leftAlone }
        let endpoints: UpstreamEndpoints
        do throws(UpstreamFault) {
            endpoints = try await limit.run { [dialect] () async throws(UpstreamFault) in
                try await dialect.endpoints(at: now)
            }
        } catch {
            note(error, at: now)
            throw error
        }
        var pairs: [(name: String, value: String)] = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", returnTo),
            ("scope", dialect.scopes.joined(separator: dialect.scopeSeparator)), ("state", secrets.state),
        ]
        if sendsProofKey(endpoints) {
            pairs += [("code_challenge", secrets.challenge), ("code_challenge_method", "S256")]
        }
        return endpoints.authorization.adding(pairs + dialect.parameters(secrets, hint: hint))
    }

    func identity(
        by answer: UpstreamAnswer, _ secrets: UpstreamSecrets, returnTo: String, at now: Instant
    ) async throws(UpstreamFault) -> UpstreamIdentity {
        let code = try Self.code(of: answer)
        guard breaker.admits(at: now) else { throw Self.leftAlone }
        do throws(UpstreamFault) {
            let identity = try await limit.run { () async throws(UpstreamFault) in
                try await converse(code, answer, secrets, returnTo: returnTo, at: now)
            }
            breaker.noteAnswer()
            return identity
        } catch {
            note(error, at: now)
            throw error
        }
    }

    private func converse(
        _ code: String, _ answer: UpstreamAnswer, _ secrets: UpstreamSecrets, returnTo: String, at now: Instant
    ) async throws(UpstreamFault) -> UpstreamIdentity {
        let endpoints = try await dialect.endpoints(at: now)
        try endpoints.check(issuer: answer.issuer)
        let reply = try await exchange(code, secrets.verifier, endpoints, returnTo: returnTo, at: now)
        let tokens = try UpstreamTokens(reply)
        let visit = UpstreamVisit(answer: answer, secrets: secrets, endpoints: endpoints, now: now)
        var identity = try await dialect.person(tokens, visit)
        if provider.keepsTokens { identity.tokens = tokens.kept(at: now) }
        return identity
    }

    /// RFC 6749 §4.1.3, with the verifier of RFC 7636 §4.5. The secret is never in an address.
    func exchange(
        _ code: String, _ verifier: String, _ endpoints: UpstreamEndpoints, returnTo: String, at now: Instant
    ) async throws(UpstreamFault) -> UpstreamReply {
        var form: [(name: String, value: String)] = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", returnTo),
        ]
        if sendsProofKey(endpoints) { form.append(("code_verifier", verifier)) }
        let secret = try dialect.secret(endpoints, at: now)
        var headers: [UpstreamLine.Header] = []
        switch endpoints.proof {
        case .form: form += [("client_id", provider.clientID), ("client_secret", secret)]
        case .basic:
            // Both halves form-encoded first (RFC 6749 §2.3.1).
            let pair = "\(FormEncoding.escape(provider.clientID)):\(FormEncoding.escape(secret))"
            headers.append(("Authorization", "Basic \(Base64.encode(Array(pair.utf8)))"))
        }
        return try await line.post("token endpoint", endpoints.token.text, form: form, headers: headers)
    }

    private func sendsProofKey(_ endpoints: UpstreamEndpoints) -> Bool {
        provider.usesProofKey && endpoints.takesProofKey
    }

    /// RFC 6749 §4.1.2. An error comes first: whoever sends both is not to be understood as they like.
    private static func code(of answer: UpstreamAnswer) throws(UpstreamFault) -> String {
        if let error = answer.error {
            guard denials.contains(where: error.isExactly) else { throw .refused(.sent(error)) }
            throw .denied
        }
        guard let code = answer.code else { throw .answer("the browser brought neither a code nor an error") }
        guard (1...4096).contains(code.utf8.count), code.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .answer("the code is longer than 4096 characters, or holds others than visible ASCII")
        }
        return code
    }

    /// §4.1.2.1, and the two that Apple and LinkedIn have instead.
    private static let denials = ["access_denied", "user_cancelled_authorize", "user_cancelled_login"]

    private static let leftAlone = UpstreamFault.unavailable(
        .known("it has failed \(Breaker.outages) times running and is left alone for \(Breaker.rest) seconds"))

    private func note(_ fault: UpstreamFault, at now: Instant) {
        switch fault {
        case .unavailable where Task.isCancelled: breaker.withdraw()
        case .unavailable: breaker.noteOutage(at: now)
        case .answer, .exchange, .idToken, .identity: breaker.noteAnswer()
        case .denied, .refused, .state, .issuer, .off: breaker.withdraw()
        }
    }
}
