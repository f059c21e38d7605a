import Cryptography
import OAuth

extension SignInNotice {
    /// For the session just made: its link denies this one and whatever else is opened with the same browser.
    package init(of session: Session, to account: Account, by postbox: Postbox, _ random: any RandomSource) throws {
        let now = session.createdAt
        let token = try OpaqueToken(.denial, from: random)
        let visitor = Visitor(browser: session.browser, device: session.device, address: session.address)
        let letter = try postbox.seal(
            Letter(
                .signInNotice, to: account.email, about: account.id, name: account.profile.name,
                secondPath: "/not-me/\(token.plaintext)",
                facts: Letter.facts(about: visitor, at: now) + session.proofs.prefix(1).map { (.method, $0.told) },
                expiresAt: now + Letter.newsLifetime), at: now)
        let denial = OneTimeArtefact(
            kind: .signInDenial, digest: token.digest, binding: DeniableSignIn(session).binding,
            expiresAt: now + Self.lifetime)
        self.init(letter: letter, denial: denial)
    }
}

extension Proof {
    /// What mails call it: how a password was set, or a passkey unlocked, is no news to its person.
    fileprivate var told: String {
        switch method {
        case Self.mailedPassword: Self.password
        case Self.verifiedPasskey: Self.passkey
        default: method
        }
    }
}
