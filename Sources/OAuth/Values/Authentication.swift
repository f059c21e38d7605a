/// That a person was at the door: who, when, how. What an ID token says of a sign-in (OpenID Connect
/// Core §2) is copied from here and from nowhere else.
package struct Authentication: Sendable, Equatable {
    /// The account's opaque, stable identifier: `sub`.
    package let subject: String
    /// Public identifier of the session: `sid` (OpenID Connect Front-Channel Logout §3). Not its secret.
    package let sessionID: String
    /// `auth_time`: when the person last proved anything.
    package let time: Instant
    /// `amr`, RFC 8176.
    package let methods: [String]
    /// `acr`: the level that the proofs reach.
    package let level: String

    /// What `martlet_sign_in_methods` calls a value of `amr`; an upstream provider goes by its own name in both.
    package static func methodName(of proof: String) -> String {
        switch proof {
        case "pwd": "password"
        case "email": "magic_link"
        default: proof
        }
    }

    package init(subject: String, sessionID: String, time: Instant, methods: [String], level: String) {
        self.subject = subject
        self.sessionID = sessionID
        self.time = time
        self.methods = methods
        self.level = level
    }
}

/// The authentication levels (`acr`) that can be reached here.
package enum AuthenticationLevel {
    /// One proof: a password, a mailbox, an upstream account.
    package static let single = "urn:martlet:acr:1"

    /// In rising order; discovery publishes this list.
    package static let reachable = [single]
}
