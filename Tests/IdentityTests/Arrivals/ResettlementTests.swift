import Cryptography
import Identity
import JSON
import OAuth
import Testing

@Suite("Settling people who come from elsewhere")
struct ResettlementTests {
    private func arrival(_ fields: JSONObject = [:], number: Int = 7) throws -> ArrivingPerson {
        let record = DjangoArrivalsTests.user(fields, pk: .integer(Int64(number)))
        return try #require(try DjangoArrivals(takesAddressesAsVerified: true).read(record))
    }

    private func resettlement(_ door: Door, administrators: Bool = false) -> Resettlement {
        Resettlement(
            store: door.store, hasher: door.hasher, random: SystemRandom(), takesAdministrators: administrators)
    }

    @Test("Somebody signs in with the password they had, and their hash is Argon2id from then on (PW5)")
    func signsIn() async throws {
        let door = try await Door()
        let hasher = try PasswordHasher(
            scheme: ImportingScheme(Argon2idParameters(memoryKiB: 64, passes: 1)), threads: 1)
        let settled = try await resettlement(door).settle([arrival()], at: Door.noon)
        #expect(settled == [.created])
        let check = PasswordCheck(
            accounts: door.store, browsers: door.store, lanes: PasswordLanes(throttle: door.throttle), hasher: hasher,
            audit: door.audit)
        let signIn = PasswordSignIn(
            check: check, accounts: door.store, hasher: hasher, sessions: door.sessions, audit: door.audit)
        let attempt = { (password: String) in
            PasswordAttempt(
                email: "ada@example.org", password: password, browser: Door.browser(1),
                network: ClientNetwork("203.0.113.7"))
        }
        #expect(try await !signIn.attempt(attempt("wrong"), at: Door.noon).isSignedIn)
        #expect(
            try await door.store.account(canonicalEmail: "ada@example.org")?.passwordHash?.hasPrefix("pbkdf2-sha1:")
                == true)
        for _ in 0..<2 {
            #expect(try await signIn.attempt(attempt("correct horse battery staple"), at: Door.noon).isSignedIn)
            let hash = try await door.store.account(canonicalEmail: "ada@example.org")?.passwordHash
            #expect(hash?.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$") == true)
        }
        #expect(try await !signIn.attempt(attempt("wrong"), at: Door.noon).isSignedIn)
        #expect(try await door.store.importedHashCosts().isEmpty)
    }

    @Test("A fast digest is hashed again before it is written")
    func slowed() async throws {
        let door = try await Door()
        let people = try (0..<40).map { number in
            try arrival(
                [
                    "email": .string("p\(number)@example.org"), "username": .string("p\(number)"),
                    "password": number % 2 == 0 ? "sha1$pepper$e2c3cf2d6535167057d9d2741e581d96ec21b580" : "!",
                ], number: number)
        }
        #expect(try await resettlement(door).settle(people, at: Door.noon).allSatisfy { $0 == .created })
        for number in 0..<4 {
            let hash = try await door.store.account(canonicalEmail: "p\(number)@example.org")?.passwordHash
            #expect((hash?.hasPrefix("digest:sha1,prefix,utf8$cGVwcGVy$$argon2id$") ?? false) == (number % 2 == 0))
        }
    }

    @Test("A file cannot make administrators, unless whoever imports it says so (PW13)")
    func administrators() async throws {
        let door = try await Door()
        let line = { (name: String) throws -> ArrivingPerson in
            try #require(
                try MartletArrivals().read([
                    "format": "martlet-user-1",
                    "sub": .string(Base64URL.encode(Array(repeating: name.utf8.first ?? 0, count: 16))),
                    "email": .string("\(name)@example.org"),
                    "roles": [["name": "administrator", "context": ""], ["name": "staff", "context": "shop"]],
                ]))
        }
        let ann = try line("ann")
        #expect(resettlement(door).dropsAdministrator(ann))
        _ = try await resettlement(door).settle([ann], at: Door.noon)
        #expect(
            try await door.store.account(canonicalEmail: "ann@example.org")?.roles == [Role("staff", context: "shop")])
        #expect(try await !door.store.hasAdministrator())
        _ = try await resettlement(door, administrators: true).settle([line("bob")], at: Door.noon)
        #expect(try await door.store.hasAdministrator())
    }

    @Test("What was exported comes back as it was, subject, deletion and preferences included")
    func roundTrip() async throws {
        let (from, to) = (try await Door(), try await Door())
        let account = Account(
            id: try Identifier.make(from: SystemRandom()), email: try #require(EmailAddress("Ann@example.org")),
            isEmailVerified: true,
            profile: Profile(
                name: "Ann", givenName: "A", familyName: "N", preferredUsername: "ann", locale: "de-CH",
                zoneInfo: "Europe/Zurich", birthdate: "0000-02-29", biography: "Line\nand line",
                attributes: ["legacy_sub_django": "7", "plan": ["a", 1]]),
            roles: [Role("staff"), Role("staff", context: "p1")],
            deletion: Deletion(time: Door.noon, actor: .person),
            passwordHash: try from.scheme.hash(Array("x".utf8)), createdAt: Door.noon, updatedAt: Door.noon)
        #expect(try await from.store.create(account))
        let preferences = Preferences(magicLinks: true, signInNotices: .all)
        let luggage = Departure.Luggage(
            preferences,
            [
                LinkedIdentity(
                    key: UpstreamIdentity.Key(provider: "github", subject: "583231"), accountID: account.id,
                    label: "octocat", linkedAt: Door.noon, lastUsedAt: nil)
            ], expected: [ExpectedIdentity(provider: "google", canonicalEmail: "ann@work.example")])
        let without = Departure.line(account, with: luggage, withPasswordHash: false)
        #expect(without["password_hash"] == nil && !without.bytes().isEmpty)
        var line = Departure.line(account, with: luggage, withPasswordHash: true)
        #expect(line["password_hash"]?.stringValue == account.passwordHash)
        line["password_hash"] =
            "argon2:$argon2id$v=19$m=1024,t=2,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c"
        let arrival = try #require(try MartletArrivals().read(JSONValue(parsing: line.bytes()).objectValue ?? [:]))
        #expect(try await resettlement(to).settle([arrival], at: Door.noon) == [.created])
        let back = try #require(try await to.store.account(id: account.id))
        #expect(back.profile == account.profile && back.roles == account.roles && back.email == account.email)
        #expect(back.deletion == account.deletion && back.status == .disabled && back.createdAt == account.createdAt)
        #expect(back.passwordHash == line["password_hash"]?.stringValue)
        #expect(try await to.store.preferences(of: account.id) == preferences)
        let identities = try await to.store.identities(of: account.id)
        #expect(identities.map(\.key) == luggage.identities.map(\.key) && identities.first?.label == "octocat")
        #expect(try await to.store.expectedIdentities(of: account.id) == luggage.expected)
    }

    @Test(
        "A line of another kind, without a subject of ours or with a hash nobody may compute is refused",
        arguments: [
            [:], ["format": "martlet-user-2"], ["sub": ""], ["sub": "short"], ["sub": nil], ["email": ""],
            ["password_hash": "$argon2id$v=19$m=9999999,t=2,p=1$c2Vhc2FsdA$AAAA"], ["password_hash": "$2b$04$abc"],
            ["password_hash": "bcrypt:"], ["password_hash": ""],
        ] as [JSONObject])
    func refusedLines(change: JSONObject) throws {
        var line: JSONObject = [
            "format": "martlet-user-1", "sub": .string(Base64URL.encode(Array(repeating: 1, count: 16))),
            "email": "ann@example.org",
        ]
        for (name, value) in change.members { line[name] = value }
        if change.isEmpty { line["format"] = nil }
        if change["password_hash"] == "" || change["password_hash"] == "bcrypt:" { line["password_hash"] = "scrypt:1$" }
        #expect(throws: ArrivalRefusal.self) { try MartletArrivals().read(line) }
    }

    private static func line(_ changes: JSONObject) -> JSONObject {
        var line: JSONObject = [
            "format": "martlet-user-1", "sub": .string(Base64URL.encode(Array(repeating: 1, count: 16))),
            "email": "ann@example.org",
        ]
        for (name, value) in changes.members { line[name] = value }
        return line
    }

    @Test(
        "A biography that nobody could type is left out and said; one that is fine comes as it would be kept",
        arguments: [
            ("Line\r\nand line ", "Line\nand line", 0), ("", nil, 0), ("\u{202E}turned", nil, 1), ("a\u{0}b", nil, 1),
            (String(repeating: "a", count: 2000), String(repeating: "a", count: 2000), 0),
            (String(repeating: "a", count: 2001), nil, 1), ("\u{1B}[2J", nil, 1), ("\u{2066}x", nil, 1),
        ] as [(String, String?, Int)])
    func biographies(text: String, kept: String?, notes: Int) throws {
        let ann = try #require(try MartletArrivals().read(Self.line(["biography": .string(text)])))
        #expect(ann.profile.biography == kept && ann.notes.count == notes)
    }

    private static let known: [ProfileAttribute] = [
        ProfileAttribute(name: "team", kind: .text, label: "T", claim: "team", scope: "profile", isEditable: true),
        ProfileAttribute(name: "site", kind: .url, label: "S", claim: "site", scope: "profile", isEditable: true),
        ProfileAttribute(name: "vegan", kind: .boolean, label: "V", claim: "vegan", scope: "profile", isEditable: true),
        ProfileAttribute(
            name: "size", kind: .choice(["S", "M"]), label: "Z", claim: "size", scope: "profile", isEditable: false),
    ]

    @Test(
        "An attribute that nobody could give themselves is left out and said",
        arguments: [
            ["team": "two\nlines"], ["team": ["a"]], ["team": 1], ["team": true], ["team": " padded "], ["team": ""],
            ["team": .string(String(repeating: "a", count: 201))], ["site": "javascript:alert(1)"],
            ["site": "https://a:b@example.org/"], ["site": ["href": "https://example.org"]], ["vegan": "yes"],
            ["vegan": 1], ["size": "XL"], ["size": nil], ["legacy_sub_x": "\u{202E}7"], ["plan": ["deep": ["\u{0}"]]],
            ["pl\nan": "x"], ["plan": .string(String(repeating: "a", count: 2000))], ["plan": ["k\u{2067}": 1]],
        ] as [JSONObject])
    func refusedAttributes(attributes: JSONObject) throws {
        let format = MartletArrivals(attributes: Self.known)
        let ann = try #require(try format.read(Self.line(["attributes": .object(attributes)])))
        #expect(ann.profile.attributes.members.isEmpty)
        #expect(ann.notes.count == 1 && ann.notes.allSatisfy { !$0.contains("\n") && !$0.contains("\u{202E}") })
    }

    @Test("Attributes that could be given come along, and at most a hundred that nothing is known of")
    func attributes() throws {
        let format = MartletArrivals(attributes: Self.known)
        let fine: JSONObject = [
            "team": "Blue", "site": "https://example.org/a", "vegan": false, "size": "M", "legacy_sub_django": "7",
            "plan": ["a", 1],
        ]
        let ann = try #require(try format.read(Self.line(["attributes": .object(fine)])))
        #expect(ann.profile.attributes == fine && ann.notes.isEmpty)
        let many = JSONObject((0..<120).map { (key: "a\($0)", value: JSONValue.integer(1)) })
        let bob = try #require(try format.read(Self.line(["attributes": .object(many)])))
        #expect(bob.profile.attributes.members.count == 100 && bob.notes.count == 20)
    }

    @Test("A time from the future or from nowhere is not taken over")
    func times() async throws {
        let door = try await Door()
        let people = try ["2999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "soon", ""].enumerated().map { number, time in
            try arrival(
                ["email": .string("p\(number)@example.org"), "username": "", "date_joined": .string(time)],
                number: number)
        }
        _ = try await resettlement(door).settle(people, at: Door.noon)
        for number in 0..<4 {
            #expect(try await door.store.account(canonicalEmail: "p\(number)@example.org")?.createdAt == Door.noon)
        }
    }
}
