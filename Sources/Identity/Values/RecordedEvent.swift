import OAuth

/// A security event as it was written down.
package struct RecordedEvent: Sendable, Equatable {
    package let id: String
    /// Microseconds since 1970-01-01T00:00:00Z.
    package let at: Int64
    package let kind: String
    package let outcome: String
    package let actor: String
    package let clientID: String?
    package let network: String?
    package let reference: String?
    package let details: [String: String]

    /// In UTC, to the millisecond (RFC 3339).
    package var time: String {
        let (seconds, rest) = at.quotientAndRemainder(dividingBy: 1_000_000)
        let thousandths = String(max(0, rest) / 1000 + 1000).dropFirst()
        return "\(Instant(seconds: seconds))".dropLast() + ".\(thousandths)Z"
    }

    package init(
        id: String, at: Int64, kind: String, outcome: String, actor: String, clientID: String?, network: String?,
        reference: String?, details: [String: String]
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.outcome = outcome
        self.actor = actor
        self.clientID = clientID
        self.network = network
        self.reference = reference
        self.details = details
    }
}
