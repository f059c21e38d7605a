import Cryptography
import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: preferences and ways to sign in")
struct PreferenceTests {
    private func letter() throws -> SealedLetter {
        SealedLetter(
            id: "l1", kind: .noticesTurnedOff, accountID: "id-ann", sealed: [1, 2], createdAt: start,
            expiresAt: start + day, isBlank: false)
    }

    private func letters(in store: Store) async throws -> Int {
        try await store.database.read { connection in try connection.rows("SELECT id FROM outbox", []).count }
    }

    @Test("B092: who never decided has the defaults; who did has what they decided", arguments: StoreKind.allCases)
    func preferences(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            #expect(try await store.preferences(of: "id-ann") == Preferences())
            #expect(try await store.decide(.signInNotices(.none), of: "id-ann", mailing: [letter()]))
            #expect(try await store.preferences(of: "id-ann") == Preferences(signInNotices: .none))
            #expect(try await letters(in: store) == 1)
            #expect(try await store.decide(.magicLinks(true), of: "id-ann", mailing: []))
            #expect(
                try await store.preferences(of: "id-ann") == Preferences(magicLinks: true, signInNotices: .none))
            #expect(try await store.decide(.signInNotices(.all), of: "id-ann", mailing: []))
            #expect(try await store.preferences(of: "id-ann") == Preferences(magicLinks: true, signInNotices: .all))
        }
    }

    @Test("What is decided already is neither written nor told again", arguments: StoreKind.allCases)
    func again(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            #expect(try await !store.decide(.signInNotices(.newBrowsers), of: "id-ann", mailing: [letter()]))
            #expect(try await !store.decide(.magicLinks(false), of: "id-ann", mailing: [letter()]))
            #expect(try await store.decide(.magicLinks(true), of: "id-ann", mailing: []))
            #expect(try await !store.decide(.magicLinks(true), of: "id-ann", mailing: [letter()]))
            #expect(try await letters(in: store) == 0)
        }
    }

    @Test(
        "Different decisions in two processes at once are all kept, the first ones too", arguments: StoreKind.allCases)
    func differentRace(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            for number in 0..<20 {
                let name = "p\(number)"
                #expect(try await first.create(account(name)))
                async let links = first.decide(.magicLinks(true), of: "id-\(name)", mailing: [])
                async let notices = second.decide(.signInNotices(.all), of: "id-\(name)", mailing: [])
                let (linksDone, noticesDone) = try await (links, notices)
                #expect(linksDone && noticesDone)
                let kept = try await first.preferences(of: "id-\(name)")
                #expect(kept == Preferences(magicLinks: true, signInNotices: .all))
                // And once more, with a row that is there.
                async let linksOff = second.decide(.magicLinks(false), of: "id-\(name)", mailing: [])
                async let silence = first.decide(.signInNotices(.none), of: "id-\(name)", mailing: [])
                let (offDone, silenceDone) = try await (linksOff, silence)
                #expect(offDone && silenceDone)
                let changed = try await second.preferences(of: "id-\(name)")
                #expect(changed == Preferences(magicLinks: false, signInNotices: .none))
            }
        }
    }

    @Test("Of many who decide the same at once, one tells of it by mail", arguments: StoreKind.allCases)
    func sameRace(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            #expect(try await first.create(account("ann")))
            let count = try await winners(of: 50) { number in
                try await (number.isMultiple(of: 2) ? first : second)
                    .decide(.signInNotices(.none), of: "id-ann", mailing: [news("l\(number)", of: .noticesTurnedOff)])
            }
            #expect(count == 1)
            #expect(try await letters(in: second) == 1)
        }
    }

    @Test("Preferences of nobody are not kept, and no mail tells of them", arguments: StoreKind.allCases)
    func nobody(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            await #expect(throws: StorageError.self) {
                _ = try await store.decide(.magicLinks(true), of: "id-nobody", mailing: [letter()])
            }
            #expect(try await letters(in: store) == 0)
        }
    }

    @Test("B007: two sign-ins by one way are one row, with its first and last use", arguments: StoreKind.allCases)
    func methods(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            #expect(try await store.signInMethods(of: "id-ann").map(\.method) == ["otp", "pwd"])
            let later = Session(
                secret: digest("later"), id: "later", subject: "id-ann", browser: digest("b"),
                authenticatedAt: start + 60, methods: ["pwd"], level: "1", createdAt: start + 60,
                lastSeenAt: start + 60, idleUntil: start + day, expiresAt: start + day, device: "", address: "")
            try await store.open(later, replacing: nil, for: nil, at: start + 60)
            let uses = try await store.signInMethods(of: "id-ann")
            #expect(uses.map(\.firstUsedAt) == [start, start])
            #expect(uses.map(\.lastUsedAt) == [start, start + 60])
            #expect(try await store.signInMethods(of: "id-bob").isEmpty)
        }
    }

    @Test("One username is one person's, whatever its case", arguments: StoreKind.allCases)
    func usernames(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            func person(_ name: String, called username: String?) throws -> Account {
                Account(
                    id: "id-\(name)", email: try #require(EmailAddress("\(name)@example.org")), isEmailVerified: true,
                    profile: Profile(preferredUsername: username), passwordHash: nil, createdAt: start, updatedAt: start
                )
            }
            #expect(try await store.create(person("ann", called: "Swift")))
            #expect(try await !store.create(person("bob", called: "sWIFT")))
            #expect(try await store.account(id: "id-bob") == nil)
            #expect(try await store.create(person("bob", called: nil)))
            #expect(try await store.create(person("eve", called: nil)))
        }
    }

    @Test("A deleted account is a disabled one that says since when and by whom", arguments: StoreKind.allCases)
    func deleted(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let deletion = Deletion(time: start, actor: .person)
            let ann = Account(
                id: "id-ann", email: try #require(EmailAddress("ann@example.org")), isEmailVerified: true,
                profile: Profile(birthdate: "1990-01-02", biography: "Ä\n", attributes: ["level": 3, "tags": ["a"]]),
                deletion: deletion, passwordHash: nil, createdAt: start, updatedAt: start)
            #expect(try await store.create(ann))
            let kept = try await store.account(id: "id-ann")
            #expect(kept == ann)
            #expect(kept?.status == .disabled)
            try await store.open(session("s1"), replacing: nil, for: nil, at: start)
            #expect(try await store.session(digest("secret of s1"), at: start) == nil)
        }
    }
}
