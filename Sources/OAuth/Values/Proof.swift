/// One thing that somebody proved at the door. The proofs of a session are its ledger: what its level is, and what an ID
/// token says of it, follows from them and from nothing else.
package struct Proof: Sendable, Equatable {
    /// What kind of thing was proven (NIST SP 800-63B-4 §2.2, with the mailbox kept apart: D1). Two proofs of one kind are
    /// one factor.
    package enum Class: String, Sendable, CaseIterable {
        case knowledge
        /// Whoever reads the mail of an address; an account at a provider is as good as the mailbox that brings it back
        /// (SO12).
        case mailbox
        case possession
        case inherence
    }

    /// What it was proven by: one of the names below, or the id of a provider.
    package let method: String
    package let time: Instant

    package init(_ method: String, at time: Instant) {
        self.method = method
        self.time = time
    }

    package static let password = "pwd"
    /// A password that was set through the mailbox, and so proves no more than that.
    package static let mailedPassword = "pwd_mail"
    /// A magic link, its code, or a code that confirms.
    package static let email = "email"
    /// The word of staff: it proves nothing of who came.
    package static let staffLink = "staff_link"
    package static let totp = "totp"
    package static let mailCode = "mail_code"
    package static let backupCode = "backup_code"
    /// A passkey that was touched and no more.
    package static let passkey = "passkey"
    /// A passkey whose authenticator knew its person (WebAuthn §6.1, flag UV).
    package static let verifiedPasskey = "passkey_uv"

    /// No provider may be called one of these.
    package static let reserved: Set<String> = [
        password, mailedPassword, email, staffLink, totp, mailCode, backupCode, passkey, verifiedPasskey, "magic_link",
        "password", "otp", "mca", "pop", "user", "mfa",
    ]

    package var classes: Set<Class> {
        switch method {
        case Self.password: [.knowledge]
        case Self.staffLink: []
        case Self.totp, Self.backupCode, Self.passkey: [.possession]
        case Self.verifiedPasskey: [.possession, .inherence]
        default: [.mailbox]
        }
    }

    /// Whether it counts as the second factor that policy asks for.
    package var isSecondFactor: Bool {
        [Self.totp, Self.mailCode, Self.backupCode, Self.passkey, Self.verifiedPasskey].contains(method)
    }

    package var isPhishingResistant: Bool { method == Self.passkey || method == Self.verifiedPasskey }

    /// Its values of `amr`: RFC 8176 §2 where that has a word.
    package var references: [String] {
        switch method {
        case Self.mailedPassword: [Self.password]
        case Self.totp, Self.backupCode: ["otp"]
        case Self.mailCode: ["mca"]
        case Self.passkey: ["pop"]
        case Self.verifiedPasskey: ["pop", "user"]
        default: [method]
        }
    }
}

extension [Proof] {
    package var classes: Set<Proof.Class> { reduce(into: []) { $0.formUnion($1.classes) } }

    /// `amr`, each once, with `mfa` (RFC 8176 §2) where more than one kind of thing was proven.
    package var references: [String] {
        var seen: [String] = []
        for reference in flatMap(\.references) where !seen.contains(reference) { seen.append(reference) }
        return classes.count > 1 ? seen + ["mfa"] : seen
    }

    /// When a second factor was last proven.
    package var factorTime: Instant? { filter(\.isSecondFactor).map(\.time).max() }

    /// With one more; of one method the latest counts.
    package func adding(_ proof: Proof) -> [Proof] { filter { $0.method != proof.method } + [proof] }
}
