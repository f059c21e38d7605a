import OAuth

/// Every kind of security event, and when it is recorded (CF1). Help and the page on events are made of it.
enum AuditInventory {
    static let all: [(kind: AuditEvent.Kind, when: String)] = AuditEvent.Kind.allCases.map { ($0, when($0)) }

    static var help: String {
        all.map { "  \($0.kind.rawValue.padding(to: 30)) \($0.when)" }.joined(separator: "\n")
    }

    /// For the documentation.
    static var markdown: String {
        (["| kind | outcome | recorded when |", "|---|---|---|"]
            + all.map { "| `\($0.kind.rawValue)` | \($0.kind.outcome.rawValue) | \($0.when) |" })
            .joined(separator: "\n")
    }

    private static func when(_ kind: AuditEvent.Kind) -> String {
        switch kind {
        case .signIn: "Somebody has proven who they are; method says how."
        case .signInRefused: "A password was not right; purpose says what for."
        case .signInThrottled: "A password was not looked at: too many tries; reason names the limit."
        case .reauthenticated: "A person signed in proved again who they are; method says how."
        case .signOut: "A person signed out, alone or through a client."
        case .sessionEnded: "Sessions were ended from another one, or by a new password."
        case .signInDenied: "The link in the notice of a sign-in was used: it was not the person."
        case .personNotAdmitted: "A person lacks a role that a client demands."
        case .consentGiven: "A person allowed a client what it asked for."
        case .consentDenied: "A person did not allow it."
        case .consentRevoked: "A person took back what a client had been allowed."
        case .formRefused: "A form was not sent from a page of this server in this browser."
        case .requestThrottled: "One network began too many sign-ins."
        case .captchaRefused:
            "A form came without a good answer to its captcha; form says which, reason why."
        case .codeIssued: "An authorization code was issued."
        case .authorizationRefused: "An authorization request was refused; reason says why."
        case .tokenIssued: "Tokens were issued; grant_type says for what."
        case .tokenAnswerRepeated: "An answer to a refresh was given once more, within martlet_refresh_grace."
        case .tokenRefused: "A client got no tokens; reason says why. A public one is a visitor."
        case .tokenRevoked: "A client revoked a token, or with its refresh token the grant."
        case .revocationRefused: "A client tried to revoke another one's token."
        case .introspectionRefused: "A client that may not ask about tokens asked."
        case .reuseDetected:
            "A code or refresh token was used a second time, which ended its grant; once for each grant."
        case .clientAuthenticationRefused: "A client did not prove who it is."
        case .mailProofAsked:
            "A mail with a link and a code was asked for; purpose says what for, result whether one went or which limit held it."
        case .mailProofRefused: "A link or a code from a mail proved nothing; reason says why."
        case .addressVerified: "Somebody proved that they read the mail of their account's address."
        case .accountCreated: "An account was created, at the command line or by sign-up; method says which."
        case .passwordChanged: "A person who is signed in set another password, or a first one; how says which."
        case .passwordReset: "Somebody set a new password by a link or code from the account's mailbox."
        case .addressChanged: "An account has another e-mail address, which was proven."
        case .addressRestored: "The mailbox of the address before stopped a change of address, or took it back."
        case .addressUndoRefused: "A link was used that takes back a change of address; reason says why it could not."
        case .rolesChanged: "Roles were given or taken; why says why."
        case .accountDisabled: "An operator disabled an account; why says why."
        case .accountEnabled: "An operator enabled an account again, or took back its deletion."
        case .recoveryStarted: "An operator had a mail sent by which the person chooses another password."
        case .invitationMade: "An operator invited somebody; invitation is a mark that its acceptance bears too."
        case .invitationAccepted: "Somebody came by an invitation, and has an account."
        case .invitationRefused: "An invitation was used that is unknown, spent, over or superseded."
        case .administrationRefused: "A call or page of administration was refused to whoever asked; reason says why."
        case .accountDeleted: "An account was deleted; it is gone for good when the time of grace is over."
        case .accountRestored: "A person came back to an account they had deleted."
        case .accountPurged: "An account was removed for good; the subject leads nowhere any more."
        case .profileChanged: "A person changed what they say of themselves."
        case .pictureChanged: "A person put another picture on their account, or removed it."
        case .preferenceChanged: "A person changed a preference; preference and value say which and how."
        case .browsersForgotten: "A person had remembered browsers forgotten."
        case .dataExported: "A person took a copy of their data."
        case .administratorCreated: "Somebody became an administrator; method says how."
        case .setupLinkMade: "A link was printed that makes the first administrator."
        case .setupLinkRefused: "A setup link was used that is unknown, spent or expired."
        case .peopleImported: "People were brought along from a file; counted, and none is named."
        case .peopleExported: "People were written to a file; hashes says whether their password hashes were."
        case .keyAdded: "A signing key was published: made, rotated or taken over."
        case .keysRemoved: "Signing keys were removed after their last token was dead."
        case .clientsReloaded: "The registrations of clients were read again."
        case .clientRegistered: "A client was registered at the command line."
        case .clientChanged: "A client's registration or its secrets were changed at the command line."
        case .clientRemoved: "A client was removed at the command line."
        case .backupMade: "The database was copied to a file."
        case .restored: "The database was put back from a file; what was issued before is dead."
        case .serverStarted: "A process opened its doors."
        case .serverStopped: "A process closed its doors."
        case .mailNotSent: "A mail was given up; reason says why, mail which."
        case .eventsOmitted: "Events are missing here: of a flood of refusals, or lost; counted by kind."
        }
    }
}
