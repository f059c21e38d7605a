import Logging
import OAuth

/// Security events as log lines (CF2): who, through which client, did what, with which outcome.
struct LoggedAudit: AuditLog {
    private let logger: Logger
    private static let messages = Dictionary(
        uniqueKeysWithValues: AuditEvent.Kind.allCases.map { ($0, $0.rawValue.replacing("_", with: " ")) })

    init(_ logger: Logger) {
        self.logger = logger
    }

    func record(_ event: AuditEvent) {
        var metadata: Logger.Metadata = [:]
        for (name, value) in event.details where name != "reference" { metadata[name] = .string(value) }
        metadata[JSONLogHandler.eventKey] = .string(event.kind.rawValue)
        if let subject = event.subject { metadata["subject"] = .string(subject) }
        if let clientID = event.clientID { metadata["client_id"] = .string(clientID) }
        logger.log(
            level: level(of: event.kind), "\(Self.messages[event.kind] ?? event.kind.rawValue)", metadata: metadata)
    }

    /// What somebody should look at stands out. None is below `notice`, so that a level of `notice` keeps
    /// the whole record.
    private func level(of kind: AuditEvent.Kind) -> Logger.Level {
        switch kind {
        case .reuseDetected: .error
        case .signInThrottled, .clientAuthenticationRefused, .restored: .warning
        case .signIn, .signInRefused, .signOut, .sessionEnded, .consentGiven, .consentDenied, .consentRevoked,
            .codeIssued, .authorizationRefused, .tokenIssued, .tokenAnswerRepeated, .tokenRefused, .tokenRevoked,
            .accountCreated,
            .passwordChanged,
            .rolesChanged, .administratorCreated, .keyAdded, .clientsReloaded, .clientRegistered, .clientChanged,
            .clientRemoved, .backupMade:
            .notice
        }
    }
}
