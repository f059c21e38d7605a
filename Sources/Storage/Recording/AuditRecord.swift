import OAuth

/// A security event as it is kept: who did what to whom, when, from where, with which outcome (CF1, CF2).
package struct AuditRecord: Sendable, Equatable {
    /// 30 letters that sort by time, one process's in the order in which they happened.
    package let id: String
    /// Microseconds since 1970-01-01T00:00:00Z.
    package let at: Int64
    package let kind: String
    package let outcome: String
    package let actor: String
    package let subject: String?
    package let clientID: String?
    /// The network an address belongs to, never the address itself.
    package let network: String?
    /// Of the request, as a page of refusal shows it.
    package let reference: String?
    /// Which run of the program wrote it.
    package let process: String
    package let details: [String: String]

    package init(
        id: String, at: Int64, kind: String, outcome: String, actor: String, subject: String?, clientID: String?,
        network: String?, reference: String?, process: String, details: [String: String]
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.outcome = outcome
        self.actor = actor
        self.subject = subject
        self.clientID = clientID
        self.network = network
        self.reference = reference
        self.process = process
        self.details = details
    }
}

/// Which events are asked for; what is `nil` does not matter.
package struct AuditQuery: Sendable {
    /// Microseconds; this instant included.
    package var since: Int64?
    package var kind: String?
    package var subject: String?
    package var clientID: String?
    package var reference: String?
    /// The latest so many.
    package var limit = 100

    package init() {}
}
