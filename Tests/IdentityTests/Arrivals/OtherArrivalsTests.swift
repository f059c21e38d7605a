import Identity
import JSON
import OAuth
import Testing

@Suite("People from Keycloak, Auth0 and Firebase")
struct OtherArrivalsTests {
    private static let bcrypt = "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"

    private static let keycloak: JSONObject = [
        "id": "0f8a-1", "username": "ada", "email": "ada@example.org", "emailVerified": true, "enabled": true,
        "createdTimestamp": 1_709_296_200_123, "firstName": "Ada", "lastName": "Lovelace",
        "attributes": ["locale": ["fr"], "birthdate": ["1815-12-10"]],
        "credentials": [
            [
                "type": "password",
                "secretData":
                    #"{"value":"1u7BLvfSPxQFpwc5jpGSA+88EGl9pZYKhaZ8YPIu9N4=","salt":"x/bm4Y3DcuV9eU97ervkPA=="}"#,
                "credentialData": #"{"hashIterations":27500,"algorithm":"pbkdf2-sha256"}"#,
            ],
            ["type": "otp", "secretData": "{}", "credentialData": "{}"],
        ],
        "realmRoles": ["default-roles-shop", "offline_access", "uma_authorization", "staff", "two words"],
        "clientRoles": ["account": ["manage-account"], "wiki": ["owner"]], "groups": ["/board", "/a/b"],
        "federatedIdentities": [["identityProvider": "github", "userId": "1"]],
    ]

