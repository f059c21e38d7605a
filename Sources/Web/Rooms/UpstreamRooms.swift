import Identity
import OAuth

/// What signing in by providers needs beside the rest.
package struct UpstreamRooms: Sendable {
    package let signIn: UpstreamSignIn
    package let reception: UpstreamReception
    package let links: IdentityLinks
    package let proof: UpstreamProof

    package init(
        signIn: UpstreamSignIn, reception: UpstreamReception, links: IdentityLinks, proof: UpstreamProof
    ) {
        self.signIn = signIn
        self.reception = reception
        self.links = links
        self.proof = proof
    }
}

extension Rooms {
    /// The providers that may be chosen, in the order of `sign_in.methods` (B011).
    func providers(for client: Client?) -> [UpstreamProvider] {
        methods(for: client).compactMap { method in
            guard case .upstream(let id) = method else { return nil }
            return upstream.signIn.provider(id)
        }
    }

    /// What people call it.
    func providerName(_ id: String) -> String {
        upstream.signIn.provider(id)?.name ?? pages.catalogue.text("upstream.some_provider")
    }

    /// For the partial `provider-buttons`.
    func buttons(_ providers: [UpstreamProvider]) -> [[String: Any]] {
        providers.map { provider in
            [
                "action": "/upstream/\(provider.id)",
                "text": pages.catalogue.text("upstream.continue", ["provider": provider.name]),
            ]
        }
    }

    /// The buttons of a page whose other ways are all below or above them.
    func providerContext(for client: Client?) -> [String: Any] {
        let methods = methods(for: client)
        let first = methods.firstIndex { if case .upstream = $0 { false } else { true } } ?? methods.endIndex
        let before = methods.prefix(first).compactMap { $0.provider(of: self) }
        let after = methods.dropFirst(first).compactMap { $0.provider(of: self) }
        var context: [String: Any] = [:]
        if !before.isEmpty { context["providersBefore"] = buttons(before) }
        if !after.isEmpty { context["providersAfter"] = buttons(after) }
        if first < methods.endIndex, !before.isEmpty || !after.isEmpty { context["hasOtherWays"] = true }
        return context
    }
}

extension SignInMethod {
    fileprivate func provider(of rooms: Rooms) -> UpstreamProvider? {
        guard case .upstream(let id) = self else { return nil }
        return rooms.upstream.signIn.provider(id)
    }
}
