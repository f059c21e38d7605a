import Cryptography
import OAuth

/// What tells a person of a sign-in: a letter, and the way in it to say that it was not them (B094, PW14).
///
/// Made for every session and written with it only where it is wanted: whether the browser is known is seen in the same step
/// that opens the session.
package struct SignInNotice: Sendable, Equatable {
    package let letter: SealedLetter
    package let denial: OneTimeArtefact

    /// How long the link works, in seconds: longer than a holiday's weekend away from mail.
    package static let lifetime: Int64 = 7 * 86_400
    /// News that nobody needs any more is not sent.
    private static let newsLifetime: Int64 = 3 * 86_400

    package init(of session: Session, to account: Account, by postbox: Postbox, _ random: any RandomSource) throws {
        let now = session.createdAt
        let token = try OpaqueToken(.denial, from: random)
        let visitor = Visitor(browser: session.browser, device: session.device, address: session.address)
        letter = try postbox.seal(
            Letter(
                .signInNotice, to: account.email, about: account.id, name: account.profile.name,
                secondPath: "/not-me/\(token.plaintext)",
                facts: Letter.facts(about: visitor, at: now) + session.methods.prefix(1).map { (.method, $0) },
                expiresAt: now + Self.newsLifetime), at: now)
        denial = OneTimeArtefact(
            kind: .signInDenial, digest: token.digest, binding: "\(account.id) \(session.id)",
            expiresAt: now + Self.lifetime)
    }
}
