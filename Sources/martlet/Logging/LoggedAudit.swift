import Identity
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
        var metadata = Logger.Metadata(minimumCapacity: event.details.count + 7)
        for (name, value) in event.details { metadata[name] = .string(value) }
        metadata[JSONLogHandler.eventKey] = .string(event.kind.rawValue)
        metadata["outcome"] = .string(event.outcome.rawValue)
        metadata["actor"] = .string(event.actor.description)
        metadata["network"] = event.network.map { .string($0) }
        metadata["reference"] = event.reference.map { .string($0) }
        if let subject = event.subject { metadata["subject"] = .string(subject) }
        if let clientID = event.clientID { metadata["client_id"] = .string(clientID) }
        logger.log(
            level: level(of: event), "\(Self.messages[event.kind] ?? event.kind.rawValue)", metadata: metadata)
    }

    /// What somebody should look at stands out. None is below `notice`, so that a level of `notice` keeps
    /// the whole record.
    private func level(of event: AuditEvent) -> Logger.Level {
        switch event.kind {
        case .mailProofRefused where isSuspicious(event): .warning
        // Whoever says no at the provider has done nothing that anybody should look at.
        case .upstreamRefused: event.details["reason"] == "denied" ? .notice : .warning
        case .reuseDetected: .error
        case .signInThrottled, .requestThrottled, .clientAuthenticationRefused, .revocationRefused,
            .introspectionRefused, .setupLinkRefused, .signInDenied, .mailNotSent, .eventsOmitted, .restored,
            .addressRestored, .administrationRefused, .invitationRefused, .factorLocked, .factorsReset,
            .factorRecoveryAsked,
            .factorRecoveryCancelled, .factorRecoveryFinished:
            .warning
        case .signIn, .reauthenticated, .signInRefused, .signOut, .sessionEnded, .personNotAdmitted, .consentGiven,
            .consentDenied, .consentRevoked, .formRefused, .codeIssued, .authorizationRefused, .tokenIssued,
            .captchaRefused, .tokenAnswerRepeated, .tokenRefused, .tokenRevoked, .mailProofAsked, .mailProofRefused,
            .addressVerified, .accountCreated, .passwordChanged, .passwordReset, .addressChanged, .addressUndoRefused,
            .rolesChanged, .administratorCreated, .setupLinkMade, .peopleImported, .peopleExported, .keyAdded,
            .keysRemoved, .clientsReloaded, .clientRegistered, .clientChanged, .clientRemoved, .backupMade,
            .accountDisabled, .accountEnabled, .accountDeleted, .serverStarted, .serverStopped, .accountRestored,
            .accountPurged, .profileChanged, .pictureChanged, .preferenceChanged, .browsersForgotten, .dataExported,
            .recoveryStarted, .staffLinkMade, .identityLinked, .identityRemoved, .invitationMade, .invitationWithdrawn,
            .invitationAccepted,
            .factorAdded, .factorRemoved, .factorRenamed, .factorProven, .factorRefused, .factorWaived,
            .backupCodesRenewed, .browserRemembered:
            .notice
        }
    }

    /// A link to sign in with that is opened in another browser, or a mistyped code, is everyday; one that is dead is not
    /// (B148).
    private func isSuspicious(_ event: AuditEvent) -> Bool {
        let purposes: [MailProof.Purpose] = [.magicLink, .staffLink]
        guard purposes.map(\.rawValue).contains(event.details["purpose"]) else { return false }
        return !(MagicLinkFault(rawValue: event.details["reason"] ?? "")?.isOrdinary ?? false)
    }
}
