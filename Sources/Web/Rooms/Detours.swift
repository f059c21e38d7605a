import Identity
import OAuth

extension Rooms {
    static let confirmationPath = "/account/confirm"

    /// For whoever is not signed in: to the sign-in page, and from there to where they were going (B050).
    static func signInFirst(backTo path: ReturnPath) -> Reply {
        path == .account ? .seeOther("/sign-in") : .seeOther("/sign-in?next=" + path.escaped)
    }

    /// For whoever signed in too long ago for what they are about to do; `nil` when it is recent enough. `path` is the
    /// page with the form, not the address the form is sent to.
    static func confirmFirst(_ session: Session, backTo path: ReturnPath, at now: Instant) -> Reply? {
        session.isFresh(at: now) ? nil : .seeOther(confirmationPath + "?next=" + path.escaped)
    }

    /// Back to work, under the session's new secret.
    func returning(to path: ReturnPath, with renewed: OpenedSession, at now: Instant) -> Reply {
        signedIn(renewed, .seeOther(path.text), at: now)
    }
}
