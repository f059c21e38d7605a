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
    /// `acr`: the level that is told of it.
    package let level: String
    /// All levels that the proofs reach, in rising order.
    package let reached: [String]
    /// When a second factor was last proven.
    package let factorTime: Instant?
    /// Whether the second factor that policy asks for is still to be proven. Good for clients that are exempt from it, and
    /// for nothing else.
    package let isHalf: Bool
    /// What was proven, as long as the session is at hand: for what it could still become. Grants keep no ledger, so that
    /// two tellings of one sign-in are the same with it and without.
    package let proofs: [Proof]

    /// What `martlet_sign_in_methods` calls a value of `amr`; an upstream provider goes by its own name in both.
    package static func methodName(of proof: String) -> String {
        switch proof {
        case "pwd": "password"
        case "email": "magic_link"
        case "pop": "passkey"
        default: proof
        }
    }

    package init(
        subject: String, sessionID: String, time: Instant, methods: [String], level: String, reached: [String]? = nil,
        factorTime: Instant? = nil, isHalf: Bool = false, proofs: [Proof] = []
    ) {
        self.subject = subject
        self.sessionID = sessionID
        self.time = time
        self.methods = methods
        self.level = level
        self.reached = reached ?? [level]
        self.factorTime = factorTime
        self.isHalf = isHalf
        self.proofs = proofs
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.subject == right.subject && left.sessionID == right.sessionID && left.time == right.time
            && left.methods == right.methods && left.level == right.level && left.reached == right.reached
            && left.factorTime == right.factorTime && left.isHalf == right.isHalf
    }

    /// The same, told at another of the levels it reaches.
    package func told(at level: String) -> Authentication {
        Authentication(
            subject: subject, sessionID: sessionID, time: time, methods: methods, level: level, reached: reached,
            factorTime: factorTime, isHalf: isHalf, proofs: proofs)
    }
}
