import OAuth

/// Who may sign in by a link that is mailed, and how. Asked when a link is asked for and again when it is redeemed.
package struct MagicLinkPolicy: Sendable, Equatable {
    /// What people with an account at an upstream provider get (B137).
    package enum UpstreamPeople: String, Sendable, CaseIterable {
        /// A mail that says which button to use, without a link that signs in.
        case hint
        case allow
    }

    /// What a link does in a browser that did not ask for it (ML2).
    package enum CrossDevice: String, Sendable, CaseIterable {
        /// Nothing: the person goes back, or types the code there.
        case goBack = "go_back"
        /// It signs in there, to the account page, after a button. What was begun elsewhere stays there.
        case loginHere = "login_here"
    }

    /// Seconds that a link and its code are good; D9.
    package static let defaultLifetime: Int64 = 600

    package var people: MagicLinkPeople
    package var upstreamPeople: UpstreamPeople
    package var crossDevice: CrossDevice
    package var lifetime: Int64
    /// Whether a link is good only from the address that asked for it; IPv6 by /64 (B048).
    package var verifiesAddress: Bool
    /// Whether people can come in by a password as well.
    package var takesPasswords = true
    /// By which providers they can.
    package var providers: [String] = []

    package init(
        people: MagicLinkPeople = .optIn, upstreamPeople: UpstreamPeople = .hint, crossDevice: CrossDevice = .goBack,
        lifetime: Int64 = Self.defaultLifetime, verifiesAddress: Bool = false
    ) {
        self.people = people
        self.upstreamPeople = upstreamPeople
        self.crossDevice = crossDevice
        self.lifetime = lifetime
        self.verifiesAddress = verifiesAddress
    }

    /// What is looked at.
    struct Candidate: Sendable {
        let account: Account
        let preferences: Preferences
        let methods: [String]

        /// How this person comes in without a link.
        func waysElse(withPasswords: Bool) -> [String] {
            let password = withPasswords && account.passwordHash != nil ? [PasswordSignIn.method] : []
            return password + methods.filter(SignInMethodUse.isUpstream)
        }
    }

    /// What becomes of a request, by the account alone.
    enum Answer: Sendable, Equatable {
        case link
        /// Links are not for this person: by which other ways they have come in.
        case hint([String])
        case nothing
    }

    /// - Parameter isHere: whether the account is active, or its person may come back to it.
    func answer(for subject: Candidate?, isHere: Bool) -> Answer {
        guard let subject, isHere else { return .nothing }
        let upstream = subject.methods.filter(SignInMethodUse.isUpstream)
        guard upstreamPeople == .allow || upstream.isEmpty else { return .hint(upstream) }
        return permits(subject) ? .link : .hint(subject.waysElse(withPasswords: takesPasswords))
    }

    func permits(_ subject: Candidate) -> Bool {
        switch people {
        case .anybody: true
        case .optIn: subject.preferences.magicLinks
        case .roles(let names): subject.account.roles.contains { names.contains($0.name) }
        }
    }
}

extension SignInMethodUse {
    /// Whether a method is the name of an upstream provider, and no `amr` of ours.
    static func isUpstream(_ method: String) -> Bool {
        !["pwd", "otp", MagicLinkSignIn.method, StaffLinks.method].contains(method)
    }
}
