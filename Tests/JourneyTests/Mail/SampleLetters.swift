import Identity
import OAuth
import Testing

/// One letter of each kind, as the rooms write them.
enum SampleLetters {
    static let now = Instant(seconds: 1_800_000_000)
    private static let token = "mvl_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
    private static let asked: [(fact: Letter.Fact, value: String)] = [
        (.time, "1800000000"), (.device, "Firefox on Linux"), (.address, "192.0.2.7"),
    ]

    static func letter(_ kind: Letter.Kind, to address: String = "ada@example.org") throws -> Letter {
        let until: (fact: Letter.Fact, value: String) = (.until, "1800003600")
        let (path, second, code, facts): (String?, String?, String?, [(fact: Letter.Fact, value: String)]) =
            switch kind {
            case .test: (nil, nil, nil, [(.time, "1800000000")])
            case .signUp: ("/sign-up/\(token)", nil, "482 913", asked + [until])
            case .alreadyRegistered: ("/sign-in", "/recovery", nil, asked)
            case .invitation: ("/invitation/\(token)", nil, nil, [(.reason, "You joined the library"), until])
            case .verification: ("/verify/\(token)", nil, nil, [until])
            case .welcome: ("/account", nil, nil, [(.emailAddress, address)])
            case .recovery: ("/recovery/\(token)", nil, "K7MP-2XQR", asked)
            case .confirmation: (nil, nil, "K7MP-2XQR", asked)
            case .magicLink: ("/magic-link/\(token)", nil, "K7MP-2XQR", asked + [until])
            case .magicLinkNotForYou:
                ("/sign-in", "/recovery", nil, asked + [(.method, "pwd"), (.method, "github")])
            case .passwordChanged: (nil, "/recovery", nil, asked)
            case .addressChange:
                ("/address-change/\(token)", nil, "K7MP-2XQR", asked + [(.emailAddress, "ada@old.example")])
            case .addressChangeRequested:
                (nil, "/address-undo/\(token)", nil, [(.emailAddress, "ada@new.example")] + asked)
            case .addressTaken: (nil, nil, nil, [(.time, "1800000000")])
            case .addressRestored: ("/account", nil, nil, [(.emailAddress, "ada@old.example"), (.time, "1800000000")])
            case .addressChanged:
                ("/address-undo/\(token)", nil, nil, [(.emailAddress, "ada@new.example")] + asked)
            case .signInNotice:
                (nil, "/not-me/mdn_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", nil, asked + [(.method, "pwd")])
            case .noticesTurnedOff: ("/account/preferences", "/recovery", nil, asked)
            case .magicLinksTurnedOn: ("/account/preferences", "/recovery", nil, asked)
            case .staffLinkMade: ("/account", "/recovery", nil, [(.time, "1800000000")])
            case .identityLinked, .identityRemoved:
                ("/account/security", "/recovery", nil, [(.method, "GitHub"), (.time, "1800000000")])
            case .secondFactorCode: (nil, nil, "K7MP-2XQR", asked)
            case .firstFactorAdded:
                (
                    "/account/security", "/factor-recovery/undo/mfu_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", nil,
                    [(.method, "passkey")] + asked + [until]
                )
            case .factorAdded, .factorRemoved:
                ("/account/security", "/recovery", nil, [(.method, "passkey")] + asked)
            case .factorLocked: ("/account/security", "/recovery", nil, asked + [until])
            case .backupCodeUsed: ("/account/security", "/recovery", nil, [(.codesLeft, "2")] + asked)
            case .backupCodesRenewed: ("/account/security", "/recovery", nil, asked)
            case .factorRecovery: (nil, nil, "K7MP-2XQR", asked)
            case .factorRecoveryAsked:
                (nil, "/factor-recovery/stop/mrs_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", nil, asked + [until])
            case .factorRecoveryCancelled: ("/account/security", "/recovery", nil, asked)
            case .factorRecovered: ("/account/security", "/recovery", nil, asked)
            case .factorsReset: ("/account/security", "/recovery", nil, [(.time, "1800000000")])
            case .deletionPlanned: ("/sign-in", "/recovery", nil, asked + [(.until, "1802592000")])
            case .accountRestored: ("/account", "/recovery", nil, asked)
            case .accountDisabled: (nil, nil, nil, [(.time, "1800000000"), (.reason, "Asked for by telephone")])
            case .recoveryStarted: ("/recovery/\(token)", nil, nil, [(.reason, "Lost telephone"), until])
            }
        return Letter(
            kind, to: try #require(EmailAddress(address)), about: "id", name: "Ada Lovelace", path: path,
            secondPath: second, code: code, facts: facts, expiresAt: now + 3600)
    }
}
