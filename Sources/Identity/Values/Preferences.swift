/// What people decide about their sign-in. Somebody who never decided has the defaults.
package struct Preferences: Sendable, Equatable {
    /// Of which sign-ins a person hears by mail.
    package enum SignInNotices: String, Sendable, CaseIterable {
        case newBrowsers = "new_browsers"
        case all
        case none
    }

    /// Whether links by mail may sign this person in, where the server asks each of them (B086).
    package var magicLinks: Bool
    package var signInNotices: SignInNotices

    /// One of them, as one form has it.
    package enum Decision: Sendable, Equatable {
        case magicLinks(Bool)
        case signInNotices(SignInNotices)
    }

    package mutating func decide(_ decision: Decision) {
        switch decision {
        case .magicLinks(let isOn): magicLinks = isOn
        case .signInNotices(let notices): signInNotices = notices
        }
    }

    package init(magicLinks: Bool = false, signInNotices: SignInNotices = .newBrowsers) {
        self.magicLinks = magicLinks
        self.signInNotices = signInNotices
    }
}
