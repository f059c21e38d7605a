import OAuth

/// A mail to a person, as the rules say it: what it is about and the facts it tells, no words. The words and the look
/// are chosen when it is sent.
package struct Letter: Sendable, Equatable {
    /// Which mail it is. The raw value names its sentences in the catalogue (`mail.<kind>.…`).
    package enum Kind: String, Sendable, CaseIterable {
        /// `martlet mail test`.
        case test
        /// Somebody signs up with this address: prove it.
        case signUp = "sign_up"
        /// Somebody signs up with the address of an account: its person is told, and how to get in.
        case alreadyRegistered = "already_registered"
        case invitation
        /// An account whose address was never proven: prove it.
        case verification
        case welcome
        case recovery
        /// A code alone: that it is still the same person.
        case confirmation
        /// The password was set, changed or reset.
        case passwordChanged = "password_changed"
        /// To the new address: prove it.
        case addressChange = "address_change"
        /// To the address in force: somebody asks for another one, and how to stop that.
        case addressChangeRequested = "address_change_requested"
        /// To the old address: it was changed, and how to undo that.
        case addressChanged = "address_changed"
        /// To the person whose address somebody else wanted for their own account.
        case addressTaken = "address_taken"
        /// To the address that an undo took away again.
        case addressRestored = "address_restored"
        /// A sign-in, from a browser not seen before or from any.
        case signInNotice = "sign_in_notice"
        case noticesTurnedOff = "notices_turned_off"
        /// A link and a code to sign in with.
        case magicLink = "magic_link"
        /// Somebody asked for such a link, and links are not for this person: how else to come in.
        case magicLinkNotForYou = "magic_link_not_for_you"
        /// Staff made a link to sign in with for this person.
        case staffLinkMade = "staff_link_made"
        /// An account at a provider was connected, or is not any more.
        case identityLinked = "identity_linked"
        case identityRemoved = "identity_removed"
        /// A code alone: the second factor, by mail.
        case secondFactorCode = "second_factor_code"
        /// The first factor was set up, and how to take that back.
        case firstFactorAdded = "first_factor_added"
        /// A second factor was set up, or removed.
        case factorAdded = "factor_added"
        case factorRemoved = "factor_removed"
        /// Too many wrong codes after a right first step.
        case factorLocked = "factor_locked"
        /// One of the codes on paper was used; how many are left.
        case backupCodeUsed = "backup_code_used"
        case backupCodesRenewed = "backup_codes_renewed"
        /// A code alone: to begin getting back in without a factor.
        case factorRecovery = "factor_recovery"
        /// To every address: the waiting has begun, and how to stop it.
        case factorRecoveryAsked = "factor_recovery_asked"
        /// A second factor was proven while the waiting went on.
        case factorRecoveryCancelled = "factor_recovery_cancelled"
        case factorRecovered = "factor_recovered"
        /// An administrator removed all factors of this person.
        case factorsReset = "factors_reset"
        case magicLinksTurnedOn = "magic_links_turned_on"
        case deletionPlanned = "deletion_planned"
        case accountRestored = "account_restored"
        case accountDisabled = "account_disabled"
        /// An administrator starts recovery for this person.
        case recoveryStarted = "recovery_started"
    }

    /// Something told in the mail beside its sentences. The raw value names its label in the catalogue
    /// (`mail.fact.<fact>`).
    package enum Fact: String, Sendable, CaseIterable {
        case time
        case device
        case address
        case place
        case method
        case application
        /// An address of the account: the new or the old one.
        case emailAddress = "email_address"
        case until
        case reason
        /// How many backup codes are left.
        case codesLeft = "codes_left"
    }

    /// How long news of a change is worth sending, in seconds.
    static let newsLifetime: Int64 = 3 * 86_400

    package let kind: Kind
    package let to: EmailAddress
    /// Whose account it is about; mail about one goes when the account goes.
    package let accountID: String?
    /// The name to greet by, if it is known.
    package let name: String?
    /// The one action: a path of this server, beginning with `/`. The issuer is put before it when it is sent, and
    /// nothing else ever is (ML5).
    package let path: String?
    /// For "if this was not you": as `path`.
    package let secondPath: String?
    /// To be typed where it was asked for.
    package let code: String?
    /// In the order they are told; times as seconds since 1970.
    package let facts: [(fact: Fact, value: String)]
    /// From then on it is not sent any more: what it carries has expired, or it is old news.
    package let expiresAt: Instant

    package init(
        _ kind: Kind, to: EmailAddress, about accountID: String? = nil, name: String? = nil, path: String? = nil,
        secondPath: String? = nil, code: String? = nil, facts: [(fact: Fact, value: String)] = [],
        expiresAt: Instant
    ) {
        self.kind = kind
        self.to = to
        self.accountID = accountID
        self.name = name
        self.path = path
        self.secondPath = secondPath
        self.code = code
        self.facts = facts
        self.expiresAt = expiresAt
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.kind == right.kind && left.to == right.to && left.accountID == right.accountID && left.name == right.name
            && left.path == right.path && left.secondPath == right.secondPath && left.code == right.code
            && left.facts.elementsEqual(right.facts) { $0.fact == $1.fact && $0.value == $1.value }
            && left.expiresAt == right.expiresAt
    }
}
