import Identity
import OAuth
import Testing

@testable import Storage

/// Second factors, as the stories about their store tell them. Each is known by its name.
enum FactorStory {
    static func totp(_ id: String = "totp", of subject: String = "id-ann", step: Int64 = 100) -> Factor {
        Factor(
            id: id, accountID: subject, name: "App", secret: .totp(sealedSeed: [7, 0, 255], lastStep: step),
            createdAt: start)
    }

    static func mailbox(_ id: String = "mail", of subject: String = "id-ann") -> Factor {
        Factor(id: id, accountID: subject, name: "Mail", secret: .mailbox, createdAt: start + 1)
    }

    static func passkey(
        _ id: String = "key", of subject: String = "id-ann", credential: [UInt8]? = nil, count: Int64 = 0
    ) -> Factor {
        let passkey = Passkey(
            credentialID: credential ?? Array(id.utf8), publicKey: [165, 1, 2], signCount: count,
            isBackupEligible: true, isBackedUp: false, transports: ["internal", "hybrid"])
        return Factor(id: id, accountID: subject, name: "Phone", secret: .passkey(passkey), createdAt: start + 2)
    }

    static func challenge(_ name: String, lifetime: Int64 = 300) -> OneTimeArtefact {
        OneTimeArtefact(
            kind: .passkeyChallenge, digest: digest("challenge \(name)"), binding: "s1", expiresAt: start + lifetime)
    }

    static func tapped(
        _ factor: String = "key", count: Int64, challenge name: String = "c", isBackedUp: Bool = true
    ) -> FactorProving.Evidence {
        .passkey(factor: factor, signCount: count, isBackedUp: isBackedUp, challenge: challenge(name))
    }

    static func code(_ name: String) -> TokenDigest { digest("backup code \(name)") }

    /// The same session after its person has proven something, under the secret of this name.
    static func proven(
        _ session: Session, by method: String = Proof.totp, as secret: String = "fresh", at now: Instant = start
    ) -> Session {
        let proofs = session.proofs.adding(Proof(method, at: now))
        let end = session.isHalf ? session.createdAt + day : session.expiresAt
        return Session(
            secret: digest(secret), id: session.id, subject: session.subject, browser: session.browser,
            authenticatedAt: now, proofs: proofs, level: "urn:martlet:acr:2", createdAt: session.createdAt,
            lastSeenAt: now, idleUntil: min(now + 2 * hour, end), expiresAt: end, device: session.device,
            address: session.address)
    }

    static func proving(
        _ evidence: FactorProving.Evidence, in session: Session, by method: String = Proof.totp,
        as secret: String = "fresh", at now: Instant = start
    ) -> FactorProving {
        FactorProving(evidence, old: session.secret, renewed: proven(session, by: method, as: secret, at: now))
    }

    static func change(
        _ kind: FactorChange.Kind, in session: Session, as secret: String = "fresh", at now: Instant = start,
        codes: [String] = []
    ) -> FactorChange {
        var change = FactorChange(
            kind, old: session.secret, renewed: session.under(digest(secret)), freshSince: now + -300)
        change.firstCodes = codes.map(code)
        return change
    }

    static func browser(
        _ name: String, of subject: String = "id-ann", token: String? = nil, until end: Int64 = 14 * day
    ) -> RememberedBrowser {
        RememberedBrowser(
            id: "row \(name)", accountID: subject, token: digest(token ?? "token \(name)"), device: "Firefox",
            createdAt: start, lastUsedAt: start, expiresAt: start + end)
    }

    static func recovery(of subject: String = "id-ann", at now: Instant = start) -> FactorRecovery {
        FactorRecovery(accountID: subject, askedAt: now, readyAt: now + day, expiresAt: now + 8 * day)
    }

    static func proof(
        _ name: String, for purpose: MailProof.Purpose, of subject: String? = "id-ann",
        address: String = "ann@example.org", at now: Instant = start
    ) throws -> MailProof {
        MailProof(
            link: digest("link \(name)"), code: digest("code \(name)"), purpose: purpose, accountID: subject,
            address: try #require(EmailAddress(address)), browser: digest("browser \(name)"), createdAt: now,
            expiresAt: now + 600)
    }
}

extension Store {
    /// Somebody who has these factors and codes, as if they had set them up before.
    func enrol(
        _ name: String = "ann", _ factors: [Factor] = [FactorStory.totp()], codes: [String] = [],
        remembering browsers: [RememberedBrowser] = []
    ) async throws {
        if try await account(id: "id-\(name)") == nil { #expect(try await create(StorageTests.account(name))) }
        try await database.write { connection in
            for factor in factors { try connection.insert(factor) }
            for browser in browsers { try connection.insert(browser) }
            for code in codes {
                try connection.execute(
                    "INSERT INTO backup_codes (account_id, digest, created_at) VALUES ($1, $2, $3)",
                    [.text("id-\(name)"), .digest(FactorStory.code(code)), .instant(start)])
            }
        }
    }

    /// Somebody who has a factor and came in by a password alone.
    func halfSession(_ id: String = "s1", of name: String = "ann", for request: String? = nil) async throws -> Session {
        let made = StorageTests.session(id, of: "id-\(name)")
        #expect(try await open(made, replacing: nil, for: request.map(digest), at: start))
        let opened = try #require(try await session(made.secret, at: start))
        #expect(opened.isHalf)
        return opened
    }

    /// Somebody who came in by a password and a factor.
    func wholeSession(
        _ id: String = "s1", of name: String = "ann", proving methods: [String] = ["pwd", Proof.totp]
    ) async throws -> Session {
        let plain = StorageTests.session(id, of: "id-\(name)")
        let made = Session(
            secret: plain.secret, id: id, subject: plain.subject, browser: plain.browser, authenticatedAt: start,
            methods: methods, level: "urn:martlet:acr:2", createdAt: start, lastSeenAt: start, idleUntil: start + hour,
            expiresAt: start + 12 * hour, device: plain.device, address: plain.address)
        #expect(try await open(made, replacing: nil, for: nil, at: start))
        let opened = try #require(try await session(made.secret, at: start))
        #expect(!opened.isHalf)
        return opened
    }

    func count(_ table: String, where condition: String = "1 = 1") async throws -> Int64? {
        try await database.read { connection in
            try connection.rows("SELECT COUNT(*) FROM \(table) WHERE \(condition)", []).first?.integer(0)
        }
    }

    /// How many rows there are of what proving, changing and recovering leave.
    func factorTraces() async throws -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for table in [
            "factors", "backup_codes", "factor_standings", "remembered_browsers", "factor_recoveries",
            "one_time_artefacts", "outbox", "sessions", "known_browsers", "sign_in_methods",
        ] {
            counts[table] = try await count(table)
        }
        counts["spent codes"] = try await count("backup_codes", where: "spent_at IS NOT NULL")
        counts["spent mails"] = try await count("mail_proofs", where: "spent_at IS NOT NULL")
        counts["spent links"] = try await count("one_time_artefacts", where: "spent_at IS NOT NULL")
        counts["half"] = try await count("sessions", where: "is_half = 1")
        counts["tries"] = try await count("factor_standings", where: "tries > 0")
        return counts
    }
}
