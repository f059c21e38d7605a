import OAuth

/// Every place that security events go to, in the order they are told.
struct AuditLogs: AuditLog {
    let all: [any AuditLog]

    func record(_ event: AuditEvent) {
        for log in all { log.record(event) }
    }
}
