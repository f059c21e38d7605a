import Identity
import OAuth

/// Who is at the door: the browser by its cookie, and the person signed in on it.
struct Guest: Sendable {
    let browser: OpaqueToken
    let isNewBrowser: Bool
    let presentedSession: String?
    let session: Session?

    /// For a form: its page was for somebody signed in, so that without a session it is refused, and nobody is led on.
    func signedIn() throws(PageProblem) -> Session {
        guard let session else {
            throw PageProblem(.unauthorized, "not_signed_in", .notSignedIn, in: Course.pageForm)
        }
        return session
    }

    var visitor: AuthorizationEndpoint.Visitor {
        .init(browser: browser.digest, signedIn: session?.authentication)
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