    @Test(
        "PW10: a username that is an address stays behind, and that is said",
        arguments: ["ada@example.org", "ADA@example.org", "else@example.net"])
    func addressAsUsername(name: String) throws {
        let keycloak = try #require(
            try KeycloakArrivals().read(["id": "0f8a-1", "username": .string(name), "email": "ada@example.org"]))
        #expect(keycloak.profile.preferredUsername == nil)
        #expect(keycloak.notes == ["the username “\(name)” is an e-mail address, and was left out"])
    }

    @Test("A user of Keycloak comes with password, roles of the realm, and without roles of clients or groups")
    func fromKeycloak() throws {
        let ada = try #require(try KeycloakArrivals().read(Self.keycloak))
        #expect(ada.isEmailVerified && !ada.isDisabled && ada.roles == [Role("staff")])
        #expect(ada.profile.name == "Ada Lovelace" && ada.profile.preferredUsername == "ada")
        #expect(ada.profile.locale == "fr" && ada.profile.birthdate == "1815-12-10")
        #expect(ada.profile.attributes == ["legacy_sub_keycloak": "0f8a-1"])
        #expect(ada.createdAt == Instant(seconds: 1_709_296_200))
        guard case .imported(let hash) = ada.password else { throw HashFault.malformed("none") }
        #expect(hash.isMade(from: Array("admin".utf8)))
        let left = KeycloakArrivals().leftBehind(Self.keycloak).counts
        #expect(left["second factors (otp)"] == 1 && left["sign-ins with github"] == nil)
        #expect(left["roles of single clients"] == 1 && left["memberships in groups"] == 2 && left.count == 4)
        let grouped = try #require(try KeycloakArrivals(takesGroupsAsRoles: true).read(Self.keycloak))
        #expect(grouped.roles == [Role("staff"), Role("board")])
    }

    @Test("Disabled stays disabled, unproven stays unproven, a service account is nobody")
    func keycloakStates() throws {
        var record = Self.keycloak
        record["enabled"] = false
        record["emailVerified"] = nil
        let ada = try #require(try KeycloakArrivals().read(record))
        #expect(ada.isDisabled && !ada.isEmailVerified)
        record["serviceAccountClientId"] = "wiki"
        #expect(try KeycloakArrivals().read(record) == nil)
        #expect(throws: ArrivalRefusal.self) { try KeycloakArrivals().read(["email": "ada@example.org"]) }
        #expect(throws: ArrivalRefusal.self) { try KeycloakArrivals().read(["username": "ada"]) }
    }

    @Test("Auth0: the file of hashes, the schema for imports, and the id of each")
    func fromAuth0() throws {
        let exported = try #require(
            try Auth0Arrivals().read([
                "_id": ["$oid": "60425dc4"], "email": "ada@example.org", "email_verified": true,
                "passwordHash": .string(Self.bcrypt), "tenant": "t",
            ]))
        #expect(exported.isEmailVerified && exported.profile.attributes == ["legacy_sub_auth0": "auth0|60425dc4"])
        guard case .imported = exported.password else { throw HashFault.malformed("none") }
        let custom = try #require(
            try Auth0Arrivals().read([
                "user_id": "auth0|7", "email": "bob@example.org", "blocked": true, "name": "bob@example.org",
                "given_name": "Bob", "username": "bob", "created_at": "2024-03-01T12:30:00Z",
                "custom_password_hash": [
                    "algorithm": "sha1",
                    "hash": ["value": "abf7aad6438836dbe526aa231abde2d0eef74d42", "encoding": "hex"],
                ],
            ]))
        #expect(custom.isDisabled && !custom.isEmailVerified && custom.profile.name == nil)
        #expect(custom.profile.attributes == ["legacy_sub_auth0": "auth0|7"])
        guard case .fast = custom.password else { throw HashFault.malformed("none") }
        let left = Auth0Arrivals().leftBehind([
            "identities": [["provider": "auth0"], ["provider": "google-oauth2"]],
            "picture": "https://example.com/a.png",
            "app_metadata": ["plan": "x"], "user_metadata": [:], "mfa_factors": [["totp": ["secret": "s"]]],
        ]).counts
        #expect(left.count == 4 && left["sign-ins with google-oauth2"] == 1 && left["second factors (totp)"] == 1)
        #expect(throws: ArrivalRefusal.self) { try Auth0Arrivals().read(["user_id": "auth0|7"]) }
        #expect(throws: ArrivalRefusal.self) {
            try Auth0Arrivals().read(["email": "ada@example.org", "passwordHash": "$2b$04$"])
        }
    }

    @Test("No address of a picture elsewhere is taken over (IN11)")
    func pictures() throws {
        let ada = try #require(
            try Auth0Arrivals().read(["email": "ada@example.org", "picture": "https://evil.example/track.png"]))
        #expect(ada.profile.picture == nil)
        let bob = try #require(
            try FirebaseArrivals(nil).read([
                "localId": "x", "email": "bob@example.org", "photoUrl": "https://evil.example/track.png",
            ]))
        #expect(bob.profile.picture == nil)
    }

    @Test("Firebase: with parameters people keep their password; without, they come without; damage is refused")
    func fromFirebase() throws {
        let record: JSONObject = [
            "localId": "Kd8", "email": "user1@example.org", "emailVerified": true, "displayName": "User One",
            "passwordHash": "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
            "salt": "42xEC+ixf3L2lw==", "createdAt": "1709296200123", "disabled": false,
            "providerUserInfo": [["providerId": "password"], ["providerId": "google.com"]], "phoneNumber": "+1",
        ]
        let parameters = try FirebaseHashParameters(
            signerKey: "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
            saltSeparator: "Bw==", rounds: 8, memoryCost: 14)
        let one = try #require(try FirebaseArrivals(parameters).read(record))
        #expect(one.profile.name == "User One" && one.profile.attributes == ["legacy_sub_firebase": "Kd8"])
        #expect(one.createdAt == Instant(seconds: 1_709_296_200) && one.isEmailVerified && one.notes.isEmpty)
        guard case .imported = one.password else { throw HashFault.malformed("none") }
        let without = try #require(try FirebaseArrivals(nil).read(record))
        #expect(without.password == .none && without.notes.count == 1)
        #expect(
            FirebaseArrivals(nil).leftBehind(record).counts == ["sign-ins with google.com": 1, "telephone numbers": 1])
        var damaged = record
        damaged["salt"] = nil
        #expect(throws: ArrivalRefusal.self) { try FirebaseArrivals(parameters).read(damaged) }
        #expect(throws: ArrivalRefusal.self) { try FirebaseArrivals(parameters).read(["email": "a@example.org"]) }
        #expect(throws: ArrivalRefusal.self) { try FirebaseArrivals(parameters).read(["localId": "anonymous"]) }
    }

    @Test("Firebase: hashes without their parameters are missed at the first reading, unless it is meant so")
    func missingParameters() throws {
        let hashed: JSONObject = ["localId": "x", "email": "a@example.org", "passwordHash": "AAAA"]
        var without = FirebaseArrivals(nil)
        let nothing: [JSONObject] = [
            [:], ["localId": "x"], ["localId": "x", "passwordHash": ""], ["passwordHash": nil], ["passwordHash": 5],
        ]
        for record in nothing { without.note(record) }
        #expect(without.lack == nil)
        without.note(hashed)
        #expect(without.lack?.hasPrefix("1 record has") == true)
        without.note(hashed)
        #expect(without.lack?.contains("--without-passwords") == true && without.lack?.hasPrefix("2 ") == true)
        var meant = FirebaseArrivals(nil, comesWithoutPasswords: true)
        meant.note(hashed)
        #expect(meant.lack == nil)
    }

    @Test("What is counted stays bounded and plain, whatever names the file has")
    func bounded() {
        var left = LeftBehind()
        for number in 0..<10_000 { left.add("sign-ins with \u{1B}[31m\(number)") }
        #expect(left.counts.count <= 101 && left.counts.values.reduce(0, +) == 10_000)
        #expect(left.counts.keys.allSatisfy { !$0.unicodeScalars.contains("\u{1B}") })
    }
}
