import OAuth

/// What a person may read of the record of security events: what is about themselves.
package protocol PersonEventStore: Sendable {
    /// The latest, the oldest of them first.
    func events(about subject: String, limit: Int) async throws -> [PersonEvent]
}

/// A security event, as told to the person it is about.
///
/// What others did to the account is told, and not from where: that says something of them.
package struct PersonEvent: Sendable, Equatable {
    /// Whose doing it was, as far as it concerns the person.
    package enum Doer: String, Sendable {
        case person
        /// Somebody who had proven nothing: perhaps the person.
        case visitor
        /// An app that the person uses.
        case app
        case server
        /// Whoever runs this service: at the command line, as an administrator, or by an app for that.
        case `operator`
    }

    package let time: Instant
    package let kind: String
    package let outcome: String
    package let doer: Doer
    /// `nil` for what an operator did.
    package let clientID: String?
    /// Where the person was, or whoever tried to be them.
    package let network: String?

    package init(time: Instant, kind: String, outcome: String, by doer: Doer, clientID: String?, network: String?) {
        self.time = time
        self.kind = kind
        self.outcome = outcome
        self.doer = doer
        self.clientID = doer == .operator ? nil : clientID
        self.network = doer == .person || doer == .visitor ? network : nil
    }
}
