import OAuth

/// A provider that people may sign in by, as the settings have it.
package struct UpstreamProvider: Sendable, Equatable {
    /// What it speaks, and what is peculiar to it.
    package enum Kind: String, Sendable, CaseIterable {
        case github, google, discord, facebook, microsoft, apple, gitlab
        /// Anybody else who speaks OpenID Connect.
        case openid
    }

    /// In addresses, in `sign_in.methods`, and in `amr`: 2 to 32 small letters, digits, `-` and `_`, a letter first.
    package let id: String
    package let kind: Kind
    /// On buttons.
    package var name: String
    package var clientID: String
    /// For Apple the private key (PEM, P-256) that client assertions are signed with.
    package var clientSecret: String
    /// Instead of those of its kind.
    package var scopes: [String]?
    /// Stands in for all of its hosts: GitHub Enterprise, a GitLab of one's own, a stand-in for tests.
    package var baseURL: String?
    /// As it calls itself, where that is for the operator to say (`openid`).
    package var issuer: String?
    package var usesProofKey = true
    /// Whether somebody whose address both sides have proven is connected without being asked (SO2).
    package var linksByAddress = false
    /// Whether its tokens are kept, sealed, with the identity (SO11).
    package var keepsTokens = false
    /// Google: the Workspace (`hd`), or `*` for any. Microsoft: the tenant's id, or `common`.
    package var organisation: String?
    /// Apple: the team, and the id of the key.
    package var team: String?
    package var keyID: String?

    package init(_ id: String, _ kind: Kind, name: String, clientID: String, clientSecret: String) {
        self.id = id
        self.kind = kind
        self.name = name
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    /// Names that mean another way to sign in, an outcome of it, or a page.
    package static let reserved = Set<String>([
        "password", "magic_link", "passkey", "pwd", "otp", "email", "staff_link", "hwk", "swk", "mfa", "other", "code",
        "again", "connect", "address", "recovery", "sign_up", "verification", "upstream", "invitation", "setup_link",
        "command", "unknown",
    ]).union(Proof.reserved)

    package static func isID(_ text: String) -> Bool {
        guard (2...32).contains(text.utf8.count), let first = text.utf8.first, (0x61...0x7A).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
        } && !reserved.contains(text)
    }
}

/// Printed, it shows which it is and no secret.
extension UpstreamProvider: CustomStringConvertible, CustomReflectable {
    package var description: String { "UpstreamProvider(\(id))" }
    package var customMirror: Mirror { Mirror(self, children: ["id": id, "kind": kind.rawValue]) }
}
