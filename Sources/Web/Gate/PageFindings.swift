import Identity
import OAuth

/// What is found about forms of our own pages.
extension Finding {
    /// - Parameter hasCookie: whether the browser came with its cookie at all.
    static func strangeForm(hasCookie: Bool) -> Finding {
        Finding(
            .formOrigin,
            seen: hasCookie
                ? """
                a form that no page of ours made for this browser
                """ : "a form from a browser without our cookie",
            expected: "a form filled in on our page, in the same browser",
            repair: hasCookie
                ? "Reload the page and send it again: it was open while cookies were cleared. If it comes back, the address people use is not the issuer's, or another site sends the form."
                : "Allow cookies for this site. If they are allowed: people come by another host name than the issuer's, or by http to an https issuer."
        )
    }

    static let notSignedIn = Finding(
        .session, seen: "nobody signed in any more", expected: "a live session",
        repair: "Sign in again; lifetimes.session_idle and session_absolute say how long a session lasts.")

    static let setupLinkDead = Finding(
        .setupLink, seen: "a link that is unknown, used or expired (not shown)", expected: "the newest link, used once",
        repair: """
            martlet admin create makes the first administrator without a link; a start of martlet serve prints a \
            new link while there is none.
            """)

    static let noticeLinkDead = Finding(
        .noticeLink, seen: "a link that is unknown, used or expired (not shown)",
        expected: "a link of the last 7 days, used once",
        repair: "The person ends sessions on their account page, or sets a new password.")

    static func methodNotOffered(_ client: Client) -> Finding {
        Finding(
            .method, seen: "a password", expected: .known(client.policy.signInMethods.joined(separator: ", ")),
            repair: .known(
                """
                To let people use passwords for \(client.id), add password to martlet_sign_in_methods: \
                \(Repair.edit(client.id)).
                """))
    }

    /// No way that the client takes is one that the server has.
    static func nothingOffered(_ client: Client) -> Finding {
        Finding(
            .method, seen: .known("martlet_sign_in_methods: " + client.policy.signInMethods.joined(separator: ", ")),
            expected: "one of sign_in.methods",
            repair: .known("Name one that this server has, or leave it out: \(Repair.edit(client.id))."))
    }

    static let passwordsOff = Finding(
        .method, seen: "a password", expected: "one of sign_in.methods",
        repair: "To let people use passwords, add password to sign_in.methods.")

    static let incompleteForm = Finding(
        .credentials, seen: "no address, one that is no e-mail address, or no password (not shown)",
        expected: "an e-mail address and a password", repair: "The person fills in both.")

    static let incompleteAddress = Finding(
        .credentials, seen: "no address, or one that is no e-mail address (not shown)",
        expected: "an e-mail address", repair: "The person enters it in full, like name@example.org.")

    static let sameAddress = Finding(
        .credentials, seen: "the address that the account has already (not shown)", expected: "another one",
        repair: "There is nothing to change.")

    static let nothingThere = Finding(
        .form, seen: "an entry of a list that is not this person's, or not there any more (not shown)",
        expected: "one that the page lists now", repair: "The person loads the page again.")

    static let noSuchChoice = Finding(
        .form, seen: "a choice that the page does not have (not shown)", expected: "one of those on the page",
        repair: "The person chooses on the page; a program that sends this form itself is out of date.")

    static func tooOften(_ limit: String) -> Finding {
        Finding(
            .throttle, seen: .known("a form sent too often by one person, by the limit \(limit)"), expected: "fewer",
            repair: "The page says how long to wait.")
    }

    static let mailCodeRefused = Finding(
        .mailProof, seen: "a code that is wrong, too old or one too many (not shown)",
        expected: "the code of the latest mail that this browser asked for",
        repair: "The person opens the link in the mail instead, or asks for another one.")

    static let addressTaken = Finding(
        .mailProof, seen: "an address that another account has by now (not shown)",
        expected: "an address that no account has",
        repair: """
            martlet user list finds the account; its person gives the address up, or whoever wants it takes another.
            """)

    static let addressUndoDead = Finding(
        .mailProof, seen: "a link that is unknown, used, expired or overtaken (not shown)",
        expected: "the link of a mail to the address before, within seven days and once",
        repair: "martlet audit list tells of changes of address; an operator can start recovery for the person.")

    static let newPasswordRefused = Finding(
        .credentials, seen: "a new password that is too short, too long, common or personal (not shown)",
        expected: """
            one that the rules allow (passwords.minimum_length)
            """, repair: "The page says which; the person chooses another.")

    static let invitationDead = Finding(
        .invitation, seen: "an invitation that is unknown, used, over or superseded, or whose address has an account",
        expected: "the newest invitation, used once within 7 days",
        repair: """
            martlet user invite ADDRESS sends a new one; who has an account already signs in instead. It is dead as well \
            when it was withdrawn, or who sent it does not administer any more.
            """)

    static let adminNotPossible = Finding(
        .policy, seen: "an account that is disabled, or was deleted by an operator", expected: "an active account",
        repair: "Enable the account first: martlet user enable.")

    static let adminFields = Finding(
        .form, seen: "no reason, or a role that is none", expected: "a line that says why, and roles of one word each",
        repair: "The page says which; fill it in again.")

    static let setupFieldsRefused = Finding(
        .credentials, seen: "a name, address or password that cannot be used (not shown)", expected: "all three",
        repair: "The page says which; fill it in again.")

    static let profileRefused = Finding(
        .credentials, seen: "a field that cannot be used, or a username that somebody has (not shown)",
        expected: "what the page asks for", repair: "The page says which; the person changes it.")

    static func usernameThrottled(retryAfter: Int64) -> Finding {
        Finding(
            .throttle, seen: "too many usernames tried by one person or from one network",
            expected: .known("fewer; again in \(retryAfter) seconds"),
            repair: "Wait; everything but the username can be saved meanwhile.")
    }

    static let profileOutdated = Finding(
        .session, seen: "a form filled in on a profile that was changed since", expected: "the profile as it is",
        repair: "The person looks at both and saves again.")

    static func pictureRefused(_ fault: PictureFile.Fault) -> Finding {
        Finding(
            .form, seen: .known("a picture that cannot be taken: \(fault)"),
            expected: .known(
                """
                PNG, JPEG or WebP of at most \(PictureFile.most) bytes, each side from \
                \(PictureFile.permittedSides.lowerBound) to \(PictureFile.permittedSides.upperBound) pixels
                """), repair: "The person saves it in another format, or smaller.")
    }

    static let deletionNotTicked = Finding(
        .form, seen: "a deletion without the tick", expected: "the tick that says so",
        repair: "The person ticks the box, or stays.")

    static let lastAdministrator = Finding(
        .policy, seen: "a change that would leave nobody who can administer", expected: "another active administrator",
        repair: "martlet admin create, or martlet user role ADDRESS --add administrator, makes another one first.")

    static let comeBackOfferDead = Finding(
        .credentials, seen: "an offer to come back that is unknown, used, expired or of another browser (not shown)",
        expected: "the newest one, within ten minutes, in the same browser",
        repair: "The person signs in again; after accounts.deletion_grace the account is gone.")
}
