import OAuth

/// People in storage. Each verb is one transaction.
package protocol AccountStore: Sendable {
    func account(id: String) async throws -> Account?
    func account(canonicalEmail: String) async throws -> Account?

    /// Of the grant from which an access token hangs, if the token is alive by what is stored: neither it nor its grant
    /// revoked, the grant not expired, the person active, and nothing restored since it was issued.
    func account(
        ofAccessToken id: String, grantID: String, issuedAt: Instant, at now: Instant
    ) async throws -> Account?

    /// Whether somebody has this username, in its canonical form.
    func hasUsername(_ canonical: String) async throws -> Bool

    /// Creates an account. Atomic: `false`, and nothing written, when the address or the username is taken.
    func create(_ account: Account) async throws -> Bool

    /// Creates the first administrator and spends the setup link in the same step; `false`, and nothing
    /// written, when the link is not live, an administrator exists already or the address is taken.
    func createFirstAdministrator(_ account: Account, spending link: TokenDigest, at now: Instant) async throws -> Bool

    func hasAdministrator() async throws -> Bool

    /// Replaces the password hash if it still is `old`: a rehash never overwrites a change made meanwhile.
    func replacePasswordHash(of id: String, from old: String?, to new: String, at now: Instant) async throws -> Bool

    /// Replaces the password hash if it still is `old`, and in the same step puts the session that asks under its new
    /// secret, drops what the person waits for by mail,
    /// ends what is open elsewhere if that is asked for (other sessions, what apps hold from them, offline too, and known
    /// browsers), and posts the letter. Returns how many sessions ended; `nil`,
    /// and nothing written, when the hash is another by now or that session has ended.
    func changePassword(
        _ replacement: PasswordReplacement, mailing letter: SealedLetter, at now: Instant
    ) async throws -> Int?

    /// Accounts in order of canonical address, starting after the given one.
    func accounts(after canonicalEmail: String?, limit: Int) async throws -> [Account]
}
