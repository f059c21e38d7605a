import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: invitations")
struct InvitationTests {
    private func invitation(_ name: String, to address: String = "New@Example.org", until end: Int64 = 7 * day) throws
        -> Invitation
    {
        Invitation(
            digest: digest(name), address: try #require(EmailAddress(address)), name: "Ann",
            roles: [Role("staff"), Role("editor", context: "p1")], createdAt: start, expiresAt: start + end)
    }

    private func letter(_ id: String) -> SealedLetter {
        SealedLetter(
            id: id, kind: .invitation, accountID: nil, sealed: [1], createdAt: start, expiresAt: start + day,
            isBlank: false)
    }

    private func entry(_ name: String, _ person: String = "new", session id: String = "s1") throws -> ProvenEntry {
        let account = try account(person, roles: [Role("staff")])
        return ProvenEntry(
            link: digest(name), account: account,
            opening: SessionOpening(StorageTests.session(id, of: account.id), replacing: nil, for: nil), letters: [])
    }

    @Test(
        "An invitation comes back as it was made, and is spent once, with the account and its session",
        arguments: StoreKind.allCases)
    func accept(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            let made = try invitation("one")
            #expect(try await first.invite(made, mailing: letter("l"), at: start))
            #expect(try await second.invitation(digest("one"), at: start) == made)
            #expect(try await second.invitation(digest("one"), at: start + 7 * day) == nil)
            #expect(try await second.invitation(digest("other"), at: start) == nil)
            #expect(try await second.accept(entry("one"), at: start + 5))
            #expect(try await first.account(id: "id-new")?.roles == [Role("staff")])
            #expect(try await first.sessions(of: "id-new", at: start + 5).map(\.id) == ["s1"])
            #expect(try await first.invitation(digest("one"), at: start + 5) == nil)
            #expect(try await !first.accept(entry("one", session: "s2"), at: start + 6))
        }
    }

    enum Obstacle: CaseIterable, Sendable {
        case unknown, expired, spent, superseded, addressTaken, otherAddress
    }

    @Test(
        "IN3: what is not live, or is for another address, makes nobody and spends nothing",
        arguments: StoreKind.allCases, Obstacle.allCases)
    func refusals(kind: StoreKind, obstacle: Obstacle) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.invite(invitation("one"), mailing: letter("l"), at: start))
            var (link, person, now) = ("one", "new", start)
            switch obstacle {
            case .unknown: link = "other"
            case .expired: now = start + 7 * day
            case .spent:
                #expect(try await store.consume(.invitation, digest("one"), binding: "new@example.org", at: start))
            case .superseded: #expect(try await store.invite(invitation("two"), mailing: letter("m"), at: start))
            case .addressTaken: #expect(try await store.create(account("new")))
            case .otherAddress: person = "eve"
            }
            let before = try await store.accounts(after: nil, limit: 10)
            #expect(try await !store.accept(entry(link, person), at: now))
            #expect(try await store.accounts(after: nil, limit: 10) == before)
            #expect(try await store.sessions(of: "id-\(person)", at: now).isEmpty)
            if obstacle == .otherAddress { #expect(try await store.accept(entry("one"), at: now)) }
            if obstacle == .superseded { #expect(try await store.accept(entry("two"), at: now)) }
        }
    }

    @Test("Nobody is invited whose address has an account, and no mail tells of it", arguments: StoreKind.allCases)
    func taken(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("new")))
            #expect(try await !store.invite(invitation("one"), mailing: letter("l"), at: start))
            let mails = try await store.database.read { try $0.rows("SELECT id FROM outbox", []).count }
            #expect(mails == 0)
        }
    }

    @Test("IN3: of 60 who accept one invitation at once one does", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            #expect(try await first.invite(invitation("one"), mailing: letter("l"), at: start))
            let count = try await winners(of: 60) { number in
                let new = try account("new")
                let twin = Account(
                    id: "twin\(number)", email: new.email, isEmailVerified: true, profile: Profile(),
                    passwordHash: nil, createdAt: start, updatedAt: start)
                let opening = SessionOpening(
                    Self.session(number, of: twin.id), replacing: nil, for: nil)
                let entry = ProvenEntry(link: digest("one"), account: twin, opening: opening, letters: [])
                return try await (number % 2 == 0 ? first : second).accept(entry, at: start)
            }
            #expect(count == 1)
            #expect(try await second.accounts(after: nil, limit: 10).count == 1)
        }
    }

    private static func session(_ number: Int, of subject: String) -> Session {
        StorageTests.session("s\(number)", of: subject)
    }

    @Test(
        "Whoever gets an account another way ends the invitation; disabling ends those to the address",
        arguments: StoreKind.allCases)
    func accountMeanwhile(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.invite(invitation("one"), mailing: letter("l"), at: start))
            #expect(try await store.create(account("new")))
            #expect(try await store.invitation(digest("one"), at: start) == nil)
        }
    }

    @Test("What has run out is swept", arguments: StoreKind.allCases)
    func swept(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.invite(invitation("one"), mailing: letter("l"), at: start))
            _ = try await store.sweep(at: start + 9 * day, limit: 100)
            let left = try await store.database.read { try $0.rows("SELECT email FROM invitations", []).count }
            #expect(left == 0)
        }
    }
}
