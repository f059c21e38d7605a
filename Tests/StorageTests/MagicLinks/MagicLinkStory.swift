import Identity
import OAuth
import Testing

@testable import Storage

/// Links to sign in with, as the stories about their store tell them. Each is known by its name.
enum MagicLinkStory {
    static func proof(
        _ name: String, for purpose: MailProof.Purpose = .magicLink, of account: String? = "id-ann",
        address: String = "ann@example.org", browser: String = "asking", at time: Instant = start
    ) throws -> MailProof {
        MailProof(
            link: digest("link \(name)"), code: digest("code \(name)"), purpose: purpose, accountID: account,
            address: try #require(EmailAddress(address)), browser: digest(browser), createdAt: time,
            expiresAt: time + 600)
    }

    /// Somebody comes in by the link of this name.
    static func entry(
        _ name: String, as person: Account? = nil, for purpose: MailProof.Purpose = .magicLink,
        gate: MagicLinkEntry.Gate = .people(.anybody), session id: String? = nil, replacing old: Session? = nil,
        signingInFor authorization: String? = nil, welcome: SealedLetter? = nil, at now: Instant = start
    ) throws -> MagicLinkEntry {
        let person = try person ?? account("ann")
        let opened = session(by: id ?? "by \(name)", of: person.id, at: now)
        let opening = SessionOpening(opened, replacing: old?.secret, for: authorization.map(digest))
        return MagicLinkEntry(
            link: digest("link \(name)"), purpose: purpose, account: person, gate: gate, opening: opening,
            welcome: welcome)
    }

    static func session(by id: String, of subject: String = "id-ann", at now: Instant = start) -> Session {
        Session(
            secret: digest("secret of \(id)"), id: id, subject: subject, browser: digest("asking"),
            authenticatedAt: now, methods: ["email"], level: "urn:martlet:acr:1", createdAt: now, lastSeenAt: now,
            idleUntil: now + hour, expiresAt: now + 12 * hour, device: "Firefox, Linux", address: "192.0.2.7")
    }

    /// An account that nobody has proven to read the mail of.
    static func unproven(_ name: String = "ann") throws -> Account {
        let proven = try account(name)
        return Account(
            id: proven.id, email: proven.email, isEmailVerified: false, profile: proven.profile,
            passwordHash: "squatted", createdAt: start, updatedAt: start)
    }
}

extension Store {
    func begin(_ proof: MailProof) async throws {
        try await begin(proof, with: .init(), at: proof.createdAt)
    }

    /// Whether somebody came in by it.
    func opens(_ entry: MagicLinkEntry, at now: Instant = start) async throws -> Bool {
        try await signIn(entry, at: now) == .opened
    }

    /// How many rows there are of what a sign-in leaves.
    func traces() async throws -> [String: Int64] {
        try await database.read { connection in
            let tables = ["sessions", "sign_in_methods", "known_browsers", "outbox", "account_notices"]
            return try tables.reduce(into: [:]) { counts, table in
                counts[table] = try connection.rows("SELECT COUNT(*) FROM \(table)", []).first?.integer(0)
            }
        }
    }
}
