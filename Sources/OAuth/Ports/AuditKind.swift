extension AuditEvent {
    /// Every kind of security event there is. The page on events says when each is recorded, and a test causes
    /// each through the front door.
    package enum Kind: String, Sendable, CaseIterable {
        case signIn = "sign_in"
        case signInRefused = "sign_in_refused"
        case signInThrottled = "sign_in_throttled"
        case reauthenticated
        case signOut = "sign_out"
        case sessionEnded = "session_ended"
        case signInDenied = "sign_in_denied"
        case personNotAdmitted = "person_not_admitted"
        case consentGiven = "consent_given"
        case consentDenied = "consent_denied"
        case consentRevoked = "consent_revoked"
        case formRefused = "form_refused"
        case requestThrottled = "request_throttled"
        case captchaRefused = "captcha_refused"
        case codeIssued = "code_issued"
        case authorizationRefused = "authorization_refused"
        case tokenIssued = "token_issued"
        /// The answer to a rotation was given once more (D3).
        case tokenAnswerRepeated = "token_answer_repeated"
        case tokenRefused = "token_refused"
        case tokenRevoked = "token_revoked"
        case revocationRefused = "revocation_refused"
        case introspectionRefused = "introspection_refused"
        case reuseDetected = "reuse_detected"
        case clientAuthenticationRefused = "client_authentication_refused"
        /// A mail with a link and a code was asked for, or would have been sent (ML7).
        case mailProofAsked = "mail_proof_asked"
        case mailProofRefused = "mail_proof_refused"
        case addressVerified = "address_verified"
        case accountCreated = "account_created"
        case passwordChanged = "password_changed"
        case accountDeleted = "account_deleted"
        case accountRestored = "account_restored"
        case accountPurged = "account_purged"
        case profileChanged = "profile_changed"
        case pictureChanged = "picture_changed"
        case preferenceChanged = "preference_changed"
        case browsersForgotten = "browsers_forgotten"
        case dataExported = "data_exported"
        case passwordReset = "password_reset"
        case addressChanged = "address_changed"
        /// A change of address was taken back, or stopped before it was made.
        case addressRestored = "address_restored"
        case addressUndoRefused = "address_undo_refused"
        case rolesChanged = "roles_changed"
        case accountDisabled = "account_disabled"
        case accountEnabled = "account_enabled"
        case administrationRefused = "administration_refused"
        case recoveryStarted = "recovery_started"
        case staffLinkMade = "staff_link_made"
        /// Nobody came in by a provider's answer.
        case upstreamRefused = "upstream_refused"
        case identityLinked = "identity_linked"
        case identityRemoved = "identity_removed"
        case factorAdded = "factor_added"
        case factorRemoved = "factor_removed"
        case factorRenamed = "factor_renamed"
        case factorProven = "factor_proven"
        case factorRefused = "factor_refused"
        case factorLocked = "factor_locked"
        case factorWaived = "factor_waived"
        case backupCodesRenewed = "backup_codes_renewed"
        case browserRemembered = "browser_remembered"
        case factorRecoveryAsked = "factor_recovery_asked"
        case factorRecoveryCancelled = "factor_recovery_cancelled"
        case factorRecoveryFinished = "factor_recovery_finished"
        case factorsReset = "factors_reset"
        case invitationMade = "invitation_made"
        case invitationWithdrawn = "invitation_withdrawn"
        case invitationAccepted = "invitation_accepted"
        case invitationRefused = "invitation_refused"
        case administratorCreated = "administrator_created"
        case setupLinkMade = "setup_link_made"
        case setupLinkRefused = "setup_link_refused"
        case peopleImported = "people_imported"
        case peopleExported = "people_exported"
        case keyAdded = "key_added"
        case keysRemoved = "keys_removed"
        case clientsReloaded = "clients_reloaded"
        case clientRegistered = "client_registered"
        case clientChanged = "client_changed"
        case clientRemoved = "client_removed"
        case backupMade = "backup_made"
        case restored
        case mailNotSent = "mail_not_sent"
        case serverStarted = "server_started"
        case serverStopped = "server_stopped"
        case eventsOmitted = "events_omitted"
    }
}

