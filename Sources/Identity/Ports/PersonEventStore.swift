import OAuth

/// What a person may read of the record of security events: what is about themselves.
package protocol PersonEventStore: Sendable {
    /// The latest, the oldest of them first.
    func events(about subject: String, limit: Int) async throws -> [PersonEvent]
}

/// A security event, as told to the person it is about.
package struct PersonEvent: Sendable, Equatable {
    package let time: Instant
    package let kind: String
    package let outcome: String
    package let clientID: String?
    package let network: String?

    package init(time: Instant, kind: String, outcome: String, clientID: String?, network: String?) {
        self.time = time
        self.kind = kind
        self.outcome = outcome
        self.clientID = clientID
        self.network = network
    }
}
