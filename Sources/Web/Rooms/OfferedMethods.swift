import Identity
import OAuth

extension Rooms {
    /// What a person may choose from: what the server has and the app, if there is one, wants.
    func methods(for client: Client?) -> [SignInMethod] {
        let wanted = client?.policy.signInMethods ?? []
        return settings.signInMethods.filter { wanted.isEmpty || wanted.contains($0.name) }
    }

    /// Whether strangers are shown the form for an account, which asks for a password. By a provider they come without.
    var offersSignUp: Bool { signUp.policy.isOffered && settings.takesPasswords }

    /// Whether people decide for themselves about links by mail; otherwise the operator has.
    var asksForMagicLinks: Bool {
        settings.signInMethods.contains(.magicLink) && magicLinks.policy.people == .optIn
    }
}
