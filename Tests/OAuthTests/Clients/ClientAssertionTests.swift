import Cryptography
import JOSE
import JSON
import OAuth
import Testing

@Suite("private_key_jwt: RFC 7523 §3, FAPI 2.0 §5.3.2.1 (TK3, JW1-JW3)")
struct ClientAssertionTests {
    static let now = Provider.noon.seconds

    /// The claims of a good assertion, with some changed; `nil` takes one away.
    private func claims(_ changes: KeyValuePairs<String, JSONValue?> = [:]) -> JSONObject {
        var claims: JSONObject = [
            "iss": "keyed", "sub": "keyed", "aud": .string(Provider.issuer), "exp": .integer(Self.now + 60),
            "iat": .integer(Self.now), "jti": "0123456789",
        ]
        for (name, value) in changes { claims[name] = value }
        return claims
    }

    private func signed(_ claims: JSONObject, by algorithm: SignatureAlgorithm = .es256, kid: String? = nil) throws
        -> String
    {
        let key = try FixedKeys.key(of: algorithm.keyType)
        var header: JSONObject = ["alg": .string(algorithm.rawValue)]
        header["kid"] = kid.map(JSONValue.string)
        let input = Base64URL.encode(header.bytes()) + "." + Base64URL.encode(claims.bytes())
        return try input + "." + Base64URL.encode(key.signature(of: Array(input.utf8), algorithm: algorithm))
    }

    private func isTaken(
        _ assertion: String, by provider: Provider, at now: Instant = Provider.noon,
        _ more: KeyValuePairs<String, String> = [:]
    ) async throws -> Bool {
        let parameters = try Parameters(
            [
                (name: "client_assertion", value: assertion),
                (name: "client_assertion_type", value: ClientAuthentication.assertionType),
            ] + more.map { (name: $0.key, value: $0.value) })
        do {
            return try await provider.authentication.client(parameters, basic: nil, at: now).id == "keyed"
        } catch let error as OAuthError {
            #expect(error.code == .invalidClient)
            return false
        }
    }

