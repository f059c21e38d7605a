import Identity

extension SettingsRules {
    /// A list of roles that nobody reads would let in more people than its writer thinks, or fewer.
    var magicLinkFaults: [SettingsFault] {
        let links = settings.magicLinks
        let longest = SpanText.text(MagicLinkSettings.longestElsewhere)
        return [
            links.policy == .roles && links.roles.isEmpty
                ? fault(
                    "magic_link.policy", nil, "magic_link.policy is roles, but magic_link.roles names none; name them")
                : nil,
            links.policy != .roles && !links.roles.isEmpty
                ? fault(
                    "magic_link.roles", nil,
                    "magic_link.roles is given, but magic_link.policy is \(links.policy.rawValue); give the policy roles, "
                        + "or leave them out") : nil,
            settings.signInMethods == [.magicLink] && links.policy == .optIn
                ? fault(
                    "sign_in.methods", "magic_link.policy",
                    "sign_in.methods leaves out password, and magic_link.policy is opt_in: whoever has not switched links on "
                        + "could never come in to do so; give magic_link.policy any or roles") : nil,
            links.crossDevice == .loginHere && links.lifetime > MagicLinkSettings.longestElsewhere
                ? fault(
                    "magic_link.lifetime", "magic_link.cross_device",
                    "magic_link.lifetime is longer than \(longest), which is for links that are good only in the browser that "
                        + "asked; make it shorter, or magic_link.cross_device go_back") : nil,
        ].compactMap { $0 }
    }
}
