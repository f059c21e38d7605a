/// What tells a person of a sign-in: a letter, and the way in it to say that it was not them (B094, PW14).
///
/// Made for every session and written with it only where it is wanted: whether the browser is known is seen in the same step
/// that opens the session.
package struct SignInNotice: Sendable, Equatable {
    package let letter: SealedLetter
    package let denial: OneTimeArtefact

    /// How long the link works, in seconds: longer than a holiday's weekend away from mail.
    package static let lifetime: Int64 = 7 * 86_400
}
