import Cryptography
import JOSE
import JSON
import OAuth
import Testing
import Web

@Suite("Clients that sign an assertion")
struct AssertionAttacks {
    private let key: SigningKey
    private let registration: String

    init() throws {
        key = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let jwk = String(decoding: key.jwk.json.bytes(), as: UTF8.self)
        registration = """
            {"client_id": "signer", "client_name": "Signer", "grant_types": ["client_credentials"],
             "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [\(jwk)]}}
            """
    }

    private func claims(_ house: TestHouse, _ changes: [String: JSONValue?] = [:], jti: String = "assertion-1")
        -> JSONObject
    {
        let now = house.clock.now.seconds
        var claims: JSONObject = [
            "iss": "signer", "sub": "signer", "aud": .string(TestHouse.origin), "exp": .integer(now + 60),
            "iat": .integer(now), "jti": .string(jti),
        ]
        for (name, value) in changes { claims[name] = value }
        return claims
    }

    private func send(_ assertion: String, _ house: TestHouse, through sibling: Reception? = nil) async -> TestPage {
        let app = TestApp(id: "signer", secret: nil, redirectURI: "", scope: "")
        return await app.call(
            "/token",
            [
                "grant_type": "client_credentials", "client_assertion": assertion,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ], at: sibling ?? house.reception)
    }

    private func signed(_ claims: JSONObject, by other: SigningKey? = nil) throws -> String {
        try JWT.signed(claims: JSONValue.object(claims).bytes(), type: .idToken, by: other ?? key)
    }

    @Test("An assertion is good once, in whichever process (TK3)")
    func once() async throws {
        let house = try await TestHouse(clients: ["signer": registration])
        let sibling = try await house.sibling()
        let assertion = try signed(claims(house))
        #expect(await send(assertion, house).status == 200)
        for reception in [house.reception, sibling] {
            #expect(await send(assertion, house, through: reception).error == "invalid_client")
        }
        #expect(await send(try signed(claims(house, jti: "assertion-2")), house, through: sibling).status == 200)
    }

    @Test("Of 40 uses of one assertion at once, over two processes, one is let in (TK3, IN3)")
    func race() async throws {
        let house = try await TestHouse(clients: ["signer": registration])
        let sibling = try await house.sibling()
        let assertion = try signed(claims(house))
        let statuses = await withTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask { await send(assertion, house, through: number.isMultiple(of: 2) ? sibling : nil).status }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 401 } == 39)
    }

    @Test("Every claim of an assertion is needed and must be right (TK3, CVE-2025-27370)")
    func claims() async throws {
        let house = try await TestHouse(clients: ["signer": registration])
        let now = house.clock.now.seconds
        let wrong: [[String: JSONValue?]] = [
            ["iss": nil], ["iss": "shop"], ["iss": "\u{17F}igner"], ["sub": nil], ["sub": "shop"], ["aud": nil],
            ["aud": "https://evil.example"], ["aud": .string(TestHouse.origin + "/token")],
            ["aud": .string(TestHouse.origin + "/")], ["aud": [.string(TestHouse.origin)]],
            ["aud": [.string(TestHouse.origin), "https://evil.example"]], ["exp": nil], ["exp": .integer(now)],
            ["exp": .integer(now - 1)], ["exp": .integer(now + 3601)], ["exp": .integer(.max)], ["exp": "soon"],
            ["exp": .real(Double(now) + 60.5)], ["iat": .integer(now + 61)], ["nbf": .integer(now + 61)], ["iat": "x"],
            ["jti": nil], ["jti": ""], ["jti": "short"], ["jti": .string(String(repeating: "j", count: 257))],
            ["jti": .integer(12_345_678)],
        ]
        for changes in wrong {
            let page = await send(try signed(claims(house, changes)), house)
            #expect(page.error == "invalid_client" && page.status == 401, "\(changes)")
        }
        let lenient = claims(house, ["iat": .integer(now + 10), "nbf": .integer(now + 10)])
        #expect(await send(try signed(lenient), house).status == 200)
    }

    @Test("Another key, no algorithm or a secret's algorithm signs nothing (TK3, JW1)")
    func signatures() async throws {
        let house = try await TestHouse(clients: ["signer": registration])
        let stranger = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let other = try SigningKey(privateKey: .generate(.ed25519), algorithm: .edDSA)
        for wrong in [stranger, other] {
            #expect(await send(try signed(claims(house), by: wrong), house).error == "invalid_client")
        }
        let good = try signed(claims(house)).split(separator: ".").map(String.init)
        for header in [
            #"{"alg":"none"}"#, #"{"alg":"HS256"}"#, #"{"alg":"ES256","jwk":{}}"#, #"{"alg":"ES256","crit":["x"]}"#,
        ] {
            let head = Base64URL.encode(Array(header.utf8))
            for tail in ["", good[2]] {
                #expect(await send("\(head).\(good[1]).\(tail)", house).error == "invalid_client", "\(header)")
            }
        }
        #expect(await send(good.joined(separator: "."), house).status == 200)
    }
}
