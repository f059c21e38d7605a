/// Where security events go (CF2). Never a secret: callers pass ids, names and outcomes only.
package protocol AuditLog: Sendable {
    func record(_ event: AuditEvent)
}

/// Who did what with which outcome.
package struct AuditEvent: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case signIn = "sign_in"
        case signInRefused = "sign_in_refused"
        case signInThrottled = "sign_in_throttled"
        case signOut = "sign_out"
        case sessionEnded = "session_ended"
        case consentGiven = "consent_given"
        case consentDenied = "consent_denied"
        case consentRevoked = "consent_revoked"
        case codeIssued = "code_issued"
        case authorizationRefused = "authorization_refused"
        case tokenIssued = "token_issued"
        /// The answer to a rotation was given once more (D3).
        case tokenAnswerRepeated = "token_answer_repeated"
        case tokenRefused = "token_refused"
        case tokenRevoked = "token_revoked"
        case reuseDetected = "reuse_detected"
        case clientAuthenticationRefused = "client_authentication_refused"
        case accountCreated = "account_created"
        case passwordChanged = "password_changed"
        case rolesChanged = "roles_changed"
        case administratorCreated = "administrator_created"
        case keyAdded = "key_added"
        case clientsReloaded = "clients_reloaded"
        case backupMade = "backup_made"
        case restored
        case clientRegistered = "client_registered"
        case clientChanged = "client_changed"
        case clientRemoved = "client_removed"
    }

    package let kind: Kind
    package let subject: String?
    package let clientID: String?
    /// Further facts, e.g. `reason`, `grant`, `network`.
    package let details: [String: String]

    package init(_ kind: Kind, subject: String? = nil, clientID: String? = nil, details: [String: String] = [:]) {
        self.kind = kind
        self.subject = subject
        self.clientID = clientID
        self.details = details
    }
}
