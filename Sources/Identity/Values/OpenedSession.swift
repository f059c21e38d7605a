import Cryptography
import OAuth

/// A session just opened, with the only copy of its secret, for the cookie.
package struct OpenedSession: Sendable {
    package let secret: OpaqueToken
    package let session: Session

    package init(secret: OpaqueToken, session: Session) {
        self.secret = secret
        self.session = session
    }

    /// A session that goes on under a new secret. Nothing is stored: a verb does that together with what else happens.
    init(keeping session: Session, _ random: any RandomSource) throws {
        let secret = try OpaqueToken(.session, from: random)
        self.init(secret: secret, session: session.under(secret.digest))
    }
}
