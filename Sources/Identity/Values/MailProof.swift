import JSON
import OAuth

/// A proof of a mailbox that is waited for: one mail with a link and a code, either of which is good once.
///
/// Each purpose is a name space of its own: a link to confirm a sign-up never resets a password (JW4).
package struct MailProof: Sendable, Equatable {
    package enum Purpose: String, Sendable, CaseIterable {
        /// A new account; its draft is in `detail`.
        case signUp = "sign_up"
        /// The address of an account that was never proven.
        case verification
        /// A forgotten password.
        case recovery
        /// The new address of an account.
        case addressChange = "address_change"
        /// That it is still the same person, before something sensitive, where there is no password to ask for.
        case freshness
        /// Signing in by mail.
        case magicLink = "magic_link"
        /// Signing in by a link that staff made, which no mail carries.
        case staffLink = "staff_link"
        /// An address that a provider has not proven, of somebody who comes from there.
        case upstream
        /// The second factor of a sign-in; bound to its session by `detail`.
        case secondFactor = "second_factor"
        /// To begin getting back in without any factor.
        case factorRecovery = "factor_recovery"
    }

    /// Wrong codes after which only the link is left (ML8).
    package static let codeTries: Int64 = 5

    package let link: TokenDigest
    package let code: TokenDigest
    package let purpose: Purpose
    /// `nil` for an address that nobody has: nothing comes of it, but it is counted and answered alike (PW10).
    package let accountID: String?
    package let address: EmailAddress
    /// The browser that asked.
    package let browser: TokenDigest
    /// What belongs to the purpose, for as long as it is waited for: the draft of a new account has the hash of its password
    /// here. Cleared when it is spent, removed when it is over. Never a password, a link or a code.
    package let detail: JSONObject
    package let createdAt: Instant
    package let expiresAt: Instant

    package init(
        link: TokenDigest, code: TokenDigest, purpose: Purpose, accountID: String?, address: EmailAddress,
        browser: TokenDigest, detail: JSONObject = JSONObject(), createdAt: Instant, expiresAt: Instant
    ) {
        self.link = link
        self.code = code
        self.purpose = purpose
        self.accountID = accountID
        self.address = address
        self.browser = browser
        self.detail = detail
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
