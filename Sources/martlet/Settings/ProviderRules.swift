import Cryptography
import Identity

/// What must hold among the settings of each provider. Told together with what is wrong with single values, but for
/// providers of which something could not be read: there they would only find echoes.
struct ProviderRules {
    let settings: Settings
    /// Where each setting that was given stands.
    let origins: [String: SettingOrigin]
    let inFile: ProvidersInFile

    var faults: [SettingsFault] {
        settings.providerDrafts.given.filter { !inFile.unread.contains($0.id) }.flatMap { draft in
            guard let kind = draft.kind else { return [kindless(draft)] }
            return needed(draft, kind) + foreign(draft, kind) + [secret(draft, kind), twin(draft)].compactMap { $0 }
        }
    }

    /// Somebody else's id says nothing of what it speaks.
    private func kindless(_ draft: ProviderDraft) -> SettingsFault {
        let kinds = UpstreamProvider.Kind.allCases.map(\.rawValue)
        let guess = Spelling.nearest(to: draft.id, among: kinds).map { "did you mean \($0)? If not, " } ?? ""
        return fault(
            draft, nil,
            "providers.\(draft.id) has no type; \(guess)give one of \(kinds.joined(separator: ", "))")
    }

    private func needed(_ draft: ProviderDraft, _ kind: UpstreamProvider.Kind) -> [SettingsFault] {
        let (issuer, team, keyID) = (("issuer", draft.issuer), ("team", draft.team), ("key_id", draft.keyID))
        let needed: [(name: String, value: String?)] =
            switch kind {
            case .openid: [issuer]
            case .apple: [team, keyID]
            case .github, .google, .discord, .facebook, .microsoft, .gitlab: []
            }
        return needed.filter { $0.value == nil }.map { missing in
            fault(
                draft, nil,
                "providers.\(draft.id) is of the type \(kind.rawValue), which needs \(missing.name); give it")
        }
    }

    /// What its kind has no use for was meant for another, or to do something it does not do.
    private func foreign(_ draft: ProviderDraft, _ kind: UpstreamProvider.Kind) -> [SettingsFault] {
        let those: [(name: String, isGiven: Bool, kinds: [UpstreamProvider.Kind])] = [
            ("issuer", draft.issuer != nil, [.openid]),
            ("base_url", draft.baseURL != nil, UpstreamProvider.Kind.allCases.filter { $0 != .openid }),
            ("organisation", draft.organisation != nil, [.google, .microsoft]),
            ("team", draft.team != nil, [.apple]), ("key_id", draft.keyID != nil, [.apple]),
        ]
        let faults = those.filter { $0.isGiven && !$0.kinds.contains(kind) }.map { setting in
            fault(
                draft, setting.name,
                "providers.\(draft.id).\(setting.name) is for the type \(setting.kinds.map(\.rawValue).joined(separator: " or ")), "
                    + "and this is \(kind.rawValue); take it away")
        }
        guard kind == .microsoft, draft.organisation == "*" else { return faults }
        return faults + [
            fault(
                draft, "organisation",
                "providers.\(draft.id).organisation is *, which is for google; give the tenant's id, or common")
        ]
    }

    private func secret(_ draft: ProviderDraft, _ kind: UpstreamProvider.Kind) -> SettingsFault? {
        guard let secret = draft.clientSecret?.text else { return nil }
        let name = "providers.\(draft.id).client_secret"
        guard kind == .apple else {
            let isLine = secret.utf8.count <= 1024 && secret.utf8.allSatisfy { $0 >= 0x20 }
            return isLine ? nil : fault(draft, "client_secret", "\(name) cannot be used; expected one line of text")
        }
        guard let key = try? PrivateKey(pem: secret), key.type == .p256 else {
            return fault(
                draft, "client_secret",
                "\(name) cannot be used; expected the key that Apple gave you (.p8), a P-256 private key in PEM")
        }
        return nil
    }

    /// In a variable both would have the same name.
    private func twin(_ draft: ProviderDraft) -> SettingsFault? {
        let ids = settings.providerDrafts.given.map(\.id)
        let name = draft.id.replacing("-", with: "_")
        guard let first = ids.first(where: { $0.replacing("-", with: "_") == name }), first != draft.id else {
            return nil
        }
        return fault(
            draft, nil,
            "providers.\(draft.id) and providers.\(first) have the same names of variables; give one another name")
    }

    /// At the setting, or at the provider's name, or at the first of its settings.
    private func fault(_ draft: ProviderDraft, _ key: String?, _ sentence: String) -> SettingsFault {
        let name = "\(ProviderCatalogue.level).\(draft.id)"
        let any = origins.filter { $0.key.hasPrefix(name + ".") }.min { $0.key < $1.key }?.value
        guard let origin = key.flatMap({ origins["\(name).\($0)"] }) ?? inFile.origins[draft.id] ?? any else {
            return SettingsFault(place: name, sentence)
        }
        return SettingsFault(origin, sentence)
    }
}
