/// How people can sign in; the raw value is its name in `sign_in.methods` and `martlet_sign_in_methods`.
package enum SignInMethod: String, Sendable, CaseIterable {
    case password
    case magicLink = "magic_link"
}

extension WebSettings {
    /// Otherwise no page asks for a password, sets one, or brings one back (B134).
    var takesPasswords: Bool { signInMethods.contains(.password) }
}
