import OAuth

/// Every kind of security event, and when it is recorded (CF1). Help and the page on events are made of it.
enum AuditInventory {
    typealias Occasion = (kind: AuditEvent.Kind, when: String)

    /// In the order of the kinds; a test holds that none is missing.
    static let all: [Occasion] = signingIn + tokens + people + running

    static var help: String {
        all.map { "  \($0.kind.rawValue.padding(to: 30)) \($0.when)" }.joined(separator: "\n")
    }

    /// For the documentation.
    static var markdown: String {
        (["| kind | outcome | recorded when |", "|---|---|---|"]
            + all.map { "| `\($0.kind.rawValue)` | \($0.kind.outcome.rawValue) | \($0.when) |" })
            .joined(separator: "\n")
    }

    /// Signing in, and what apps are let.
    private static let signingIn: [Occasion] = [
        (.signIn, "Somebody has proven who they are; method says how."),
        (
            .signInRefused,
            "A password was not right; purpose says what for. Or a passkey's answer did not hold; reason says why."
        ),
        (.signInThrottled, "A password was not looked at: too many tries; reason names the limit."),
        (.reauthenticated, "A person signed in proved again who they are; method says how."),
        (.signOut, "A person signed out, alone or through a client."),
        (.sessionEnded, "Sessions were ended from another one, or by a new password."),
        (.signInDenied, "The link in the notice of a sign-in was used: it was not the person."),
        (.personNotAdmitted, "A person lacks a role that a client demands."),
        (.consentGiven, "A person allowed a client what it asked for."),
        (.consentDenied, "A person did not allow it."),
        (.consentRevoked, "A person took back what a client had been allowed."),
        (.formRefused, "A form was not sent from a page of this server in this browser."),
        (.requestThrottled, "One network began too many sign-ins."),
        (.captchaRefused, "A form came without a good answer to its captcha; form says which, reason why."),
    ]

    /// Codes and tokens.
    private static let tokens: [Occasion] = [
        (.codeIssued, "An authorization code was issued."),
        (.authorizationRefused, "An authorization request was refused; reason says why."),
        (.tokenIssued, "Tokens were issued; grant_type says for what."),
        (.tokenAnswerRepeated, "An answer to a refresh was given once more, within martlet_refresh_grace."),
        (.tokenRefused, "A client got no tokens; reason says why. A public one is a visitor."),
        (.tokenRevoked, "A client revoked a token, or with its refresh token the grant."),
        (.revocationRefused, "A client tried to revoke another one's token."),
        (.introspectionRefused, "A client that may not ask about tokens asked."),
        (.reuseDetected, "A code or refresh token was used a second time, which ended its grant; once for each grant."),
        (.clientAuthenticationRefused, "A client did not prove who it is."),
    ]

    /// Accounts and who they are of.
    private static let people: [Occasion] = [
        (
            .mailProofAsked,
            "A mail with a link and a code was asked for; purpose says what for, result whether one went or which limit held it."
        ),
        (.mailProofRefused, "A link or a code from a mail proved nothing; reason says why."),
        (.addressVerified, "Somebody proved that they read the mail of their account's address."),
        (.accountCreated, "An account was created, at the command line or by sign-up; method says which."),
        (.passwordChanged, "A person who is signed in set another password, or a first one; how says which."),
        (.accountDeleted, "An account was deleted; it is gone for good when the time of grace is over."),
        (.accountRestored, "A person came back to an account they had deleted."),
        (.accountPurged, "An account was removed for good; the subject leads nowhere any more."),
        (.profileChanged, "A person changed what they say of themselves."),
        (.pictureChanged, "A person put another picture on their account, or removed it."),
        (.preferenceChanged, "A person changed a preference; preference and value say which and how."),
        (.browsersForgotten, "A person had remembered browsers forgotten."),
        (.dataExported, "A person took a copy of their data."),
        (.passwordReset, "Somebody set a new password by a link or code from the account's mailbox."),
        (.addressChanged, "An account has another e-mail address, which was proven."),
        (.addressRestored, "The mailbox of the address before stopped a change of address, or took it back."),
        (.addressUndoRefused, "A link was used that takes back a change of address; reason says why it could not."),
        (.rolesChanged, "Roles were given or taken; why says why."),
        (.accountDisabled, "An operator disabled an account; why says why."),
        (.accountEnabled, "An operator enabled an account again, or took back its deletion."),
        (.administrationRefused, "A call or page of administration was refused to whoever asked; reason says why."),
        (.recoveryStarted, "An operator had a mail sent by which the person chooses another password."),
        (.staffLinkMade, "An operator made a link for somebody to sign in with once."),
        (.upstreamRefused, "Nobody came in by a provider's answer; reason says why, provider which."),
        (.identityLinked, "An account at a provider was connected with an account here; how says by what."),
        (.identityRemoved, "A person disconnected an account at a provider."),
        (.factorAdded, "A person set up a second factor; factor says which kind."),
        (.factorRemoved, "A person removed a second factor."),
        (.factorRenamed, "A person gave a second factor another name."),
        (.factorProven, "Somebody who is at the door, or steps up, proved a second factor."),
        (.factorRefused, "A second factor was not proven; reason says why."),
        (.factorLocked, "Too many wrong tries: no code of this person is taken for a while."),
        (.factorWaived, "A sign-in by a role that is exempt from second factors; role says which."),
        (.backupCodesRenewed, "A person made another set of backup codes."),
        (.browserRemembered, "A browser is not asked for the second factor for a while."),
        (.factorRecoveryAsked, "Somebody without any of their factors asked to get back in; the waiting began."),
        (.factorRecoveryCancelled, "Getting back in without a factor was stopped."),
        (.factorRecoveryFinished, "Somebody got back in without a factor, after the waiting; factors are gone."),
        (.factorsReset, "All factors of a person were removed, by an operator or by the link in a mail; why says why."),
        (.invitationMade, "An operator invited somebody; invitation is a mark that its acceptance bears too."),
        (.invitationWithdrawn, "An operator took an invitation back before anybody came."),
        (.invitationAccepted, "Somebody came by an invitation, and has an account."),
        (.invitationRefused, "An invitation was used that is unknown, spent, over or superseded."),
    ]

    /// This server and its operators.
    private static let running: [Occasion] = [
        (.administratorCreated, "Somebody became an administrator; method says how."),
        (.setupLinkMade, "A link was printed that makes the first administrator."),
        (.setupLinkRefused, "A setup link was used that is unknown, spent or expired."),
        (.peopleImported, "People were brought along from a file; counted, and none is named."),
        (
            .peopleExported,
            "People are being written down (stage begun), or were (ended, or cut, after count of them); hashes says whether their password hashes were."
        ),
        (.keyAdded, "A signing key was published: made, rotated or taken over."),
        (.keysRemoved, "Signing keys were removed after their last token was dead."),
        (.clientsReloaded, "The registrations of clients were read again."),
        (.clientRegistered, "A client was registered at the command line."),
        (.clientChanged, "A client's registration or its secrets were changed at the command line."),
        (.clientRemoved, "A client was removed at the command line."),
        (.backupMade, "The database was copied to a file."),
        (.restored, "The database was put back from a file; what was issued before is dead."),
        (.mailNotSent, "A mail was given up; reason says why, mail which."),
        (.serverStarted, "A process opened its doors."),
        (.serverStopped, "A process closed its doors."),
        (.eventsOmitted, "Events are missing here: of a flood of refusals, or lost; counted by kind."),
    ]
}
