import Identity
import OAuth

/// Who is at the door: the browser by its cookie, and the person signed in on it.
struct Guest: Sendable {
    let browser: OpaqueToken
    let isNewBrowser: Bool
    let presentedSession: String?
    let session: Session?
    /// Whose second factor is still to be proven: nobody is signed in by it (MF5).
    var half: Session?
    /// Under which sessions tell their level.
    var levels = AuthenticationLevels.standard

    /// Whoever has come in on this browser, with or without the second factor: for what somebody may always do, like
    /// leaving, and for second clicks.
    var entered: Session? { session ?? half }

    /// Who may say that they have none of their factors: whoever is asked for one, and has proven none.
    var factorless: Session? { half ?? session.flatMap { FactorRecoveries.isFor($0) ? $0 : nil } }

    /// For a form: its page was for somebody signed in, so that without a session it is refused, and nobody is led on.
    func signedIn() throws(PageProblem) -> Session {
        guard let session else {
            throw PageProblem(.unauthorized, "not_signed_in", .notSignedIn, in: Course.pageForm)
        }
        return session
    }

    var visitor: AuthorizationEndpoint.Visitor {
        .init(
            browser: browser.digest, signedIn: session?.authentication(levels), half: half?.authentication(levels))
    }
}

extension Established {
    /// Who is signed in on this browser.
    init(_ guest: Guest) {
        self.init(
            [.formOrigin: "made here, for this browser"].merging(
                guest.session.map { [.session: .known("signed in: \($0.subject)")] } ?? [:]
            ) { first, _ in first },
            subject: guest.session?.subject)
    }
}
