import Identity
import OAuth

/// Looks at each provider: whether it is on, whether it answers as its settings say, and what has to be registered there.
struct ProviderCheck {
    let settings: Settings
    /// Those that are asked; of others only the settings are looked at.
    let conversations: [any UpstreamConversation]

    /// In the order of the settings; all of them are asked at once.
    func findings(at now: Instant) async -> [HouseCheck.Finding] {
        let faults = await withTaskGroup(of: (String, [String]).self) { group in
            for conversation in conversations {
                let id = conversation.provider.id
                group.addTask { (id, await conversation.faults(returnTo: address(of: id), at: now)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return settings.providers.map { finding($0, faults[$0.id]) }
            + settings.providerWarnings.map { HouseCheck.Finding(room: "provider", summary: "WARNING: \($0)") }
    }

    /// - Parameter faults: `nil` where it was not asked.
    private func finding(_ provider: UpstreamProvider, _ faults: [String]?) -> HouseCheck.Finding {
        let register = "callback address to register there is \(address(of: provider.id))"
        return HouseCheck.Finding(
            room: "provider",
            summary: "\(provider.id): \(faults == nil ? "not asked" : "answers as it should"); the \(register)",
            faults: (faults ?? []).map { "providers.\(provider.id): \(PlainText.escaped($0)) The \(register)" })
    }

    private func address(of id: String) -> String { settings.issuer.text + UpstreamSignIn.callbackPath(id) }
}
