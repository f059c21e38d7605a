/// Where security events go (CF2). Never a secret: callers pass ids, names and outcomes only.
package protocol AuditLog: Sendable {
    func record(_ event: AuditEvent)
}

/// The network that the request being answered comes from, for whoever writes something down about it; it goes
/// with the task like `RequestReference`. The prefix of an address, not the address.
package enum RequestNetwork {
    @TaskLocal package static var current: String?
}
