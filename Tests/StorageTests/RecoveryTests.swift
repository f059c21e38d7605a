import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: a new password for a forgotten one")
struct RecoveryTests {
    private func proof(
        _ name: String, for purpose: MailProof.Purpose = .recovery, of account: String? = "id-ann",
        address: String = "ann@example.org", browser: String = "asking", until: Int64 = 600
    ) throws -> MailProof {
        MailProof(
            link: digest("link \(name)"), code: digest("code \(name)"), purpose: purpose, accountID: account,
            address: try #require(EmailAddress(address)), browser: digest(browser), createdAt: start,
            expiresAt: start + until)
    }

    private func begin(_ proof: MailProof, in store: Store) async throws {
        try await store.begin(proof, with: .init(letters: []), at: start)
    }

    private func reset(
        _ name: String, of account: String = "id-ann", address: String = "ann@example.org", to hash: String = "new"
    ) throws -> PasswordReset {
        PasswordReset(
            link: digest("link \(name)"), accountID: account, address: try #require(EmailAddress(address)),
            newHash: hash, browser: digest("resetting"))
    }

    @Test(
        "B024, PW12: a reset sets the password and ends every session and every grant, offline ones too",
        arguments: StoreKind.allCases)
    func done(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await store.signIn("ann", session: "s2")
            try await store.signIn("bob", session: "bobs")
            let (online, offline) = (grant("on"), grant("off", from: session("s2"), isOffline: true))
            let foreign = grant("bob", from: session("bobs", of: "id-bob"), isOffline: true)
            for grant in [online, offline, foreign] { try await store.issue(grant) }
            try await store.remember(browser: digest("thief"), of: "id-ann", at: start)
            for name in ["a", "b"] { try await begin(proof(name, browser: name), in: store) }
            try await begin(proof("verify", for: .verification), in: store)
            let done = try await store.resetPassword(reset("a"), mailing: news("told"), at: start)
            #expect(done == Recovered(sessionsEnded: 2, isFirstProof: false))
            #expect(try await store.account(id: "id-ann")?.passwordHash == "new")
            #expect(try await store.sessions(of: "id-ann", at: start).isEmpty)
            #expect(try await !store.isAlive(online))
            #expect(try await !store.isAlive(offline))
            #expect(try await store.isAlive(foreign))
            #expect(try await store.sessions(of: "id-bob", at: start).count == 1)
            #expect(try await !store.isKnown(browser: digest("thief"), of: "id-ann"))
            #expect(try await store.isKnown(browser: digest("resetting"), of: "id-ann"))
            for (name, purpose) in [("a", MailProof.Purpose.recovery), ("b", .recovery), ("verify", .verification)] {
                #expect(try await store.mailProof(link: digest("link \(name)"), for: purpose, at: start) == nil)
            }
        }
    }

    @Test(
        "PW12, ML10: what is not this account's live proof of its address as it is now resets nothing",
        arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
            try await begin(proof("a"), in: store)
            try await begin(proof("nobody", of: nil, browser: "1"), in: store)
            try await begin(proof("moved", address: "other@example.org", browser: "2"), in: store)
            try await begin(proof("over", browser: "3", until: 0), in: store)
            for purpose in MailProof.Purpose.allCases where purpose != .recovery {
                try await begin(proof(purpose.rawValue, for: purpose), in: store)
            }
            let refusals =
                [
                    try reset("unknown"), try reset("nobody"), try reset("moved"), try reset("over"),
                    try reset("moved", address: "other@example.org"), try reset("a", of: "id-bob"),
                    try reset("a", of: "id-bob", address: "bob@example.org"),
                    try reset("a", address: "bob@example.org"),
                ] + (try MailProof.Purpose.allCases.filter { $0 != .recovery }.map { try reset($0.rawValue) })
            for refusal in refusals {
                #expect(try await store.resetPassword(refusal, mailing: news("x"), at: start) == nil)
            }
            #expect(try await store.account(id: "id-ann")?.passwordHash == "hash-ann")
            #expect(try await store.account(id: "id-bob")?.passwordHash == "hash-bob")
            #expect(try await store.resetPassword(reset("a"), mailing: news("x"), at: start + 600) == nil)
            #expect(try await store.resetPassword(reset("a"), mailing: news("x"), at: start + 599) != nil)
            #expect(try await store.resetPassword(reset("a"), mailing: news("y"), at: start) == nil)
        }
    }

    @Test("SE6: what an operator switched off is not recovered", arguments: StoreKind.allCases)
    func disabled(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann", status: .disabled)))
            try await begin(proof("a"), in: store)
            #expect(try await store.resetPassword(reset("a"), mailing: news("x"), at: start) == nil)
            #expect(try await store.account(id: "id-ann")?.passwordHash == "hash-ann")
        }
    }

    @Test(
        "ML9: the first proof of an address drops what was decided and allowed before", arguments: StoreKind.allCases)
    func squatter(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let ann = try account("ann")
            let unproven = Account(
                id: ann.id, email: ann.email, isEmailVerified: false, profile: ann.profile, passwordHash: "squatter",
                createdAt: start, updatedAt: start)
            #expect(try await store.create(unproven))
            try await store.open(session("s1"), replacing: nil, for: nil, at: start)
            #expect(try await store.decide(.magicLinks(true), of: "id-ann", mailing: []))
            try await store.remember(
                Consent(subject: "id-ann", clientID: "app", scopes: ["openid"], resources: [], grantedAt: start))
            try await begin(proof("a"), in: store)
            let done = try await store.resetPassword(reset("a"), mailing: news("told"), at: start)
            #expect(done == Recovered(sessionsEnded: 1, isFirstProof: true))
            #expect(try await store.account(id: "id-ann")?.isEmailVerified == true)
            #expect(try await store.preferences(of: "id-ann") == Preferences())
            #expect(try await store.signInMethods(of: "id-ann").isEmpty)
            #expect(try await store.consents(of: "id-ann").isEmpty)
        }
    }

    @Test("ML1: of 200 that use one link at once one sets the password", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.signIn("ann")
            try await begin(proof("a"), in: first)
            let count = try await winners { number in
                let reset = try reset("a", to: "new \(number)")
                let store = number % 2 == 0 ? first : second
                return try await store.resetPassword(reset, mailing: news("told \(number)"), at: start) != nil
            }
            #expect(count == 1)
            #expect(try await first.account(id: "id-ann")?.passwordHash?.hasPrefix("new ") == true)
        }
    }

    @Test(
        "ML4, PW9: signing out everywhere ends what waits in mailboxes, but not the owner's way back in",
        arguments: StoreKind.allCases)
    func everywhere(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            for purpose in MailProof.Purpose.allCases {
                try await begin(proof(purpose.rawValue, for: purpose), in: store)
            }
            #expect(try await store.endOthers(than: kept(), at: start) == 0)
            for purpose in MailProof.Purpose.allCases {
                let link = digest("link \(purpose.rawValue)")
                let isLive = try await store.mailProof(link: link, for: purpose, at: start) != nil
                #expect(isLive == (purpose == .recovery), "\(purpose)")
            }
        }
    }

    @Test("OP1: without its mail there is no reset, and the link still works", arguments: StoreKind.allCases)
    func together(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await begin(proof("a"), in: store)
            try await store.begin(
                proof("other", browser: "other"), with: .init(letters: [news("same")]), at: start)
            await #expect(throws: StorageError.self) {
                _ = try await store.resetPassword(reset("a"), mailing: news("same"), at: start)
            }
            #expect(try await store.account(id: "id-ann")?.passwordHash == "hash-ann")
            #expect(try await store.sessions(of: "id-ann", at: start).count == 1)
            #expect(try await store.resetPassword(reset("a"), mailing: news("told"), at: start) != nil)
        }
    }
}
