import OAuth

/// How people can sign in; the raw value is its name in `sign_in.methods` and `martlet_sign_in_methods`.
package enum SignInMethod: String, Sendable, CaseIterable {
    case password
    case magicLink = "magic_link"
}

extension WebSettings {
    /// Otherwise no page asks for a password, sets one, or brings one back (B134).
    var takesPasswords: Bool { signInMethods.contains(.password) }
}

extension Rooms {
    /// What a person may choose from: what the server has and the app, if there is one, wants.
    func methods(for client: Client?) -> [SignInMethod] {
        let wanted = client?.policy.signInMethods ?? []
        return settings.signInMethods.filter { wanted.isEmpty || wanted.contains($0.rawValue) }
    }

    /// Whether people decide for themselves about links by mail; otherwise the operator has.
    var asksForMagicLinks: Bool {
        settings.signInMethods.contains(.magicLink) && magicLinks.policy.people == .optIn
    }
}
