import OAuth

/// What the operator decided about second factors.
package struct FactorPolicy: Sendable, Equatable {
    /// Off: nobody is asked, nobody can set one up, and what was set up stays for when it is switched on again (B099).
    package var isOn = true
    /// Those that can be set up and asked for.
    package var kinds: [Factor.Kind] = Factor.Kind.allCases
    /// Seconds for which a browser is remembered if its person says so; 0: never (B100).
    package var rememberedFor: Int64 = 14 * 86_400
    package var tries = FactorTries()
    /// Seconds (B101).
    package var mailCodeLifetime: Int64 = 600
    /// Whose people are not asked (B104).
    package var exemptRoles: [String] = []
    /// Apps that are served without (by client id).
    package var exemptClients: [String] = []
    /// Pages of ours that are shown without, by whole segments (B106).
    package var exemptPaths: [String] = []
    /// Whose people must set one up; `*` for everybody.
    package var requiredRoles: [String] = []
    /// Apps whose people must.
    package var requiredClients: [String] = []
    /// Seconds that they have for it, from the first time it is asked.
    package var grace: Int64 = 7 * 86_400
    /// Seconds between asking to get back in without any, and getting in (MF9).
    package var recoveryWait: Int64 = 86_400
    package var levels = AuthenticationLevels.standard
    /// Levels that roles demand, by the role's name.
    package var roleLevels: [String: String] = [:]

    package init() {}

    /// Kinds that are something more than what this person comes in by. A code by mail is for people with a password that
    /// is not itself as good as the mailbox.
    package func kinds(for account: Account, takesPasswords: Bool) -> [Factor.Kind] {
        let hasOwnPassword = takesPasswords && account.passwordHash != nil && !account.isPasswordMailed
        return kinds.filter { $0 != .mailCode || hasOwnPassword }
    }

    /// How long a session that lacks its second factor lasts, in seconds.
    package static let halfLifetime: Int64 = 900
    /// How long somebody may take to finish a recovery that is ready, in seconds.
    package static let recoveryOpen: Int64 = 7 * 86_400
    /// How long a first factor can be taken back by the mail about it, in seconds.
    package static let undoLifetime: Int64 = 7 * 86_400
    /// A backup set; at so few left its person is told (B110).
    package static let backupCodes = 10
    package static let fewBackupCodes = 2
}

/// Why no second factor is asked for at a sign-in of somebody who has one. It is written on the session, and satisfies
/// no demanded level or age.
package enum FactorWaiver: Sendable, Equatable {
    case off
    case exemptRole(String)
    case remembered(TokenDigest)

    /// For the record.
    package var reason: String {
        switch self {
        case .off: "off"
        case .exemptRole: "exempt_role"
        case .remembered: "remembered"
        }
    }

    /// As it is written on the session: without the secret's digest, but with the role's name.
    package var word: String {
        if case .exemptRole(let role) = self { Self.exemptRoleWord + role } else { reason }
    }

    /// What `word` begins with where a role is why.
    package static let exemptRoleWord = "exempt_role:"
}
