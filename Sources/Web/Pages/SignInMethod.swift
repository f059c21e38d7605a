/// How people can sign in, by its name in `sign_in.methods` and `martlet_sign_in_methods`.
package enum SignInMethod: Sendable, Hashable {
    case password
    case magicLink
    /// By the provider of this id.
    case upstream(String)

    /// What there is without anybody else.
    package static let own: [Self] = [.password, .magicLink]

    /// Whatever is no name of ours is a provider's id.
    package init(name: String) {
        self = Self.own.first { $0.name == name } ?? .upstream(name)
    }

    package var name: String {
        switch self {
        case .password: "password"
        case .magicLink: "magic_link"
        case .upstream(let id): id
        }
    }
}

extension WebSettings {
    /// Otherwise no page asks for a password, sets one, or brings one back (B134).
    var takesPasswords: Bool { signInMethods.contains(.password) }
}
