import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: sessions")
struct SessionTests {
    @Test("SE1: a session is found by the digest of its secret, not by its public id", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let opened = try await store.signIn("ann")
            #expect(try await store.session(opened.secret, at: start) == opened)
            #expect(try await store.session(digest("s1"), at: start) == nil)
            #expect(try await store.session(digest("other"), at: start) == nil)
        }
    }

    @Test("A session ends by idleness or by age, whichever comes first", arguments: StoreKind.allCases)
    func ends(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let idle = try await store.signIn("ann")
            let short = session("s2", until: 600)
            try await store.open(short, replacing: nil, for: nil, at: start)
            #expect(try await store.session(idle.secret, at: start + (hour - 1)) != nil)
            #expect(try await store.session(idle.secret, at: start + hour) == nil)
            #expect(try await store.session(short.secret, at: start + 599) != nil)
            #expect(try await store.session(short.secret, at: start + 600) == nil)
        }
    }

    @Test("Use moves the idle end, but wakes nothing that has ended", arguments: StoreKind.allCases)
    func touch(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let opened = try await store.signIn("ann")
            try await store.touch(opened.secret, idleUntil: start + 2 * hour, at: start + 60)
            let touched = try await store.session(opened.secret, at: start + hour)
            #expect(touched?.idleUntil == start + 2 * hour)
            #expect(touched?.lastSeenAt == start + 60)
            try await store.touch(opened.secret, idleUntil: start + 5 * hour, at: start + 2 * hour)
            #expect(try await store.session(opened.secret, at: start + 2 * hour) == nil)
            try await store.touch(digest("other"), idleUntil: start + hour, at: start)
            #expect(try await store.sessions(of: "id-ann", at: start).count == 1)
        }
    }

    @Test(
        "SE2: a session proven anew has a new secret and the old one is dead; all else stays",
        arguments: StoreKind.allCases)
    func renewing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let old = try await store.signIn("ann")
            let given = grant("g", from: old)
            try await store.issue(given)
            let fresh = renewed(old, "fresh")
            #expect(try await renew(old, as: fresh, store, at: start + 400))
            #expect(try await store.session(old.secret, at: start + 400) == nil)
            #expect(try await store.session(fresh.secret, at: start + 400) == fresh)
            #expect(try await store.isAlive(given))
            #expect(try await store.sessions(of: "id-ann", at: start + 400) == [fresh])
        }
    }

    @Test(
        "SE2, SE6: a session that has ended, run out, or whose person is disabled is not proven anew",
        arguments: StoreKind.allCases)
    func renewingNothing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let old = try await store.signIn("ann")
            let fresh = renewed(old, "fresh")
            #expect(
                try await !store.renew(digest("other"), as: fresh, provenHash: nil, spending: nil, at: start))
            #expect(try await !renew(old, as: fresh, store, at: start + hour))
            _ = try await store.setStatus(.disabled, of: "id-ann", at: start)
            #expect(try await !renew(old, as: fresh, store, at: start))
            _ = try await store.setStatus(.active, of: "id-ann", at: start)
            #expect(try await store.sessions(of: "id-ann", at: start).isEmpty)
        }
    }

    @Test("SE2: of many proofs at once one takes the session over", arguments: StoreKind.allCases)
    func renewingRace(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let old = try await first.signIn("ann")
            let won = try await winners(of: 40) { number in
                try await renew(
                    old, as: renewed(old, "fresh \(number)"), number.isMultiple(of: 2) ? first : second, at: start)
            }
            #expect(won == 1)
            #expect(try await first.sessions(of: "id-ann", at: start).count == 1)
        }
    }

    @Test(
        "SE6: a session is not proven anew by a password that is another by now, and stays as it was",
        arguments: StoreKind.allCases)
    func renewingByFormerPassword(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let old = try await store.signIn("ann")
            let fresh = renewed(old, "fresh")
            #expect(try await store.replacePasswordHash(of: "id-ann", from: "hash-ann", to: "today", at: start))
            for hash in ["hash-ann", "", "Today", "today "] {
                #expect(try await !renew(old, as: fresh, proving: hash, store, at: start + 400), "\(hash)")
            }
            #expect(try await store.sessions(of: "id-ann", at: start) == [old])
            #expect(try await renew(old, as: fresh, proving: "today", store, at: start + 400))
            #expect(try await store.session(old.secret, at: start + 400) == nil)
            #expect(try await store.session(fresh.secret, at: start + 400) == fresh)
        }
    }

    private func renew(
        _ old: Session, as renewed: Session, proving hash: String? = nil, _ store: Store, at now: Instant
    ) async throws -> Bool {
        try await store.renew(old.secret, as: renewed, provenHash: hash, spending: nil, at: now)
    }

    private func renewed(_ old: Session, _ name: String) -> Session {
        Session(
            secret: digest(name), id: old.id, subject: old.subject, browser: old.browser,
            authenticatedAt: start + 400, methods: ["pwd"], level: old.level, createdAt: old.createdAt,
            lastSeenAt: start + 400, idleUntil: start + 2 * hour, expiresAt: old.expiresAt, device: old.device,
            address: old.address)
    }

    @Test("SE2: a new session takes the place of the one the browser brought", arguments: StoreKind.allCases)
    func replacing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let old = try await store.signIn("ann")
            let fresh = session("s2")
            try await store.open(fresh, replacing: old.secret, for: nil, at: start)
            #expect(try await store.session(old.secret, at: start) == nil)
            #expect(try await store.session(fresh.secret, at: start) == fresh)
            try await store.open(session("s3"), replacing: digest("planted"), for: nil, at: start)
            #expect(try await store.session(digest("planted"), at: start) == nil)
            #expect(try await store.sessions(of: "id-ann", at: start).count == 2)
        }
    }

    @Test(
        "SE5: signing out also ends what was granted before the person signed in afresh", arguments: StoreKind.allCases)
    func signInAfresh(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let old = try await store.signIn("ann")
            let given = grant("g", from: old)
            try await store.issue(given)
            try await store.open(session("s2"), replacing: old.secret, for: nil, at: start)
            #expect(try await store.isAlive(given))
            #expect(try await store.end(sessionID: "s2", of: "id-ann", at: start))
            #expect(try await !store.isAlive(given))
        }
    }

    @Test(
        "SE2, SE5: somebody else's sign-in on the browser ends the session there, and its grants",
        arguments: StoreKind.allCases)
    func takingOver(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try await store.signIn("ann")
            let online = grant("g1", from: ann)
            let offline = grant("g2", from: ann, isOffline: true)
            try await store.issue(online)
            try await store.issue(offline)
            #expect(try await store.create(account("bob")))
            try await store.open(session("s2", of: "id-bob"), replacing: ann.secret, for: nil, at: start)
            #expect(try await store.session(ann.secret, at: start) == nil)
            #expect(try await !store.isAlive(online))
            #expect(try await store.isAlive(offline))
        }
    }

    @Test("The request a person signed in for learns of it in the same step", arguments: StoreKind.allCases)
    func forAuthorization(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.create(account("ann")))
            try await store.keep(try pending("p"))
            try await store.open(session("s1"), replacing: nil, for: digest("p"), at: start)
            #expect(try await store.pending(digest("p"), at: start)?.facts.signedInSession == "s1")
            try await store.open(session("s2"), replacing: nil, for: digest("gone"), at: start)
            #expect(try await store.session(session("s2").secret, at: start) != nil)
        }
    }

    @Test("SE6: nobody who is disabled or unknown gets a session", arguments: StoreKind.allCases)
    func disabledMeanwhile(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.create(account("ann", status: .disabled)))
            try await store.keep(try pending("p"))
            for opened in [session("s1"), session("s2", of: "id-nobody")] {
                #expect(try await !store.open(opened, replacing: nil, for: digest("p"), at: start))
                #expect(try await store.session(opened.secret, at: start) == nil)
            }
            #expect(try await store.pending(digest("p"), at: start)?.facts.signedInSession == nil)
            #expect(try await store.setStatus(.active, of: "id-ann", at: start))
            #expect(try await store.session(session("s1").secret, at: start) == nil)
        }
    }

    @Test(
        "SE6, I4: no session opens by a password that is another by now, and nothing is written for it",
        arguments: StoreKind.allCases)
    func provenHash(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let old = try await store.signIn("ann")
            try await store.keep(try pending("p"))
            #expect(try await store.replacePasswordHash(of: "id-ann", from: "hash-ann", to: "today", at: start))
            for hash in ["yesterday", "", "Today", "today "] {
                #expect(try await !store.open(opening("s2", proving: hash, old.secret), at: start), "\(hash)")
            }
            #expect(try await store.sessions(of: "id-ann", at: start) == [old])
            #expect(try await store.pending(digest("p"), at: start)?.facts.signedInSession == nil)
            #expect(try await store.open(opening("s2", proving: "today", old.secret), at: start))
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["s2"])
        }
    }

    @Test(
        "SE6, I4: of sign-ins and a change of password at once no session is left that the old one opened",
        arguments: StoreKind.allCases)
    func provenHashRace(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.signIn("ann", session: "kept")
            #expect(try await first.replacePasswordHash(of: "id-ann", from: "hash-ann", to: "old", at: start))
            let change = PasswordReplacement(from: "old", to: "new", keeping: kept(session("kept")), endsOthers: true)
            _ = try await winners(of: 20) { number in
                guard number != 10 else {
                    return try await first.changePassword(change, mailing: news("told"), at: start) != nil
                }
                return try await (number.isMultiple(of: 2) ? first : second).open(
                    opening("s\(number)", proving: "old", nil), at: start)
            }
            #expect(try await first.sessions(of: "id-ann", at: start).map(\.id) == ["kept"])
        }
    }

    private func opening(_ id: String, proving hash: String, _ old: TokenDigest?) -> SessionOpening {
        var opening = SessionOpening(session(id), replacing: old, for: digest("p"))
        opening.provenHash = hash
        return opening
    }

    @Test("A secret or a public id cannot be had twice", arguments: StoreKind.allCases)
    func unique(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let opened = try await store.signIn("ann")
            await #expect(throws: StorageError.self) {
                try await store.open(opened, replacing: nil, for: nil, at: start)
            }
            #expect(try await store.sessions(of: "id-ann", at: start) == [opened])
        }
    }
}
