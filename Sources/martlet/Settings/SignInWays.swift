import Identity
import Web

/// How people sign in here, as the settings have it.
extension Settings {
    /// Those that are on, in their order.
    var providers: [UpstreamProvider] { providerDrafts.given.compactMap(\.provider) }

    /// In the order of the page (B011). One that was named and is off is not among them (B040).
    var signInMethods: [SignInMethod] {
        let upstream = providers.map { SignInMethod.upstream($0.id) }
        guard let signInNames else { return SignInMethod.own + upstream }
        return signInNames.map { SignInMethod(name: $0.text) }.filter { (SignInMethod.own + upstream).contains($0) }
    }

    /// Those that people may sign in by, in the same order: one that `sign_in.methods` leaves out leads nowhere.
    var offeredProviders: [UpstreamProvider] {
        signInMethods.compactMap { method in
            guard case .upstream(let id) = method else { return nil }
            return providers.first { $0.id == id }
        }
    }

    /// Whether people may sign in with a password; without it none is asked for, set or brought back.
    var takesPasswords: Bool { signInMethods.contains(.password) }

    /// Whether anybody else vouches for people here.
    var takesProviders: Bool { !offeredProviders.isEmpty }

    /// What has the look of an operator who forgot something (B040).
    var providerWarnings: [String] {
        providerDrafts.given.filter { !$0.missing.isEmpty }.map { draft in
            let settings = ProviderCatalogue.settings(of: draft.id)
            let ways = draft.missing.compactMap { key in
                settings.first { $0.name.hasSuffix(".\(draft.id).\(key)") }.map {
                    "\($0.name) (or \($0.environmentName))"
                }
            }
            return "nobody can sign in by \(draft.id): give \(ways.joined(separator: " and "))"
        }
    }
}

extension SettingFormat where Value == [RawText] {
    /// Which providers there are is known only when everything is read (`signInFaults`).
    static let methodNames: SettingFormat<[RawText]> = {
        let expected = "names out of password, magic_link and those of providers"
        let list = SettingFormat<RawText>.single(expected, text: \.text) { $0 }.list(expected)
        return SettingFormat<[RawText]>(expected: list.expected, text: list.text) { raw throws(SettingRefusals) in
            let names = try list.parse(raw)
            guard !names.isEmpty else { throw SettingRefusals(because: "at least one is needed") }
            if let twice = names.first(where: { name in names.count { $0.text == name.text } > 1 }) {
                throw SettingRefusals(twice, because: "\(Seen.quoted(twice.text)) stands there twice")
            }
            return names
        }
    }()
}

extension Settings {
    /// A name that leads nowhere would leave out the way that was meant.
    var signInFaults: [SettingsFault] {
        let known = SignInMethod.own.map(\.name) + providerDrafts.given.map(\.id)
        return (signInNames ?? []).filter { !known.contains($0.text) }.map { name in
            let guess = Spelling.nearest(to: name.text, among: known).map { "did you mean \($0)?" }
            let isKind = UpstreamProvider.Kind(rawValue: name.text) != nil
            let advice = isKind ? "give providers.\(name.text) with its client_id and client_secret" : guess
            return SettingsFault(
                name.origin,
                "sign_in.methods names \(Seen.quoted(name.text)), which is none of \(known.joined(separator: ", "))"
                    + (advice.map { "; \($0)" } ?? ""))
        }
    }
}
