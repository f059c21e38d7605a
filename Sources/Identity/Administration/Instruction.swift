import OAuth

/// Who has something done to somebody, by which way, and why (CF2).
package struct Instruction: Sendable {
    /// How an operator got here; `method` of the events.
    package enum Way: String, Sendable {
        case command
        case api
        case page
    }

    /// `nil` at the command line, where the process knows who runs it.
    package let actor: AuditEvent.Actor?
    package let way: Way
    package let reason: Reason
    /// Whether the person hears nothing of it by mail.
    package let isQuiet: Bool
    /// What the account's `version` must still be, where the caller has seen it (If-Match).
    package let version: String?
    /// Whether whoever instructs may make administrators, and do something to those who are.
    package let mayAppoint: Bool

    package init(
        by actor: AuditEvent.Actor? = nil, _ way: Way, because reason: Reason, isQuiet: Bool = false,
        ifStill version: String? = nil, mayAppoint: Bool
    ) {
        self.actor = actor
        self.way = way
        self.reason = reason
        self.isQuiet = isQuiet
        self.version = version
        self.mayAppoint = mayAppoint
    }

    /// Whether something may be done that somebody with these roles has before or after it: who is administrator is not
    /// for everybody to say, and shutting one out, or letting one in again, says it too.
    func mayConcern(_ roles: [Role]) -> Bool { mayAppoint || !roles.contains(.administrator) }

    /// Whether the account is still as whoever instructs has seen it.
    func isMeant(for account: Account) -> Bool { version.map { $0.isExactly(account.version) } ?? true }

    func event(
        _ kind: AuditEvent.Kind, of subject: String?, _ details: [String: String] = [:]
    ) -> AuditEvent {
        let always = ["method": way.rawValue, "why": reason.text]
        return AuditEvent(kind, by: actor, subject: subject, details: details.merging(always) { first, _ in first })
    }
}
