import OAuth

/// What `martlet check` finds.
extension CodeConversation {
    /// A code nobody was ever given: a provider that knows this house refuses it as one, and another refuses the house.
    private static let probe = "martlet-check"

    func faults(returnTo: String, at now: Instant) async -> [String] {
        let own = dialect.settingFaults()
        guard own.isEmpty else { return own }
        let told = await dialect.discoveryFaults(at: now)
        guard told.isEmpty else { return told }
        do throws(UpstreamFault) {
            let endpoints = try await dialect.endpoints(at: now)
            let verifier = String(repeating: Self.probe, count: 4)
            let reply = try await limit.run { () async throws(UpstreamFault) in
                try await exchange(Self.probe, verifier, endpoints, returnTo: returnTo, at: now)
            }
            _ = try UpstreamTokens(reply)
            return ["\(provider.name) gave tokens for a code that does not exist."]
        } catch {
            return sentence(error, returnTo: returnTo).map { [$0] } ?? []
        }
    }

    private func sentence(_ fault: UpstreamFault, returnTo: String) -> String? {
        switch fault {
        case .unavailable(let text): return "\(provider.name) cannot be asked: \(text)."
        case .answer(let text): return "\(provider.name) answers in a way that is not understood: \(text)."
        case .exchange(let text):
            let name = text.description
            if Self.clientErrors.contains(where: { name.hasSuffix(", \($0)") }) {
                return "\(provider.name) does not take the client id and secret: \(name)."
            }
            if Self.addressErrors.contains(where: { name.hasSuffix(", \($0)") }) {
                return "\(provider.name) does not know the return address \(returnTo): register it there (\(name))."
            }
            if name.hasSuffix(Self.oldVersion) {
                return "\(provider.name) no longer speaks the version of its interface that is used here: \(name)."
            }
            return nil
        case .issuer(let text), .idToken(let text), .identity(let text), .refused(let text):
            return "\(provider.name): \(text)."
        case .denied, .state, .off: return nil
        }
    }

    /// RFC 6749 §5.2; GitHub's; Facebook's for a wrong app and for a wrong secret.
    private static let clientErrors = [
        "invalid_client", "unauthorized_client", "incorrect_client_credentials", "OAuthException 1",
        "OAuthException 101",
    ]
    private static let addressErrors = ["redirect_uri_mismatch"]
    private static let oldVersion = "OAuthException 2635"
}
