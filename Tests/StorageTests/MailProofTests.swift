import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: proofs of mailboxes")
struct MailProofTests {
    private func proof(
        _ name: String, for purpose: MailProof.Purpose = .recovery, of account: String? = "id-ann",
        browser: String = "browser", at time: Instant = start
    ) throws -> MailProof {
        MailProof(
            link: digest("link \(name)"), code: digest("code \(name)"), purpose: purpose, accountID: account,
            address: try #require(EmailAddress("Ann@example.org")), browser: digest(browser), detail: ["name": "Ä\n"],
            createdAt: time, expiresAt: time + 600)
    }

    private func letter(_ name: String) -> SealedLetter {
        SealedLetter(
            id: name, kind: .recovery, accountID: "id-ann", sealed: [1], createdAt: start, expiresAt: start + 600,
            isBlank: false)
    }

    private func begin(_ proof: MailProof, _ name: String, in store: Store) async throws {
        try await store.begin(proof, with: .init(letters: [letter(name)]), at: proof.createdAt)
    }

    @Test("JW4, ML1: a proof is found by its link, for its purpose, until it ends", arguments: StoreKind.allCases)
    func byLink(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            let kept = try proof("a")
            try await begin(kept, "a", in: store)
            #expect(try await store.mailProof(link: kept.link, for: .recovery, at: start + 599) == kept)
            #expect(try await store.mailProof(link: kept.link, for: .recovery, at: start + 600) == nil)
            #expect(try await store.mailProof(link: kept.code, for: .recovery, at: start) == nil)
            for other in MailProof.Purpose.allCases where other != .recovery {
                #expect(try await store.mailProof(link: kept.link, for: other, at: start) == nil)
                #expect(try await store.tryCode(kept.code, for: other, browser: kept.browser, at: start) == .nothing)
            }
        }
    }

    @Test("ML4: a newer link supersedes that of the same browser, and of no other", arguments: StoreKind.allCases)
    func superseding(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            for (name, browser) in [("a", "browser"), ("strange", "other"), ("b", "browser")] {
                try await begin(proof(name, browser: browser, at: start + (name == "b" ? 1 : 0)), name, in: store)
            }
            #expect(try await store.mailProof(link: digest("link a"), for: .recovery, at: start + 1) == nil)
            #expect(try await store.mailProof(link: digest("link b"), for: .recovery, at: start + 1) != nil)
            #expect(try await store.mailProof(link: digest("link strange"), for: .recovery, at: start + 1) != nil)
            let mine = try await store.mailProof(awaitedBy: digest("browser"), for: .recovery, at: start + 1)
            #expect(mine?.link == digest("link b"))
        }
    }

    @Test(
        "ML8: five wrong codes lock the code and not the link; the right one is no wrong one",
        arguments: StoreKind.allCases)
    func codes(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let kept = try proof("a", of: nil)
            try await begin(kept, "a", in: store)
            func attempt(_ code: String, from browser: String = "browser") async throws -> CodeTry {
                try await store.tryCode(digest(code), for: .recovery, browser: digest(browser), at: start)
            }
            for _ in 0..<3 { #expect(try await attempt("code a") == .right(kept)) }
            #expect(try await attempt("code a", from: "other") == .nothing)
            for left in (0..<5).reversed() { #expect(try await attempt("code b") == .wrong(triesLeft: Int64(left))) }
            #expect(try await attempt("code a") == .locked)
            #expect(try await store.mailProof(link: kept.link, for: .recovery, at: start) != nil)
        }
    }

    @Test("ML8: of 200 simultaneous wrong codes five are compared", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await begin(proof("a", of: nil), "a", in: first)
            let count = try await winners { number in
                let outcome = try await (number % 2 == 0 ? first : second).tryCode(
                    digest("wrong"), for: .recovery, browser: digest("browser"), at: start)
                return outcome != .locked
            }
            #expect(count == 5)
        }
    }

    @Test(
        "ML4, SE6: a changed password and a disabled account end every link of theirs",
        arguments: StoreKind.allCases)
    func ended(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] {
                try await store.signIn(name, session: "of \(name)")
                try await begin(proof(name, of: "id-\(name)", browser: name), name, in: store)
            }
            let replacement = PasswordReplacement(
                from: "hash-ann", to: "new", keeping: kept(session("of ann")), endsOthers: true)
            let sessions = try await store.changePassword(replacement, mailing: letter("news"), at: start)
            #expect(sessions == 0)
            #expect(try await store.mailProof(link: digest("link ann"), for: .recovery, at: start) == nil)
            #expect(try await store.mailProof(link: digest("link bob"), for: .recovery, at: start) != nil)
            #expect(try await store.setStatus(.disabled, of: "id-bob", at: start))
            #expect(try await store.mailProof(link: digest("link bob"), for: .recovery, at: start) == nil)
        }
    }

    @Test(
        "ML4: a link of its own takes the place of the mailed one, while that is live", arguments: StoreKind.allCases)
    func replaced(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let kept = try proof("a", of: nil)
            try await begin(kept, "a", in: store)
            #expect(try await !store.replaceLink(digest("unknown"), by: digest("new"), at: start))
            #expect(try await !store.replaceLink(kept.link, by: digest("new"), at: start + 600))
            #expect(try await store.replaceLink(kept.link, by: digest("new"), at: start))
            #expect(try await store.mailProof(link: kept.link, for: .recovery, at: start) == nil)
            #expect(try await store.mailProof(link: digest("new"), for: .recovery, at: start)?.code == kept.code)
        }
    }

    @Test("ML4: of 200 that exchange one link at once one gets another for it", arguments: StoreKind.allCases)
    func exchangeRace(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let kept = try proof("a", of: nil)
            try await begin(kept, "a", in: first)
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second).replaceLink(
                    kept.link, by: digest("new \(number)"), at: start)
            }
            #expect(count == 1)
        }
    }

    @Test("OP1: a proof without its mail, or a mail without its proof, is not there", arguments: StoreKind.allCases)
    func together(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await begin(proof("a", of: nil), "same", in: store)
            await #expect(throws: StorageError.self) {
                try await begin(proof("b", of: nil, browser: "other"), "same", in: store)
            }
            #expect(try await store.mailProof(link: digest("link b"), for: .recovery, at: start) == nil)
        }
    }
}
