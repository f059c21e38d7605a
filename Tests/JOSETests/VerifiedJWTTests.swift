import Cryptography
import JOSE
import JSON
import Testing

@Suite("Claims: RFC 7519 §4.1")
struct VerifiedJWTTests {
    private func verified(_ claims: JSONObject) throws -> VerifiedJWT {
        let token = try JWT.signed(claims: claims.bytes(), type: .idToken, by: KeyFixtures.key(.es256))
        return try JWTVerification(type: .idToken).verify(token, keys: KeyFixtures.ring())
    }

    private let claims: JSONObject = [
        "iss": "https://a.example", "aud": "wiki", "iat": 1_000, "nbf": 1_000, "exp": 2_000,
    ]

    private func fault(at now: Int64 = 1_500, leeway: Int64 = 10, _ change: (inout JSONObject) -> Void = { _ in })
        throws
        -> JOSEFault?
    {
        var claims = claims
        change(&claims)
        let token = try verified(claims)
        do throws(JOSEFault) {
            try token.check(issuer: "https://a.example", audience: "wiki", at: now, leeway: leeway)
            return nil
        } catch {
            return error
        }
    }

    @Test("JW3 A token of the right issuer, audience and time passes")
    func passes() throws {
        #expect(try fault() == nil)
        #expect(try fault { $0["aud"] = ["other", "wiki"] } == nil)
        #expect(try fault { $0["nbf"] = nil } == nil)
        #expect(try fault { $0["iat"] = nil } == nil)
        #expect(try fault { $0["exp"] = 2_000.5 } == nil)
    }

    @Test(
        "JW3 exp, nbf and iat hold to the second, with the leeway",
        arguments: [
            (989, 10, "nbf"), (990, 10, nil), (1_000, 0, nil), (999, 0, "nbf"), (1_999, 0, nil), (2_000, 0, "exp"),
            (2_009, 10, nil), (2_010, 10, "exp"),
        ] as [(Int64, Int64, String?)])
    func times(now: Int64, leeway: Int64, claim: String?) throws {
        #expect(try fault(at: now, leeway: leeway) == claim.map(JOSEFault.claim))
    }

    @Test("JW3 A token issued in the future is refused")
    func issuedLater() throws {
        #expect(
            try fault {
                $0["nbf"] = nil; $0["iat"] = 1_511
            } == .claim("iat"))
        #expect(
            try fault {
                $0["nbf"] = nil; $0["iat"] = 1_510
            } == nil)
    }

    @Test("JW3 exp must be there")
    func expiryRequired() throws {
        #expect(try fault { $0["exp"] = nil } == .claim("exp"))
    }

    @Test("JW3 Times that are not numbers are refused", arguments: ["exp", "nbf", "iat"])
    func timesAreNumbers(claim: String) throws {
        for value in ["2000", true, nil, [2_000], [:]] as [JSONValue] {
            #expect(try fault { $0[claim] = value } == .claim(claim))
        }
    }

    @Test("IN10 Times at the edge of what numbers hold do not trap")
    func extremes() throws {
        #expect(try fault { $0["exp"] = .integer(.max) } == nil)
        #expect(try fault { $0["exp"] = 1e300 } == nil)
        #expect(try fault { $0["exp"] = .integer(.min) } == .claim("exp"))
        #expect(try fault { $0["nbf"] = .integer(.min) } == nil)
        #expect(try fault { $0["nbf"] = .integer(.max) } == .claim("nbf"))
        #expect(try fault(at: .max, leeway: .max) == nil)
        #expect(try fault(at: .min, leeway: .min) != nil)
    }

    @Test(
        "JW3 Another issuer is refused, however alike",
        arguments: ["https://a.example/", "https://A.example", "http://a.example", "", "https://a.example\u{0301}"]
    )
    func issuers(issuer: String) throws {
        #expect(try fault { $0["iss"] = .string(issuer) } == .claim("iss"))
    }

    @Test("JW3 An issuer that is missing or no string is refused")
    func issuerKind() throws {
        #expect(try fault { $0["iss"] = nil } == .claim("iss"))
        #expect(try fault { $0["iss"] = ["https://a.example"] } == .claim("iss"))
    }

    @Test("JW3 A foreign, missing or malformed audience is refused")
    func audiences() throws {
        for value in ["other", "Wiki", "", [], ["other"], [["wiki"]], ["wiki", 1], 1, nil, ["wiki": true]]
            as [JSONValue]
        {
            #expect(try fault { $0["aud"] = value } == .claim("aud"))
        }
        #expect(try fault { $0["aud"] = nil } == .claim("aud"))
    }

    @Test("TK21 A Kelvin sign in an audience is not the letter K")
    func lookalikes() throws {
        let token = try verified(["iss": "\u{212A}", "aud": "\u{212A}", "exp": 2_000])
        #expect(throws: JOSEFault.claim("iss")) { try token.check(issuer: "K", audience: nil, at: 0, leeway: 0) }
        #expect(throws: JOSEFault.claim("aud")) {
            try token.check(issuer: "\u{212A}", audience: "K", at: 0, leeway: 0)
        }
    }

    @Test("Without an audience to expect, the claim is left to the caller, who reads it as a list")
    func audienceLeftToCaller() throws {
        let token = try verified(["iss": "a", "aud": ["x", "y"], "exp": 2_000])
        try token.check(issuer: "a", audience: nil, at: 0, leeway: 0)
        #expect(token.audiences == ["x", "y"])
        #expect(try verified(["aud": "x"]).audiences == ["x"])
        #expect(try verified([:]).audiences == nil)
    }
}
