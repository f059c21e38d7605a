import Identity
import JSON
import OAuth
import Testing

@Suite("People from Django")
struct DjangoArrivalsTests {
    private static let hash = "pbkdf2_sha1$1000$seasalt2026$CiFdHt0od0HOQUBDNchoqglF4w0="

    static func user(_ fields: JSONObject, pk: JSONValue? = 7) -> JSONObject {
        var all: JSONObject = ["email": "ada@Example.org", "username": "ada", "password": .string(hash)]
        for (name, value) in fields.members { all[name] = value }
        var record: JSONObject = ["model": "auth.user", "fields": .object(all)]
        record["pk"] = pk
        return record
    }

    private func read(_ record: JSONObject, beside others: JSONObject..., proven: Bool = false) throws -> ArrivingPerson
    {
        var format = DjangoArrivals(takesAddressesAsVerified: proven)
        for other in others + [record] { format.note(other) }
        return try #require(try format.read(record))
    }

    @Test("Everything that has a place here comes along")
    func everything() throws {
        let record = Self.user([
            "first_name": "Ada", "last_name": "Lovelace", "is_active": false, "date_joined": "2024-03-01T12:30:00.5Z",
            "groups": [1, 2, ["guests"]], "language": "de_CH", "timezone": "Europe/Zurich", "birth_date": "1815-12-10",
        ])
        let ada = try read(
            record, beside: ["model": "auth.group", "pk": 1, "fields": ["name": "staff"]],
            ["model": "auth.group", "pk": 2, "fields": ["name": "Two Words"]])
        #expect(ada.email.canonical == "ada@example.org" && ada.email.typed == "ada@Example.org")
        #expect(ada.profile.name == "Ada Lovelace" && ada.profile.givenName == "Ada")
        #expect(ada.profile.familyName == "Lovelace" && ada.profile.preferredUsername == "ada")
        #expect(ada.profile.locale == "de-CH" && ada.profile.zoneInfo == "Europe/Zurich")
        #expect(ada.profile.birthdate == "1815-12-10")
        #expect(ada.profile.attributes == ["legacy_sub_django": "7"])
        #expect(ada.roles == [Role("staff"), Role("guests")] && ada.isDisabled)
        #expect(ada.createdAt == Instant(seconds: 1_709_296_200))
        #expect(!ada.isEmailVerified && ada.subject == nil && ada.notes.isEmpty)
        guard case .imported(let hash) = ada.password else { throw HashFault.malformed("none") }
        #expect(hash.stored.hasPrefix("pbkdf2-sha1:1000$"))
    }

    private static func address(
        _ email: String, of owner: JSONValue, verified: Bool = true, primary: Bool = true
    ) -> JSONObject {
        [
            "model": "account.emailaddress", "pk": 1,
            "fields": ["user": owner, "email": .string(email), "verified": .bool(verified), "primary": .bool(primary)],
        ]
    }

    @Test("allauth's addresses prove this person's address, by number or by name, before or after the person")
    func verified() throws {
        for owner in [7, ["ada"]] as [JSONValue] {
            #expect(try read(Self.user([:]), beside: Self.address("ADA@example.org", of: owner)).isEmailVerified)
        }
        #expect(try read(Self.user([:], pk: nil), beside: Self.address("ada@example.org", of: ["ada"])).isEmailVerified)
        #expect(try read(Self.user([:]), proven: true).isEmailVerified)
    }

    @Test("Nothing else proves it: another address, another person's, one that is not verified")
    func unverified() throws {
        let others = [
            Self.address("ada@example.com", of: 7), Self.address("ada@example.org", of: 8),
            Self.address("ada@example.org", of: 7, verified: false), Self.address("ada@example.org", of: "7"),
            Self.address("ada@example.org", of: ["bob"]), Self.address("ada@example.org", of: nil),
        ]
        for other in others {
            #expect(try !read(Self.user([:]), beside: other).isEmailVerified)
        }
    }

    /// A user of a model without usernames.
    private static func nameless(_ email: String, pk: JSONValue? = nil) -> JSONObject {
        var record: JSONObject = [
            "model": "people.member", "fields": ["email": .string(email), "password": .string(hash)],
        ]
        record["pk"] = pk
        return record
    }

    @Test("Where users have no usernames, addresses find their people by address")
    func byAddress() throws {
        let proof = Self.address("ada@example.org", of: ["ada@example.org"])
        #expect(try read(Self.nameless("ada@example.org"), beside: proof).isEmailVerified)
        #expect(try !read(Self.nameless("eve@example.org"), beside: proof).isEmailVerified)
    }

    @Test("Whoever has the address of somebody else as a username gets none of their addresses, and gives them none")
    func borrowedName() throws {
        let eves = Self.user(["username": "ada@example.org", "email": ""], pk: 8)
        let ada = Self.user([:], pk: nil)
        let eve = Self.address("eve@example.org", of: ["ada@example.org"])
        let alone = try read(ada, beside: eves, eve)
        #expect(alone.email.canonical == "ada@example.org" && !alone.isEmailVerified)
        let adas = Self.address("ada@example.org", of: ["ada"])
        #expect(throws: ArrivalRefusal.self) { try read(eves, beside: ada, adas) }
        #expect(try read(ada, beside: eves, adas).isEmailVerified)
    }

