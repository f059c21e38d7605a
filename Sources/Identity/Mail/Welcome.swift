import OAuth

extension Letter {
    /// How long the welcome may wait to be sent, in seconds: after a day it is no news.
    private static let welcomeLifetime: Int64 = 86_400

    /// Once, to whoever has proven the mailbox of their account.
    static func welcome(to account: Account, at now: Instant) -> Letter {
        Letter(
            .welcome, to: account.email, about: account.id, name: account.profile.name, path: "/account",
            expiresAt: now + welcomeLifetime)
    }
}
