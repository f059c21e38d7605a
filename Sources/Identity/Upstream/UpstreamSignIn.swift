import Cryptography
import OAuth

/// Signing in by a provider: there and back. What follows from who came back is `UpstreamReception`'s.
package struct UpstreamSignIn: Sendable {
    package enum Beginning: Sendable, Equatable {
        /// Where the browser is sent.
        case away(String)
        case failed(UpstreamFault)
        /// Too many from one network; seconds.
        case throttled(retryAfter: Int64)
    }

    /// What an answer belongs to.
    package enum Taken: Sendable {
        case mine(UpstreamAttempt, UpstreamSecrets)
        /// - query: where the newest attempt of this browser was to lead on to.
        case refused(UpstreamFault, query: String)
    }

    /// Counts what came of an answer, by provider and outcome.
    package typealias Tally = @Sendable (_ provider: String, _ outcome: String) -> Void

    /// Each beginning leaves a row: how many one network may leave in a quarter of an hour (IN9).
    static let beginnings = ThrottleLimit("upstream-network", attempts: 300, window: 900)

    /// In the order of the settings.
    package let conversations: [any UpstreamConversation]
    private let store: any UpstreamStore
    private let throttle: Throttle
    private let issuer: String
    private let key: [UInt8]
    private let random: any RandomSource
    private let audit: any AuditLog
    private let tally: Tally

    /// - Parameter key: derived from the master key for the secrets of attempts alone.
    package init(
        conversations: [any UpstreamConversation], store: any UpstreamStore, throttle: Throttle, issuer: String,
        key: [UInt8], random: any RandomSource, audit: any AuditLog, tally: @escaping Tally
    ) {
        self.conversations = conversations
        self.store = store
        self.throttle = throttle
        self.issuer = issuer
        self.key = key
        self.random = random
        self.audit = audit
        self.tally = tally
    }

    package func provider(_ id: String) -> UpstreamProvider? { conversation(id)?.provider }

    /// Where a provider sends people back to; one for each, so that no answer is taken for another's (SO7).
    package static func callbackPath(_ id: String) -> String { "/upstream/\(id)/callback" }

    /// - Parameter hint: an address to fill in there, where the provider takes one.
    package func begin(
        _ id: String, _ intent: UpstreamAttempt.Intent, leadingTo query: String, hint: String?, in browser: TokenDigest,
        from network: ClientNetwork, at now: Instant
    ) async throws -> Beginning {
        guard let conversation = conversation(id) else { return .failed(failed(.off, id, network)) }
        let lane = throttle.lane(Self.beginnings, Array(network.prefix.utf8))
        if case .refused(_, let seconds) = try await throttle.admit([lane], at: now) {
            return .throttled(retryAfter: seconds)
        }
        let state = try OpaqueToken(.upstreamState, from: random)
        let url: String
        do throws(UpstreamFault) {
            url = try await conversation.authorizationURL(
                UpstreamSecrets(state: state, key: key), returnTo: address(id), hint: hint, at: now)
        } catch {
            return .failed(failed(error, id, network))
        }
        try await store.keep(
            UpstreamAttempt(
                state: state.digest, provider: id, browser: browser, intent: intent, query: query, createdAt: now,
                expiresAt: now + UpstreamAttempt.lifetime))
        return .away(url)
    }

    /// Whether this browser has been sent there for the same in the last minutes.
    package func hasBegun(
        _ id: String, leadingTo query: String, in browser: TokenDigest, at now: Instant
    ) async throws -> Bool {
        try await store.newestQuery(provider: id, browser: browser, at: now) == query
    }

    /// Spends the attempt of an answer: whatever comes of it, none is good twice (SO6).
    package func take(
        state presented: String?, for id: String, in browser: TokenDigest, from network: ClientNetwork, at now: Instant
    ) async throws -> Taken {
        var fault = UpstreamFault.off
        if conversation(id) != nil {
            switch try await attempt(presented, id, browser, at: now) {
            case .success(let (attempt, state)): return .mine(attempt, UpstreamSecrets(state: state, key: key))
            case .failure(let refused): fault = refused
            }
        }
        let query = try await store.newestQuery(provider: id, browser: browser, at: now) ?? ""
        return .refused(failed(fault, id, network), query: query)
    }

    /// Who it is, as the provider says.
    package func identity(
        by answer: UpstreamAnswer, of attempt: UpstreamAttempt, _ secrets: UpstreamSecrets,
        from network: ClientNetwork, at now: Instant
    ) async -> Result<UpstreamIdentity, UpstreamFault> {
        let id = attempt.provider
        guard let conversation = conversation(id) else { return .failure(failed(.off, id, network)) }
        do throws(UpstreamFault) {
            return .success(try await conversation.identity(by: answer, secrets, returnTo: address(id), at: now))
        } catch {
            return .failure(failed(error, id, network))
        }
    }

    func count(_ id: String, _ outcome: String) { tally(id, outcome) }

    private func failed(_ fault: UpstreamFault, _ id: String, _ network: ClientNetwork) -> UpstreamFault {
        // An id that is none of ours is anybody's text.
        let known = conversation(id) == nil ? "unknown" : id
        if fault != .off { tally(known, fault.reason) }
        audit.record(
            AuditEvent(
                .upstreamRefused, by: .visitor,
                details: ["provider": known, "reason": fault.reason, "network": network.prefix]))
        return fault
    }

    private func attempt(
        _ presented: String?, _ id: String, _ browser: TokenDigest, at now: Instant
    ) async throws -> Result<(UpstreamAttempt, OpaqueToken), UpstreamFault> {
        guard let presented, !presented.isEmpty else { return .failure(.state(.missing)) }
        guard let state = OpaqueToken(.upstreamState, presented: presented) else { return .failure(.state(.unknown)) }
        switch try await store.take(state: state.digest, provider: id, browser: browser, at: now) {
        case .taken(let attempt): return .success((attempt, state))
        case .refused(let fault): return .failure(.state(fault))
        }
    }

    private func conversation(_ id: String) -> (any UpstreamConversation)? {
        conversations.first { $0.provider.id.isExactly(id) }
    }

    private func address(_ id: String) -> String { issuer + Self.callbackPath(id) }
}
