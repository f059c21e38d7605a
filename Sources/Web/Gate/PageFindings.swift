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

    static let incompleteForm = Finding(
        .credentials, seen: "no address, one that is no e-mail address, or no password (not shown)",
        expected: "an e-mail address and a password", repair: "The person fills in both.")

    static let newPasswordRefused = Finding(
        .credentials, seen: "a new password that is too short, too long, common or personal (not shown)",
        expected: """
            one that the rules allow (passwords.minimum_length)
            """, repair: "The page says which; the person chooses another.")

    static let invitationDead = Finding(
        .invitation, seen: "an invitation that is unknown, used, over or superseded, or whose address has an account",
        expected: "the newest invitation, used once within 7 days",
        repair: "martlet user invite ADDRESS sends a new one; who has an account already signs in instead.")

    static let adminFields = Finding(
        .form, seen: "no reason, or a role that is none", expected: "a line that says why, and roles of one word each",
        repair: "The page says which; fill it in again.")

    static let setupFieldsRefused = Finding(
        .credentials, seen: "a name, address or password that cannot be used (not shown)", expected: "all three",
        repair: "The page says which; fill it in again.")
}