    @Test("An address that two users claim comes with nobody who may not be the one who has proven it")
    func twoClaims() throws {
        let (ada, eve) = (Self.user([:], pk: 7), Self.user(["username": "eve"], pk: 8))
        let (adas, eves) = (Self.address("ADA@example.org", of: 7), Self.address("ada@example.org", of: 8))
        #expect(try read(ada, beside: eve, adas).isEmailVerified, "the one who has")
        #expect(throws: ArrivalRefusal.self) { try read(eve, beside: ada, adas) }
        for user in [ada, eve] {
            let other = user == ada ? eve : ada
            #expect(throws: ArrivalRefusal.self, "both have") { try read(user, beside: other, adas, eves) }
            #expect(throws: ArrivalRefusal.self, "it is not said") { try read(user, beside: other, proven: true) }
        }
        #expect(try read(ada, beside: eve, adas, proven: true).isEmailVerified)
        let unproven = Self.address("ada@example.org", of: 8, verified: false)
        #expect(try read(ada, beside: eve, adas, unproven).isEmailVerified)
    }

    @Test("Two users of one name get no address by it")
    func oneName() throws {
        let (ada, twin) = (Self.user([:], pk: nil), Self.user(["email": "twin@example.org"], pk: nil))
        let proof = Self.address("ada@example.org", of: ["ada"])
        for (user, other) in [(ada, twin), (twin, ada)] {
            #expect(throws: ArrivalRefusal.self) { try read(user, beside: other, proof) }
        }
    }

    @Test("Somebody without an address of their own has allauth's primary one")
    func primary() throws {
        let ada = try read(
            Self.user(["email": ""]), beside: Self.address("other@example.org", of: 7, primary: false),
            Self.address("main@example.org", of: 7, verified: false))
        #expect(ada.email.typed == "main@example.org" && !ada.isEmailVerified)
        let bob = try read(Self.user(["email": ""]), beside: Self.address("main@example.org", of: 7))
        #expect(bob.email.typed == "main@example.org" && bob.isEmailVerified)
    }

    @Test("A project's own model is known by its fields; records of others are nobody")
    func models() throws {
        var own = Self.user([:])
        own["model"] = "people.Member"
        #expect(try DjangoArrivals().read(own) != nil)
        for record: JSONObject in [
            ["model": "auth.group", "pk": 1, "fields": ["name": "x"]],
            ["model": "account.emailaddress", "pk": 1, "fields": ["email": "a@example.org", "user": 1]],
            ["model": "sessions.session", "pk": "x", "fields": [:]],
        ] {
            #expect(try DjangoArrivals().read(record) == nil)
        }
    }

    @Test(
        "What cannot come along is refused, with every reason at once",
        arguments: [
            (["email": ""], 1), (["email": "  "], 1), (["email": "nonsense"], 1), (["email": "a@b@c"], 1),
            (["email": "ada@exämple.org"], 1), (["email": nil], 1), (["email": 5], 1),
            (["password": "pbkdf2_sha256$1$x$AAA"], 1), (["email": "x", "password": "bcrypt$$2b$04$abc"], 2),
        ] as [(JSONObject, Int)])
    func refused(fields: JSONObject, count: Int) {
        let refusal = #expect(throws: ArrivalRefusal.self) { try DjangoArrivals().read(Self.user(fields)) }
        #expect(refusal?.reasons.count == count)
    }

    @Test(
        "What is no record of dumpdata is refused",
        arguments: [[:], ["model": "x"], ["fields": [:]], ["model": 1, "fields": [:]]] as [JSONObject])
    func foreign(record: JSONObject) {
        #expect(throws: ArrivalRefusal.self) { try DjangoArrivals().read(record) }
    }

    @Test("What does not fit is left out and said, and the person comes")
    func leftOut() throws {
        let ada = try read(
            Self.user([
                "first_name": "\u{202E}", "last_name": "Love\nlace", "username": "a b", "language": "?",
                "timezone": "a b",
                "birth_date": "10.12.1815", "date_joined": "yesterday", "groups": 5,
                "password": "9cc2ae8a1ba7a93da39b46fc1019c481",
            ]))
        #expect(ada.notes.count == 8 && ada.password == .none && ada.createdAt == nil && ada.roles.isEmpty)
        #expect(ada.profile.attributes["legacy_sub_django"] == "7")
        #expect(ada.notes.allSatisfy { !$0.unicodeScalars.contains("\n") && !$0.unicodeScalars.contains("\u{202E}") })
        #expect(!ada.notes.contains { $0.contains("9cc2ae8a") })
    }

    @Test("What stays behind is counted")
    func leftBehind() {
        var format = DjangoArrivals()
        format.note(["model": "auth.group", "pk": 1, "fields": ["name": "Two Words"]])
        var left = LeftBehind()
        let records: [JSONObject] = [
            Self.user(["is_superuser": true, "groups": [1], "user_permissions": [1, 2]]),
            ["model": "otp_totp.totpdevice", "fields": ["key": "seed"]],
            ["model": "mfa.authenticator", "fields": ["type": "webauthn"]],
            ["model": "socialaccount.socialaccount", "fields": ["provider": "Company SSO", "uid": "1"]],
        ]
        for record in records { left.add(format.leftBehind(record)) }
        #expect(left.counts["second factors (totp)"] == 1 && left.counts["second factors (webauthn)"] == 1)
        #expect(left.counts["sign-ins with Company SSO"] == 1 && left.counts["permissions of single people"] == 2)
        #expect(left.counts.keys.contains { $0.contains("Two Words") } && left.counts.count == 6)
    }
}
