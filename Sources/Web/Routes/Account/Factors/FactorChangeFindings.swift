import Identity
import OAuth

/// What is found about forms by which people change their second factors.
extension Finding {
    static let factorAddressUnproven = Finding(
        .policy, seen: "an account whose address was never proven", expected: "a proven address",
        repair: "The person signs in again and opens the link in the mail; martlet user show tells whether they did.")

    static let factorNotOffered = Finding(
        .policy, seen: "a second factor of a kind that is not offered to this person",
        expected: "one of second_factor.methods, by somebody whose address is proven",
        repair: "The person chooses another; to offer this one, add it to second_factor.methods.")

    static func factorChangeLocked(seconds: Int64) -> Finding {
        Finding(
            .throttle, seen: "too many wrong codes in a row", expected: .known("none for \(seconds) seconds"),
            repair: "Wait; second_factor.attempts and second_factor.lockout say how many, and how long.")
    }

    static let factorSetUpRefused = Finding(
        .factor, seen: "a code or an answer that does not hold (not shown)",
        expected: "the current code of the app, the code of the latest mail, or what the authenticator just said",
        repair: """
            The person tries again with a new code. If codes of an app never match, the clock of the phone or of this \
            server is wrong.
            """)

    static let factorTaken = Finding(
        .factor, seen: "a passkey that is set up already (not shown)", expected: "one that is not",
        repair: "The person uses another authenticator, or the one that is set up.")

    static let factorNameRefused = Finding(
        .form, seen: "a name that is none, or too long (not shown)", expected: "one line of visible text",
        repair: "The person chooses another.")
}