extension AuditEvent.Kind {
    package var outcome: AuditEvent.Outcome {
        switch self {
        case .signInRefused, .signInThrottled, .personNotAdmitted, .consentDenied, .formRefused, .requestThrottled,
            .captchaRefused, .authorizationRefused, .tokenRefused, .revocationRefused, .introspectionRefused,
            .reuseDetected, .clientAuthenticationRefused, .addressUndoRefused, .setupLinkRefused, .mailProofRefused,
            .mailNotSent, .eventsOmitted, .administrationRefused, .invitationRefused, .upstreamRefused, .factorRefused,
            .factorLocked:
            .refused
        case .signIn, .reauthenticated, .signOut, .sessionEnded, .consentGiven, .consentRevoked, .codeIssued,
            .tokenIssued, .tokenAnswerRepeated, .tokenRevoked, .mailProofAsked, .addressVerified, .accountCreated,
            .passwordChanged, .passwordReset, .addressChanged, .addressRestored, .rolesChanged, .administratorCreated,
            .setupLinkMade, .peopleImported, .peopleExported, .keyAdded, .keysRemoved, .clientsReloaded,
            .clientRegistered, .clientChanged, .clientRemoved, .backupMade, .restored, .serverStarted, .serverStopped,
            .accountDisabled, .accountEnabled, .accountDeleted, .accountRestored, .accountPurged, .profileChanged,
            .pictureChanged, .preferenceChanged, .browsersForgotten, .dataExported, .signInDenied, .recoveryStarted,
            .staffLinkMade, .identityLinked, .identityRemoved, .invitationMade, .invitationWithdrawn,
            .invitationAccepted,
            .factorAdded, .factorRemoved, .factorRenamed, .factorProven, .factorWaived, .backupCodesRenewed,
            .browserRemembered, .factorRecoveryAsked, .factorRecoveryCancelled, .factorRecoveryFinished, .factorsReset:
            .done
        }
    }

    package enum UsualActor: Sendable {
        case visitor
        case person
        case client
        case server
    }

    /// Whose doing it is when a request causes it.
    package var usualActor: UsualActor {
        switch self {
        case .signInRefused, .signInThrottled, .formRefused, .requestThrottled, .captchaRefused, .authorizationRefused,
            .clientAuthenticationRefused, .setupLinkRefused, .mailProofAsked, .mailProofRefused, .signInDenied,
            .addressUndoRefused, .administrationRefused, .invitationRefused, .upstreamRefused:
            .visitor
        case .signIn, .reauthenticated, .signOut, .sessionEnded, .personNotAdmitted, .consentGiven, .consentDenied,
            .consentRevoked, .codeIssued, .addressVerified, .accountCreated, .passwordChanged, .passwordReset,
            .addressChanged, .addressRestored, .rolesChanged, .administratorCreated, .accountDisabled, .accountEnabled,
            .accountDeleted, .accountRestored, .profileChanged, .pictureChanged, .preferenceChanged,
            .browsersForgotten, .dataExported, .recoveryStarted, .staffLinkMade, .identityLinked, .identityRemoved,
            .invitationMade,
            .invitationWithdrawn, .invitationAccepted,
            .factorAdded, .factorRemoved, .factorRenamed, .factorProven, .factorRefused, .factorLocked, .factorWaived,
            .backupCodesRenewed, .browserRemembered, .factorRecoveryAsked, .factorRecoveryCancelled,
            .factorRecoveryFinished, .factorsReset:
            .person
        case .tokenIssued, .tokenAnswerRepeated, .tokenRefused, .tokenRevoked, .revocationRefused,
            .introspectionRefused, .reuseDetected:
            .client
        case .setupLinkMade, .peopleImported, .peopleExported, .keyAdded, .keysRemoved, .clientsReloaded,
            .clientRegistered, .clientChanged, .clientRemoved, .backupMade, .restored, .serverStarted, .serverStopped,
            .mailNotSent, .eventsOmitted, .accountPurged:
            .server
        }
    }
}
