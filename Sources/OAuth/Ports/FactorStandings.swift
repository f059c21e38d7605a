/// How somebody who is signed in stands to second factors, as far as the rules of a request need it.
package struct FactorStanding: Sendable, Equatable {
    /// Whether the person has a factor that can be asked for. `false` where second factors are switched off.
    package let isEnrolled: Bool
    /// Levels that this sign-in reaches once one of the person's factors is proven.
    package let reachable: [String]
    /// Levels that it reaches once a factor is set up; empty where none may be.
    package let enrollable: [String]
    /// Levels that the person's roles demand, each at least; the same names as in `acr`.
    package let demanded: [String]
    /// Whether a factor must be set up before anything is answered: a role demands one, and the grace period is over.
    package let mustEnrol: Bool
    /// Whether there is a kind of factor that the person could set up; if need be after proving who they are, or their
    /// address.
    package let canEnrol: Bool

    package init(
        isEnrolled: Bool = false, reachable: [String] = [], enrollable: [String] = [], demanded: [String] = [],
        mustEnrol: Bool = false, canEnrol: Bool = true
    ) {
        self.isEnrolled = isEnrolled
        self.reachable = reachable
        self.enrollable = enrollable
        self.demanded = demanded
        self.mustEnrol = mustEnrol
        self.canEnrol = canEnrol
    }
}

/// Second factors, as the rules ask for them. What cannot be found out is thrown, and refuses: nobody is let through
/// because nobody could say (MF6).
package protocol FactorStandings: Sendable {
    /// - Parameter clientID: the client that asks; its enrolment may be compulsory, too.
    func standing(of authentication: Authentication, for clientID: String, at now: Instant) async throws
        -> FactorStanding
}
