import Identity
import OAuth

/// The order in which a call of the administration API is checked.
enum APICourse {
    static let call = AdministrationAccess.course
}

extension Finding {
    static func apiBody(_ seen: String) -> Finding {
        Finding(
            .form, seen: .known(seen), expected: "what the API's own description says",
            repair: "See /api/admin/v1/openapi.json; the answer names the member that is wrong.")
    }

    static let apiNobody = Finding(
        .form, seen: "an id that nobody has", expected: "the id of a person",
        repair: "martlet user list and GET /api/admin/v1/people give ids.")

    static let apiNoInvitation = Finding(
        .form, seen: "an address that no invitation waits for",
        expected: "one that GET /api/admin/v1/invitations lists",
        repair: "It was accepted, has run out, or was taken back; or who invited does not administer any more.")

    static let apiStale = Finding(
        .form, seen: "a version of the person that is not the present one", expected: "the present ETag",
        repair: "Let the app read the person again, and repeat the change if it is still wanted.")

    static let apiUnseen = Finding(
        .form, seen: "no version of the person", expected: "the ETag of the person in If-Match",
        repair: "Let the app read the person, and send the ETag with what it makes of what it read.")

    static let apiAddressTaken = Finding(
        .form, seen: "the address of an account", expected: "an address nobody has",
        repair: "martlet user show ADDRESS says whose account it is.")

    static let invitationsThrottled = Finding(
        .throttle, seen: "too many invitations",
        expected: .known(
            """
            at most \(Invitations.toAddress.attempts) a day to an address, and \(Invitations.byInviter.attempts) an hour \
            from an administrator or app
            """),
        repair: "Wait as Retry-After says, or let somebody at the machine do it: martlet user invite has no such limit."
    )

    static let staffLinkForAdministrator = Finding(
        .policy, seen: "a link to sign in with for somebody who administers", expected: "somebody who does not",
        repair: "martlet user recover ADDRESS sends them a mail; without passwords they ask for a link by mail.")

    static let staffLinkUntold = Finding(
        .server, seen: "a link to sign in with where no mail is sent", expected: "a way to tell the person",
        repair: "Set mail.smtp.host; martlet mail test --to ADDRESS tries it.")

    static let staffLinkUnproven = Finding(
        .policy, seen: "a link to sign in with for an address that was never proven", expected: "one that was",
        repair: """
            martlet user recover ADDRESS sends a mail that proves it; without passwords a link does that the person asks for \
            by mail.
            """)

    static let apiThrottled = Finding(
        .throttle, seen: "too many calls in a minute", expected: "fewer",
        repair: "Let the app wait as Retry-After says, and ask for more people at once (limit).")
}
