import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: invitations")
struct InvitationTests {
    private func invitation(
        _ name: String, to address: String = "New@Example.org", by inviter: String? = nil, until end: Int64 = 7 * day
    ) throws -> Invitation {
        Invitation(
            digest: digest(name), address: try #require(EmailAddress(address)), name: "Ann",
            roles: [Role("staff"), Role("editor", context: "p1")], inviter: inviter, createdAt: start,
            expiresAt: start + end)
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

    enum Fall: CaseIterable, Sendable {
        case roleTaken, disabled, deletedByPerson, deletedByOperator, gone, disabledByHand, neverAdministered
    }

    @Test(
        "An invitation lives as long as its inviter administers, and comes back to life by nothing",
        arguments: StoreKind.allCases, Fall.allCases)
    func inviter(kind: StoreKind, fall: Fall) async throws {
        try await kind.withTwoStores { first, second async throws in
            #expect(try await first.create(account("other", roles: [.administrator])))
            let roles = fall == .neverAdministered ? [Role("administrator", context: "p1")] : [Role.administrator]
            #expect(try await first.create(account("root", roles: roles)))
            #expect(try await first.invite(invitation("one", by: "id-root"), mailing: letter("l"), at: start))
            #expect(
                try await first.invite(
                    invitation("kept", to: "kept@example.org", by: "id-other"), mailing: letter("m"), at: start))
            #expect((try await second.invitation(digest("one"), at: start) != nil) == (fall != .neverAdministered))
            switch fall {
            case .roleTaken: #expect(try await first.setRoles([Role("staff")], of: "id-root", at: start))
            case .disabled: #expect(try await first.setStatus(.disabled, of: "id-root", at: start))
            case .deletedByPerson, .deletedByOperator:
                let actor: Deletion.Actor = fall == .deletedByPerson ? .person : .operator
                #expect(try await first.delete("id-root", by: actor, mailing: [], at: start) == .deleted)
            case .gone, .disabledByHand:
                let change =
                    fall == .gone
                    ? "DELETE FROM accounts WHERE id = 'id-root'"
                    : "UPDATE accounts SET status = 'disabled' WHERE id = 'id-root'"
                try await first.database.write { connection in _ = try connection.execute(change, []) }
            case .neverAdministered: break
            }
            #expect(try await second.invitation(digest("one"), at: start) == nil)
            #expect(try await !second.accept(entry("one"), at: start))
            #expect(try await second.invitations(after: nil, limit: 9, at: start).map(\.digest) == [digest("kept")])
            if fall != .gone, fall != .disabledByHand, fall != .neverAdministered {
                #expect(try await first.setStatus(.active, of: "id-root", at: start))
                #expect(try await first.setRoles([.administrator], of: "id-root", at: start))
                #expect(try await !second.accept(entry("one"), at: start))
            }
            #expect(try await second.account(id: "id-new") == nil)
        }
    }

    @Test("IN3: of an acceptance and the fall of the inviter at once there is no half", arguments: StoreKind.allCases)
    func acceptanceAgainstFall(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            #expect(try await first.create(account("other", roles: [.administrator])))
            #expect(try await first.create(account("root", roles: [.administrator])))
            #expect(try await first.invite(invitation("one", by: "id-root"), mailing: letter("l"), at: start))
            let newcomer = try entry("one")
            let won = try await winners(of: 2) { number in
                number == 0
                    ? try await first.accept(newcomer, at: start)
                    : try await second.setRoles([], of: "id-root", at: start)
            }
            let came = try await first.account(id: "id-new") != nil
            #expect(won == (came ? 2 : 1))
            #expect(try await first.sessions(of: "id-new", at: start).count == (came ? 1 : 0))
            #expect(try await first.invitations(after: nil, limit: 9, at: start).isEmpty)
        }
    }

    @Test("What waits is listed page by page; what is dead is not", arguments: StoreKind.allCases)
    func list(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["cem", "ann", "bob", "eve"] {
                let end = name == "eve" ? hour : 7 * day
                #expect(
                    try await store.invite(
                        invitation(name, to: "\(name)@Example.org", until: end), mailing: letter(name), at: start))
            }
            #expect(try await store.create(account("bob")))
            func page(after last: String?, _ limit: Int) async throws -> [String] {
                try await store.invitations(after: last, limit: limit, at: start + hour).map(\.address.canonical)
            }
            #expect(try await page(after: nil, 1) == ["ann@example.org"])
            #expect(try await page(after: "ann@example.org", 9) == ["cem@example.org"])
            #expect(try await page(after: "cem@example.org", 9).isEmpty)
            for limit in [0, -1] { #expect(try await page(after: nil, limit).isEmpty) }
        }
    }

    @Test(
        "IN3: an invitation is withdrawn once, and is dead then; there is nothing to withdraw of one that is not live",
        arguments: StoreKind.allCases)
    func withdraw(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            let address = try #require(EmailAddress("NEW@example.org"))
            #expect(try await first.withdrawInvitation(to: address, at: start) == nil)
            #expect(try await first.invite(invitation("one"), mailing: letter("l"), at: start))
            let other = try #require(EmailAddress("other@example.org"))
            #expect(try await first.withdrawInvitation(to: other, at: start) == nil)
            #expect(try await first.withdrawInvitation(to: address, at: start + 7 * day) == nil)
            let count = try await winners(of: 20) { number in
                try await (number % 2 == 0 ? first : second).withdrawInvitation(to: address, at: start) != nil
            }
            #expect(count == 1)
            #expect(try await second.invitation(digest("one"), at: start) == nil)
            #expect(try await !second.accept(entry("one"), at: start))
            #expect(try await first.invite(invitation("two"), mailing: letter("m"), at: start))
            #expect(try await second.accept(entry("two"), at: start))
            #expect(try await first.withdrawInvitation(to: address, at: start) == nil, "accepted")
        }
    }
}
