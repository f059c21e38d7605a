import Identity
import OAuth

/// Somewhere else to go first, found out where no reply can be given.
struct Detour: Error {
    let reply: Reply
}

extension Rooms {
    static let confirmationPath = "/account/confirm"

    /// For whoever is not signed in: to the sign-in page, and from there to where they were going (B050). Who has yet to
    /// prove the second factor goes where that is done (MF5).
    static func signInFirst(_ guest: Guest? = nil, backTo path: ReturnPath) -> Reply {
        let page = guest?.half == nil ? "/sign-in" : SecondFactorPath.prove
        return .seeOther(path == .account ? page : page + "?next=" + path.escaped)
    }

    /// For whoever signed in too long ago for what they are about to do; `nil` when it is recent enough. `path` is the
    /// page with the form, not the address the form is sent to.
    static func confirmFirst(_ session: Session, backTo path: ReturnPath, at now: Instant) -> Reply? {
        session.isFresh(at: now) ? nil : .seeOther(confirmation(of: session, backTo: path))
    }

    /// Where somebody proves again who they are: by a second factor, if they have one (MF7, MF8).
    static func confirmation(of session: Session, backTo path: ReturnPath) -> String {
        (session.hasFactors ? SecondFactorPath.prove : confirmationPath) + "?next=" + path.escaped
    }

    /// Back to work, under the session's new secret.
    func returning(to path: ReturnPath, with renewed: OpenedSession, at now: Instant) -> Reply {
        signedIn(renewed, .seeOther(path.text), at: now)
    }
}
