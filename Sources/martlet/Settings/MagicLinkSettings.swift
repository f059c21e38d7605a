import Identity

/// Who may sign in by a link that is mailed, and how.
struct MagicLinkSettings: Sendable, Equatable {
    enum Policy: String, Sendable, CaseIterable {
        /// Whoever has switched it on among their own preferences.
        case optIn = "opt_in"
        /// Whoever holds one of `roles`.
        case roles
        case anybody = "any"
    }

    var policy = Policy.optIn
    var roles: [String] = []
    /// Seconds.
    var lifetime = MagicLinkPolicy.defaultLifetime
    var crossDevice = MagicLinkPolicy.CrossDevice.goBack
    var verifiesAddress = false
    var upstreamPeople = MagicLinkPolicy.UpstreamPeople.hint

    /// The longest that a link is good in a browser that did not ask for it (D9).
    static let longestElsewhere = MagicLinkPolicy.defaultLifetime

    var rules: MagicLinkPolicy {
        MagicLinkPolicy(
            people: people, upstreamPeople: upstreamPeople, crossDevice: crossDevice, lifetime: lifetime,
            verifiesAddress: verifiesAddress)
    }

    private var people: MagicLinkPeople {
        switch policy {
        case .optIn: .optIn
        case .roles: .roles(roles)
        case .anybody: .anybody
        }
    }
}

extension SettingFormat where Value == [String] {
    /// Each once: a name that stands there twice was meant to be another.
    static let roleNames: SettingFormat<[String]> = {
        let expected = "names of roles: letters, digits, - and _, at most \(RoleName.longest)"
        let list = SettingFormat<String>.single(expected, text: { $0 }) { raw throws(SettingRefusals) in
            guard RoleName.isValid(raw.text) else { throw SettingRefusals(raw) }
            return raw.text
        }.list(expected)
        return SettingFormat<[String]>(expected: list.expected, text: list.text) { raw throws(SettingRefusals) in
            let names = try list.parse(raw)
            if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
                throw SettingRefusals(because: "\(twice) stands there twice")
            }
            return names
        }
    }()
}
