import Identity
import JSON
import OAuth
import Testing

@Suite("What people sign in with elsewhere comes along (SO1)")
struct ArrivingIdentityTests {
    private static func known(_ provider: String, _ subject: String, _ label: String? = nil) -> ArrivingIdentity {
        .known(UpstreamIdentity.Key(provider: provider, subject: subject), label: label)
    }

    private static func expected(_ provider: String, _ email: String) -> ArrivingIdentity {
        .expected(ExpectedIdentity(provider: provider, canonicalEmail: email))
    }

    private func django(_ records: [JSONObject]) throws -> ArrivingPerson {
        var format = DjangoArrivals()
        let user = DjangoArrivalsTests.user([:])
        for record in records + [user] { format.note(record) }
        return try #require(try format.read(user))
    }

    private static func social(
        _ provider: String, _ uid: JSONValue, of user: JSONValue = 7, extra: JSONValue = [:],
        model: String = "social_django.usersocialauth"
    ) -> JSONObject {
        [
            "model": .string(model), "pk": 1,
            "fields": ["user": user, "provider": .string(provider), "uid": uid, "extra_data": extra],
        ]
    }

    @Test("python-social-auth: pairs of provider and uid, under the names of here, by number or by name of the user")
    func socialAuth() throws {
        let ada = try django([
            Self.social("github", 583231, extra: ["login": "octocat"]),
            Self.social("discord", "80351110224678912", of: ["ada"]),
            Self.social("facebook", "101", model: "social_auth.usersocialauth"),
            Self.social("linkedin", "Ab-c"), Self.social("google-oauth2", "115000000000000000001"),
            Self.social("google-plus", "115000000000000000001"), Self.social("github", "9", of: 8),
        ])
        #expect(
            ada.identities == [
                Self.known("github", "583231", "octocat"), Self.known("facebook", "101"),
                Self.known("linkedin", "Ab-c"), Self.known("google", "115000000000000000001"),
                Self.known("discord", "80351110224678912"),
            ])
        #expect(ada.notes.isEmpty)
    }

    @Test("SO1: a uid of Google's that is an address waits for its subject; of anybody else it is a subject")
    func addresses() throws {
        let ada = try django([
            Self.social("google-oauth2", "Ada@Work.example"), Self.social("google-oauth2", "ada@work.example"),
            Self.social("github", "ada@work.example"), Self.social("google-oauth2", "no address@"),
        ])
        #expect(
            ada.identities == [Self.expected("google", "ada@work.example"), Self.known("github", "ada@work.example")])
    }

    @Test("allauth: the same, and its own names")
    func allauth() throws {
        let model = "socialaccount.socialaccount"
        let ada = try django([
            Self.social("google", "115", extra: ["email": "ada@example.org"], model: model),
            Self.social("apple", "001.a.b", extra: #"{"email": "x"}"#, model: model),
        ])
        #expect(
            ada.identities == [Self.known("google", "115", "ada@example.org"), Self.known("apple", "001.a.b")])
    }

    @Test(
        "What says nothing here stays behind, and is counted",
        arguments: [
            ("azuread-oauth2", "u"), ("microsoft", "u"), ("saml.example", "u"), ("password", "u"), ("X", "u"),
            ("github", ""), ("github", "a\u{0}b"), ("github", "a\nb"), ("github", nil), ("github", 1.5), ("github", []),
            ("github", .string(String(repeating: "x", count: 256))), ("google-oauth2", "a@"),
        ] as [(String, JSONValue)])
    func left(provider: String, uid: JSONValue) throws {
        let record = Self.social(provider, uid)
        #expect(try django([record]).identities.isEmpty)
        #expect(DjangoArrivals().leftBehind(record).counts == ["sign-ins with \(provider)": 1])
    }

    @Test("ML9: nobody comes with an identity that cannot be told to be theirs")
    func ambiguous() throws {
        var format = DjangoArrivals()
        let users = [DjangoArrivalsTests.user([:], pk: 7), DjangoArrivalsTests.user(["email": "b@example.org"], pk: 8)]
        for record in users + [Self.social("github", "1", of: ["ada"])] { format.note(record) }
        for user in users { #expect(throws: ArrivalRefusal.self) { try format.read(user) } }
    }

    @Test("Keycloak, Auth0 and Firebase: each in its words")
    func others() throws {
        let keycloak = try #require(
            try KeycloakArrivals().read([
                "username": "ada", "email": "ada@example.org",
                "federatedIdentities": [
                    ["identityProvider": "github", "userId": "1", "userName": "octocat"],
                    ["identityProvider": "company", "userId": "x-1"], ["identityProvider": "microsoft", "userId": "m"],
                    [:], 5,
                ],
            ]))
        #expect(keycloak.identities == [Self.known("github", "1", "octocat"), Self.known("company", "x-1")])
        let auth0 = try #require(
            try Auth0Arrivals().read([
                "email": "ada@example.org",
                "identities": [
                    ["provider": "auth0", "user_id": "7"],
                    ["provider": "google-oauth2", "user_id": "115", "profileData": ["email": "ada@work.example"]],
                    ["provider": "oauth2", "connection": "discord", "user_id": "discord|80351110224678912"],
                    ["provider": "github", "user_id": 583231, "profileData": ["nickname": "octocat"]],
                ],
            ]))
        #expect(
            auth0.identities == [
                Self.known("google", "115", "ada@work.example"), Self.known("discord", "80351110224678912"),
                Self.known("github", "583231", "octocat"),
            ])
        let record: JSONObject = [
            "localId": "x", "email": "ada@example.org",
            "providerUserInfo": [
                ["providerId": "password", "rawId": "ada@example.org"],
                ["providerId": "apple.com", "rawId": "001.a.b"],
                ["providerId": "google.com", "rawId": "115", "email": "ada@work.example"],
                ["providerId": "oidc.company", "rawId": "x-1"], ["providerId": "saml.company", "rawId": "x-1"],
                ["providerId": "phone", "rawId": "+1"],
            ],
        ]
        #expect(
            try FirebaseArrivals(nil).read(record)?.identities == [
                Self.known("apple", "001.a.b"), Self.known("google", "115", "ada@work.example"),
                Self.known("company", "x-1"),
            ])
        #expect(
            FirebaseArrivals(nil).leftBehind(record).counts == [
                "sign-ins with saml.company": 1, "sign-ins with another provider": 1,
            ])
    }

    @Test("Our own form says them itself, and what cannot be used is told")
    func own() throws {
        let ada = try #require(
            try MartletArrivals().read([
                "format": "martlet-user-1", "sub": "AAAAAAAAAAAAAAAAAAAAAA", "email": "ada@example.org",
                "identities": [
                    ["provider": "google", "subject": "not@an.address", "label": "a\u{202E}b"],
                    ["provider": "microsoft", "subject": "t.o", "label": "ada"], ["provider": "No", "subject": "1"],
                    ["provider": "github"], 5,
                ],
                "expected_identities": [
                    ["provider": "google", "email": "Ada@work.example"], ["provider": "google", "email": "none"],
                ],
            ]))
        #expect(
            ada.identities == [
                Self.known("google", "not@an.address"), Self.known("microsoft", "t.o", "ada"),
                Self.expected("google", "ada@work.example"),
            ])
        #expect(ada.notes.count == 4)
    }
}
