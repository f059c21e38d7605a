import Identity
import OAuth

extension Course {
    /// Getting back in without any factor.
    static let lostFactor: [CheckName] = [.form, .formOrigin, .session, .mailProof, .factor]
}

/// What is found on the pages of those who lost every factor.
extension Finding {
    static let firstStepMissing = Finding(
        .session, seen: "nobody whose second factor is missing", expected: "a first step of signing in, just done",
        repair: "The person signs in again, and says on the page of the second factor that it is lost.")

    static let vouchedForOnly = Finding(
        .session, seen: "somebody whom staff let in by a link, without any proof of their own",
        expected: "a first factor that the person proved",
        repair: """
            The person signs in another way; or martlet user reset-factors ADDRESS removes the second factors, once \
            you have made sure who asks.
            """)

    static let recoveryNotReady = Finding(
        .factor, seen: "a wait that is not over, was stopped, or was not made use of in time",
        expected: "a wait of second_factor.recovery_wait that nobody stopped, within 7 days after it",
        repair: """
            martlet audit list tells when it was asked for, and whether it was stopped; then the person asks again.
            """)

    static let factorUndoDead = Finding(
        .mailProof, seen: "a link that is unknown, used, older than 7 days, or of somebody without factors (not shown)",
        expected: "the link of the mail about a first factor, as long as there is one",
        repair: """
            martlet audit list tells when factors were set up; martlet user reset-factors ADDRESS removes them, once you \
            have made sure who asks.
            """)

    static let recoveryStopDead = Finding(
        .mailProof, seen: "a link that is unknown, used, or of a wait that is over (not shown)",
        expected: "the link of a mail about the wait, before somebody got in by it",
        repair: """
            martlet audit list tells whether somebody got in; martlet user disable ADDRESS stops everything until the \
            person is found.
            """)
}
