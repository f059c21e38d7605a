import Identity

/// The settings of providers: the same for each, below a name that is the operator's.
enum ProviderCatalogue {
    /// What they all stand below.
    static let level = "providers"

    /// For the table and the help, where each stands once.
    static let documented = settings(of: "ID")

    static func settings(of id: String) -> [Setting] {
        let names = Names(id: id)
        return [
            Setting(
                names["type"], \.providerDrafts[id].type, .choice, otherwise: "ID, where it is one of them",
                "What it speaks: github, google, discord, facebook, microsoft, apple, gitlab or openid."),
            Setting(
                names["client_id"], \.providerDrafts[id].clientID, .clientID,
                "The id it gave you; without it, it is off."),
            Setting(
                names["client_secret"], \.providerDrafts[id].clientSecret, .providerSecret, isSecret: true,
                mayStandInFile: true, "The secret it gave you, for apple the key (.p8); without it, it is off."),
            Setting(
                names["name"], \.providerDrafts[id].name, .words, otherwise: "its usual name",
                "What it is called on buttons."),
            Setting(
                names["scopes"], \.providerDrafts[id].scopes, .providerScopes, otherwise: "the fewest that do",
                "What it is asked to tell, instead of the usual."),
            Setting(
                names["base_url"], \.providerDrafts[id].baseURL, .baseURL, otherwise: "its own",
                "Where it is instead: GitHub Enterprise, a GitLab of your own."),
            Setting(
                names["issuer"], \.providerDrafts[id].issuer, .providerIssuer,
                "With the type openid, which needs it: what it calls itself in its discovery document."),
            Setting(
                names["pkce"], \.providerDrafts[id].usesProofKey, .yesOrNo,
                "Whether it takes PKCE; false for one that refuses it."),
            Setting(
                names["link_by_address"], \.providerDrafts[id].linksByAddress, .yesOrNo,
                "Whether an address that it and we have proven connects an account without asking."),
            Setting(
                names["keep_tokens"], \.providerDrafts[id].keepsTokens, .yesOrNo,
                "Whether its tokens are kept, sealed, or thrown away once read."),
            Setting(
                names["organisation"], \.providerDrafts[id].organisation, .organisation, otherwise: "anybody",
                "Of google the Workspace's domain, or * for any; of microsoft the tenant's id."),
            Setting(names["team"], \.providerDrafts[id].team, .tenSigns, "Of apple: the Team ID."),
            Setting(names["key_id"], \.providerDrafts[id].keyID, .tenSigns, "Of apple: the Key ID of the key."),
        ]
    }

    /// Of all that may be given: those that stand in the file, and those that need not, because their name says it all.
    static func settings(inFile ids: [String]) -> [Setting] {
        let kinds = UpstreamProvider.Kind.allCases.map(\.rawValue)
        return (ids + kinds.filter { !ids.contains($0) }).flatMap(settings)
    }

    /// Whose setting it is, by the setting's name.
    static func provider(in name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == level, UpstreamProvider.isID(String(parts[1])) else { return nil }
        return String(parts[1])
    }

    private struct Names {
        let id: String
        subscript(_ key: String) -> String { "\(level).\(id).\(key)" }
    }
}

extension ProviderCatalogue {
    /// A name that would be taken for something else, or for part of an address.
    static func noID(_ name: String, at origin: SettingOrigin) -> SettingsFault {
        guard !UpstreamProvider.reserved.contains(name) else {
            return SettingsFault(
                origin,
                "no provider can be called \(Seen.quoted(name)), which means something else; give it another name")
        }
        let kinds = UpstreamProvider.Kind.allCases.map(\.rawValue)
        let guess = Spelling.nearest(to: name.lowercased(), among: kinds)
        return SettingsFault(
            origin,
            "no provider can be called \(Seen.quoted(name)); a name is of 2 to 32 small letters, digits, - and _, and begins "
                + "with a letter" + (guess.map { "; did you mean \($0)?" } ?? ""))
    }
}