    @Test(
        "TK3: every algorithm that metadata lists is taken", arguments: ClientAuthenticationMethod.assertionAlgorithms)
    func algorithms(_ algorithm: SignatureAlgorithm) async throws {
        let provider = try await Provider([.keyed(algorithm)])
        #expect(try await isTaken(signed(claims(), by: algorithm), by: provider))
        #expect(
            try await isTaken(
                signed(claims(["jti": "another-one"]), by: algorithm), by: provider, ["client_id": "keyed"]))
    }

    static let spoiled: [KeyValuePairs<String, JSONValue?>] = [
        // CVE-2025-27370: the issuer as a string, and nothing beside it.
        ["aud": [.string(Provider.issuer)]], ["aud": [.string(Provider.issuer), "https://evil.example"]], ["aud": nil],
        ["aud": .string(Provider.issuer + "/")], ["aud": .string(Provider.issuer + "/token")],
        ["aud": "https://evil.example"],
        ["aud": ""], ["aud": "https://\u{212A}"], ["aud": nil, "aud ": .string(Provider.issuer)],
        ["iss": "web"], ["iss": nil], ["iss": .string(Provider.issuer)], ["sub": "web"], ["sub": nil], ["sub": 5],
        ["exp": nil], ["exp": .integer(now)], ["exp": .integer(now - 1)], ["exp": .integer(now + 3601)],
        ["exp": .integer(.max)], ["exp": .integer(.min)], ["exp": .string("\(now + 60)")], ["exp": .real(1e300)],
        ["iat": .integer(now + 61)], ["iat": .integer(.max)], ["iat": "now"], ["nbf": .integer(now + 61)],
        ["jti": nil], ["jti": ""], ["jti": "short"], ["jti": 123_456_789],
        ["jti": .string(String(repeating: "a", count: 257))],
    ]

    @Test("TK3: a claim that is missing, foreign, stale or ahead of time is refused", arguments: spoiled.indices)
    func refused(_ index: Int) async throws {
        let provider = try await Provider([.keyed(), .web])
        #expect(try await !isTaken(signed(claims(Self.spoiled[index])), by: provider))
    }

    @Test("TK3: clocks may differ a little: iat and nbf up to 60 seconds ahead, exp up to an hour")
    func leeway() async throws {
        let provider = try await Provider([.keyed()])
        let good: [KeyValuePairs<String, JSONValue?>] = [
            ["iat": .integer(Self.now + 10), "jti": "ten seconds"],
            ["nbf": .integer(Self.now + 60), "jti": "sixty seconds"],
            ["exp": .integer(Self.now + 3600), "jti": "one hour ahead"],
            ["exp": .integer(Self.now + 1), "jti": "one second"],
            ["iat": nil, "jti": "no iat at all"],
        ]
        for changes in good { #expect(try await isTaken(signed(claims(changes)), by: provider)) }
    }

    @Test("TK3: an assertion is good once, also among twenty at once; a refused one burns no jti")
    func once() async throws {
        let provider = try await Provider([.keyed()])
        #expect(try await !isTaken(signed(claims(["aud": "https://evil.example"])), by: provider))
        let assertion = try signed(claims())
        let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { try await isTaken(assertion, by: provider) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(taken == 1)
        #expect(try await !isTaken(signed(claims(["exp": .integer(Self.now + 300)])), by: provider))
        #expect(try await !isTaken(assertion, by: provider, at: Provider.noon + 59))
    }

    @Test("JW1: none, HS256 with the public key, and another algorithm or key are refused")
    func signatures() async throws {
        let provider = try await Provider([.keyed()])
        let body = Base64URL.encode(claims().bytes())
        let unsigned = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8)) + "." + body
        let header = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8)) + "." + body
        let published = try #require(Client.keyed().keys.first).json.bytes()
        let forged = header + "." + Base64URL.encode(HMACSHA256.authenticate(Array(header.utf8), key: published))
        let good = try signed(claims())
        let parts = good.split(separator: ".")
        let other = try signed(claims(["jti": "another body"])).split(separator: ".")
        let spoiled = try [
            unsigned + ".", unsigned + "." + parts[2], forged, signed(claims(), by: .edDSA),
            signed(claims(), by: .rs256),
            "\(parts[0]).\(other[1]).\(parts[2])", "\(parts[0]).\(parts[1]).", String(good.dropLast()), good + "A", "x",
            "a.b.c",
        ]
        for assertion in spoiled { #expect(try await !isTaken(assertion, by: provider)) }
        #expect(try await isTaken(good, by: provider))
    }

    @Test("JW2: a key that the header brings along, or a foreign kid, opens nothing")
    func headers() async throws {
        let provider = try await Provider([.keyed()])
        #expect(try await !isTaken(signed(claims(), kid: "../../key"), by: provider))
        let stranger = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let header: JSONObject = ["alg": "ES256", "jwk": stranger.jwk.json, "jku": "https://evil.example/jwks"]
        let input = Base64URL.encode(header.bytes()) + "." + Base64URL.encode(claims().bytes())
        let signature = try stranger.privateKey.signature(of: Array(input.utf8), algorithm: .es256)
        #expect(try await !isTaken(input + "." + Base64URL.encode(signature), by: provider))
    }

    @Test("TK3: another client's key, and an assertion for another client_id, are refused")
    func otherClient() async throws {
        let stranger = try SigningKey(privateKey: .generate(.p256), algorithm: .es256).jwk
        let provider = try await Provider([
            .keyed(),
            .keyed().with {
                $0.id = "other"; $0.keys = [stranger]
            }, .web,
        ])
        #expect(try await !isTaken(signed(claims(["iss": "other", "sub": "other"])), by: provider))
        #expect(try await !isTaken(signed(claims(["iss": "web", "sub": "web"])), by: provider))
        #expect(try await !isTaken(signed(claims()), by: provider, ["client_id": "other"]))
        #expect(try await isTaken(signed(claims()), by: provider, ["client_id": "keyed"]))
    }

    @Test("TK3: the issuer is compared by bytes")
    func lookAlike() async throws {
        let provider = try await Provider([.keyed()])
        let desk = ClientAuthentication(
            registry: provider.registry, memory: provider.store, issuer: "https://login.example.org/K",
            audit: provider.audit)
        for (audience, isGood) in [
            ("https://login.example.org/\u{212A}", false), ("https://login.example.org/K", true),
        ] {
            let assertion = try signed(claims(["aud": .string(audience)]))
            let parameters = try Parameters.of([
                "client_assertion": assertion, "client_assertion_type": ClientAuthentication.assertionType,
            ])
            let client = try? await desk.client(parameters, basic: nil, at: Provider.noon)
            #expect((client != nil) == isGood)
        }
    }

    @Test(
        "TK3, OP3: one refused because it may have been used before a restore is explained as just that",
        arguments: [true, false])
    func restored(isDated: Bool) async throws {
        let provider = try await Provider([.keyed()])
        let desk = ClientAuthentication(
            registry: provider.registry, memory: ShortMemory(), issuer: Provider.issuer, audit: provider.audit)
        let parameters = try Parameters.of([
            "client_assertion": signed(claims(isDated ? [:] : ["iat": nil])),
            "client_assertion_type": ClientAuthentication.assertionType,
        ])
        let error = await #expect(throws: OAuthError.self) {
            try await desk.client(parameters, basic: nil, at: Provider.noon)
        }
        #expect(error?.code == .invalidClient && error?.sentence == "client authentication failed")
        let finding = try #require(error?.examination.failed)
        #expect(finding.seen.description.contains("put back from a backup"))
        #expect(!finding.seen.description.contains("used before"))
        #expect(finding.repair.description.contains(isDated ? "try again in a minute" : "put iat into its assertions"))
    }

    @Test("RFC 7521 §4.2: an assertion of another type is not one of ours")
    func type() async throws {
        let provider = try await Provider([.keyed()])
        for type in ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt-bearer"] {
            let parameters = try Parameters.of(["client_assertion": signed(claims()), "client_assertion_type": type])
            await #expect(throws: OAuthError.invalidRequest("client_assertion_type is not the one of RFC 7523")) {
                try await provider.authentication.client(parameters, basic: nil, at: Provider.noon)
            }
        }
    }
}

/// Right after a restore.
private struct ShortMemory: AssertionMemory {
    func remember(
        assertionID: String, of clientID: String, usableSince: Instant, until expiry: Instant
    ) async throws -> AssertionMemoryAnswer { .olderThanMemory }
}
