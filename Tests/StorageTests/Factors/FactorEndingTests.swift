import Identity
import OAuth
import TestSupport
import Testing

@testable import Storage

@Suite("StoreContract: what becomes of second factors with everything else")
struct FactorEndingTests {
    private typealias Story = FactorStory

    private func enrolled(_ store: Store) async throws -> Session {
        try await store.enrol("ann", [Story.totp()], codes: ["one"], remembering: [Story.browser("a")])
        return try await store.wholeSession()
    }

    private func remembered(_ store: Store) async throws -> Int {
        try await store.rememberedBrowsers(of: "id-ann", at: start).count
    }

    private func reset(_ store: Store) async throws {
        try await store.begin(Story.proof("reset", for: .recovery))
        let reset = PasswordReset(
            link: digest("link reset"), accountID: "id-ann", address: try account("ann").email, newHash: "mailed",
            browser: digest("resetting"))
        #expect(try await store.resetPassword(reset, mailing: news("reset"), at: start) != nil)
    }

    @Test(
        "PW12, MF6: a forgotten password forgets browsers, and leaves the factor to be asked for",
        arguments: StoreKind.allCases)
    func resetPassword(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await enrolled(store)
            try await reset(store)
            #expect(try await remembered(store) == 0)
            #expect(try await store.holdings(of: "id-ann").codesLeft == 1)
            #expect(try await store.account(id: "id-ann")?.isPasswordMailed == true)
            let half = try await store.halfSession("s2")
            #expect(half.hasFactors)
        }
    }

    @Test(
        "SO12: a mailed password is its person's own once it is proven with what they hold, and not before",
        arguments: StoreKind.allCases)
    func mailedPassword(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.enrol("ann", [Story.totp(), Story.mailbox()], codes: ["one", "two"])
            #expect(try await store.account(id: "id-ann")?.isPasswordMailed == false)
            try await reset(store)
            // Without it nothing is known of it.
            let plain = try await store.halfSession("s1")
            let first = Story.proving(.backupCode(Story.code("one")), in: plain, by: Proof.backupCode, as: "f1")
            #expect(try await store.prove(first, at: start))
            #expect(try await store.account(id: "id-ann")?.isPasswordMailed == true)
            // A code to the same mailbox shows nothing new, and whoever is in by both chooses one that is no better.
            let mailed = session("s2")
            let made = Session(
                secret: mailed.secret, id: "s2", subject: mailed.subject, browser: mailed.browser,
                authenticatedAt: start,
                methods: [Proof.mailedPassword], level: "1", createdAt: start, lastSeenAt: start,
                idleUntil: start + hour,
                expiresAt: start + day, device: "", address: "")
            #expect(try await store.open(made, replacing: nil, for: nil, at: start))
            #expect(try await store.signInMethods(of: "id-ann").map(\.method).contains("pwd_mail") == false)
            let half = try #require(try await store.session(made.secret, at: start))
            try await store.begin(Story.proof("code", for: .secondFactor))
            let second = Story.proving(.mailCode(link: digest("link code")), in: half, by: Proof.mailCode, as: "f2")
            #expect(try await store.prove(second, at: start))
            let byMail = try #require(try await store.session(digest("f2"), at: start))
            let chosen = PasswordReplacement(
                from: "mailed", to: "chosen", keeping: StorageTests.kept(byMail, as: "f3"), endsOthers: false)
            #expect(try await store.changePassword(chosen, mailing: news("chosen"), at: start) == 0)
            #expect(try await store.account(id: "id-ann")?.isPasswordMailed == true)
            let still = try #require(try await store.session(digest("f3"), at: start))
            let third = Story.proving(.backupCode(Story.code("two")), in: still, by: Proof.backupCode, as: "f4")
            #expect(try await store.prove(third, at: start))
            #expect(try await store.account(id: "id-ann")?.isPasswordMailed == false)
        }
    }

    @Test(
        "SO12: a password chosen in a session that has proven a factor is its person's own",
        arguments: StoreKind.allCases)
    func chosen(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await enrolled(store)
            try await reset(store)
            let whole = try await store.wholeSession("s2")
            let replacement = PasswordReplacement(
                from: "mailed", to: "own", keeping: StorageTests.kept(whole), endsOthers: true)
            #expect(try await store.changePassword(replacement, mailing: news("own"), at: start) != nil)
            #expect(try await store.account(id: "id-ann")?.isPasswordMailed == false)
        }
    }

    @Test(
        "B100: signing out everywhere and a new password forget the browsers that skip", arguments: StoreKind.allCases)
    func elsewhere(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let whole = try await enrolled(store)
            #expect(try await store.endOthers(than: StorageTests.kept(whole), at: start) == 0)
            #expect(try await remembered(store) == 0)
            try await store.enrol("ann", [], remembering: [Story.browser("b")])
            let replacement = PasswordReplacement(
                from: "hash-ann", to: "new", keeping: StorageTests.kept(whole), endsOthers: false)
            #expect(try await store.changePassword(replacement, mailing: news("told"), at: start) == 0)
            #expect(try await remembered(store) == 0)
            try await store.enrol("ann", [], remembering: [Story.browser("c")])
            _ = try await store.endAccess(of: "id-ann", applications: false, sparingAdministrators: false, at: start)
            #expect(try await remembered(store) == 0)
            #expect(try await store.holdings(of: "id-ann").codesLeft == 1)
        }
    }

    @Test(
        "B094: whoever says that it was not them is asked for the second factor on every browser again",
        arguments: StoreKind.allCases)
    func denied(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let whole = try await enrolled(store)
            try await store.keep(
                OneTimeArtefact(
                    kind: .signInDenial, digest: digest("link"), binding: DeniableSignIn(whole).binding,
                    expiresAt: start + day), superseding: false)
            #expect(try await store.deny(digest("link"), at: start) != nil)
            #expect(try await remembered(store) == 0)
        }
    }

    @Test(
        "ML9: the first proof of a mailbox drops factors, codes and browsers, for nobody knows whose they are",
        arguments: StoreKind.allCases)
    func firstProof(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try account("ann")
            #expect(
                try await store.create(
                    Account(
                        id: ann.id, email: ann.email, isEmailVerified: false, profile: ann.profile,
                        passwordHash: "squatter", createdAt: start, updatedAt: start)))
            try await store.enrol("ann", codes: ["one"], remembering: [Story.browser("a")])
            _ = try await store.countFactorTry(of: "id-ann", under: FactorTries(), at: start)
            try await reset(store)
            for table in ["factors", "backup_codes", "factor_standings", "remembered_browsers"] {
                #expect(try await store.count(table) == 0, "\(table)")
            }
        }
    }

    @Test(
        "B125, MF6: who is disabled keeps factors for the day they are back; who is removed leaves none",
        arguments: StoreKind.allCases)
    func leaving(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await enrolled(store)
            try await store.begin(Story.proof("a", for: .factorRecovery))
            let begun = try await store.beginRecovery(
                Story.recovery(), spending: digest("link a"), cancelling: [digest("stop")], letters: [], at: start)
            #expect(begun)
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            #expect(try await remembered(store) == 0)
            #expect(try await store.factorRecovery(of: "id-ann", at: start) == nil)
            #expect(try await store.cancelRecovery(digest("stop"), letters: [], at: start) == nil)
            #expect(try await store.holdings(of: "id-ann").isEnrolled)
            #expect(try await store.purge("id-ann", deletedUntil: start))
            for table in ["factors", "backup_codes", "factor_standings", "remembered_browsers", "factor_recoveries"] {
                #expect(try await store.count(table) == 0, "\(table)")
            }
            #expect(try await store.count("one_time_artefacts", where: "kind = 'factor_recovery_stop'") == 0)
        }
    }

    @Test(
        "SO12: a first password is worth no more than what it was set by: a mailbox, or something that is held",
        arguments: StoreKind.allCases, [false, true])
    func firstPassword(kind: StoreKind, holds: Bool) async throws {
        try await kind.withStore { store in
            let ann = try account("ann")
            #expect(
                try await store.create(
                    Account(
                        id: ann.id, email: ann.email, isEmailVerified: true, profile: ann.profile, passwordHash: nil,
                        createdAt: start, updatedAt: start)))
            let session = try await store.wholeSession(proving: [holds ? Proof.verifiedPasskey : Proof.email])
            let first = PasswordReplacement(
                from: nil, to: "own", keeping: StorageTests.kept(session), endsOthers: false)
            #expect(try await store.changePassword(first, mailing: news("told"), at: start) == 0)
            #expect(try await store.account(id: "id-ann")?.isPasswordMailed == !holds)
        }
    }

    @Test(
        "ML10: with the address that is taken back go the factors and codes that were set up since; the cap stays",
        arguments: StoreKind.allCases, [false, true])
    func addressUndone(kind: StoreKind, hasOwn: Bool) async throws {
        try await kind.withStore { store in
            let thiefs = Story.passkey("thiefs")
            try await store.enrol("ann", [thiefs], codes: ["one"], remembering: [Story.browser("a")])
            if hasOwn {
                let own = Factor(
                    id: "own", accountID: "id-ann", name: "App", secret: .totp(sealedSeed: [1], lastStep: 1),
                    createdAt: start + -60)
                try await store.enrol("ann", [own])
                try await store.database.write { connection in
                    _ = try connection.execute(
                        "INSERT INTO backup_codes (account_id, digest, created_at) VALUES ($1, $2, $3)",
                        [.text("id-ann"), .digest(Story.code("own")), .instant(start + -60)])
                }
            }
            try await store.enrol("bob", [Story.passkey("bobs", of: "id-bob")])
            let undo = AddressUndo(
                link: digest("undo"), accountID: "id-ann",
                address: try #require(EmailAddress("before@example.org")), createdAt: start, expiresAt: start + day)
            try await store.database.write { connection in try connection.keep(undo) }
            let outcome = try await store.undoAddressChange(link: digest("undo"), mailing: news("x"), at: start + 60)
            #expect(outcome == .undone(wasChanged: true, sessionsEnded: 0))
            let holdings = try await store.holdings(of: "id-ann")
            #expect(holdings.factors.map(\.id) == (hasOwn ? ["own"] : []))
            #expect(holdings.codesLeft == (hasOwn ? 1 : 0))
            #expect(holdings.recoveredAt == (hasOwn ? nil : start + 60))
            #expect(try await remembered(store) == 0)
            #expect(try await store.holdings(of: "id-bob").factors.count == 1)
        }
    }
}
