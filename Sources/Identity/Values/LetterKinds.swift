extension Letter.Kind {
    /// Whether it brings a link or a code that lets somebody in or carries something out. Such a letter is not sent any
    /// more once its account is switched off; news is, and so is every way back, for whoever switched it off may be the
    /// one they warn of.
    package var isEntrance: Bool {
        switch self {
        case .signUp, .invitation, .verification, .recovery, .recoveryStarted, .confirmation, .addressChange,
            .magicLink, .secondFactorCode, .factorRecovery:
            true
        case .test, .alreadyRegistered, .welcome, .passwordChanged, .addressChangeRequested, .addressChanged,
            .addressTaken, .addressRestored, .signInNotice, .noticesTurnedOff, .magicLinksTurnedOn, .magicLinkNotForYou,
            .staffLinkMade, .identityLinked, .identityRemoved, .deletionPlanned,
            .accountRestored, .accountDisabled, .firstFactorAdded, .factorAdded, .factorRemoved, .factorLocked,
            .backupCodeUsed, .backupCodesRenewed, .factorRecoveryAsked, .factorRecoveryCancelled, .factorRecovered,
            .factorsReset:
            false
        }
    }
}
