import JSON
import OAuth

/// A person, keyed by e-mail address, known to clients by an opaque subject that is never reused (JW6).
package struct Account: Sendable, Equatable {
    package enum Status: String, Sendable {
        case active
        case disabled
    }

    /// `sub`: 128 random bits.
    package let id: String
    package let email: EmailAddress
    package let isEmailVerified: Bool
    package let profile: Profile
    package let roles: [Role]
    /// A deleted account is disabled as well.
    package let status: Status
    package let deletion: Deletion?
    /// Argon2id PHC string, or `scheme:blob` until somebody who was imported first signs in (`ImportedHash`); `nil` for
    /// somebody without a password.
    package let passwordHash: String?
    package let createdAt: Instant
    package let updatedAt: Instant
    /// Whether the password was set through the mailbox, and so proves no more than that.
    package let isPasswordMailed: Bool

    package init(
        id: String, email: EmailAddress, isEmailVerified: Bool, profile: Profile, roles: [Role] = [],
        status: Status = .active, deletion: Deletion? = nil, passwordHash: String?, createdAt: Instant,
        updatedAt: Instant, isPasswordMailed: Bool = false
    ) {
        self.id = id
        self.email = email
        self.isEmailVerified = isEmailVerified
        self.profile = profile
        self.roles = roles
        self.status = deletion == nil ? status : .disabled
        self.deletion = deletion
        self.passwordHash = passwordHash
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.isPasswordMailed = isPasswordMailed
    }

    /// What its password proves, as a word of the ledger.
    package var passwordMethod: String { isPasswordMailed ? Proof.mailedPassword : Proof.password }
}

/// What a person says of themselves; OpenID Connect Core §5.1. All optional.
package struct Profile: Sendable, Equatable {
    package var name: String?
    package var givenName: String?
    package var familyName: String?
    /// `preferred_username`, which is what `Username` allows; unique in its canonical form.
    package var preferredUsername: String?
    package var picture: String?
    package var locale: String?
    package var zoneInfo: String?
    /// `YYYY-MM-DD`; see `Birthdate`.
    package var birthdate: String?
    package var biography: String?
    /// What this installation adds, by the names its settings give.
    package var attributes: JSONObject

    package init(
        name: String? = nil, givenName: String? = nil, familyName: String? = nil, preferredUsername: String? = nil,
        picture: String? = nil, locale: String? = nil, zoneInfo: String? = nil, birthdate: String? = nil,
        biography: String? = nil, attributes: JSONObject = JSONObject()
    ) {
        self.name = name
        self.givenName = givenName
        self.familyName = familyName
        self.preferredUsername = preferredUsername
        self.picture = picture
        self.locale = locale
        self.zoneInfo = zoneInfo
        self.birthdate = birthdate
        self.biography = biography
        self.attributes = attributes
    }
}

/// A role, held everywhere (`context` empty) or in one context, say a project.
package struct Role: Sendable, Hashable {
    package static let administrator = Role("administrator")

    package let name: String
    package let context: String

    package init(_ name: String, context: String = "") {
        self.name = name
        self.context = context
    }
}
