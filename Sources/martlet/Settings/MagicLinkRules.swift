import Identity
import Web

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
            links.policy == .optIn && settings.signInMethods == [.magicLink]
                ? fault(
                    "magic_link.policy", "sign_in.methods",
                    "magic_link.policy is opt_in, but sign_in.methods has nothing else to come in by and opt in; "
                        + "make the policy any or roles, or add password there") : nil,
            links.crossDevice == .loginHere && links.lifetime > MagicLinkSettings.longestElsewhere
                ? fault(
                    "magic_link.lifetime", "magic_link.cross_device",
                    "magic_link.lifetime is longer than \(longest), which is for links that are good only in the browser that "
                        + "asked; make it shorter, or magic_link.cross_device go_back") : nil,
        ].compactMap { $0 }
    }
}
