import Cryptography
import JOSE
import JSON
import TestSupport
import Testing

@Suite("Tokens: RFC 7519, RFC 8725")
struct JWTVerificationTests {
    private let claims = KeyFixtures.claims

    @Test("A token verifies as what it was signed as", arguments: SignatureAlgorithm.allCases, TokenType.allCases)
    func roundTrip(algorithm: SignatureAlgorithm, type: TokenType) throws {
        let key = try KeyFixtures.key(algorithm)
        let token = try JWT.signed(claims: claims, type: type, by: key)
        let verified = try JWTVerification(type: type).verify(token, keys: KeyFixtures.ring())
        #expect(verified.claims["sub"] == "1")
        #expect(verified.keyID == key.keyID)
        #expect(verified.type == type.rawValue)
    }

    @Test("The header names algorithm, key and type, and the payload is the very bytes given")
    func form() throws {
        let key = try KeyFixtures.key(.es256)
        let jws = try JWS(compact: JWT.signed(claims: claims, type: .accessToken, by: key))
        #expect(jws.header == ["alg": "ES256", "kid": .string(key.keyID), "typ": "at+jwt"])
        #expect(jws.payload == claims)
    }

    @Test("TK16 A token of one kind is not accepted as another", arguments: TokenType.allCases, TokenType.allCases)
    func typeConfusion(signed: TokenType, expected: TokenType) throws {
        let token = try JWT.signed(claims: claims, type: signed, by: KeyFixtures.key(.es256))
        let accepted = (try? JWTVerification(type: expected).verify(token, keys: KeyFixtures.ring())) != nil
        #expect(accepted == (signed == expected))
    }

    @Test(
        "RFC 7515 §4.1.9: types ignore ASCII case, and application/ may stand before them",
        arguments: [
            ("at+jwt", true), ("AT+JWT", true), ("application/at+jwt", true), ("Application/At+Jwt", true),
            ("at+jwt ", false), ("", false), ("application/", false), ("application/application/at+jwt", false),
            ("text/at+jwt", false), ("at+JWT\u{301}", false), ("JWT", false), ("at jwt", false),
        ]
    )
    func typeSpelling(type: String, accepted: Bool) throws {
        let token = try Forge(key: KeyFixtures.key(.es256)).token(adding: "", type: type)
        let result = try? JWTVerification(type: .accessToken).verify(token, keys: KeyFixtures.ring())
        #expect((result != nil) == accepted)
    }

    @Test("TK16 A Kelvin sign is no k")
    func kelvinType() throws {
        let token = try Forge(key: KeyFixtures.key(.es256)).token(adding: "", type: "to\u{212A}en")
        let verification = JWTVerification(types: ["token"])
        #expect(throws: JOSEFault.self) { try verification.verify(token, keys: KeyFixtures.ring()) }
    }

    @Test("TK16 A missing type is refused, except where others' tokens may lack it")
    func missingType() throws {
        let key = try KeyFixtures.key(.es256)
        let token = try Forge(key: key).token(header: #"{"alg":"ES256","kid":"\#(key.keyID)"}"#)
        let ring = try KeyFixtures.ring()
        for type in TokenType.allCases {
            #expect(throws: JOSEFault.wrongType(nil)) { try JWTVerification(type: type).verify(token, keys: ring) }
        }
        let tolerant = JWTVerification(types: ["JWT"], allowsMissingType: true)
        #expect(try tolerant.verify(token, keys: ring).type == nil)
        let access = try JWT.signed(claims: claims, type: .accessToken, by: key)
        #expect(throws: JOSEFault.wrongType("at+jwt")) { try tolerant.verify(access, keys: ring) }
    }

    @Test("JW1 An algorithm that is not allowed is refused, valid as the signature is")
    func allowedAlgorithms() throws {
        let token = try JWT.signed(claims: claims, type: .idToken, by: KeyFixtures.key(.rs256))
        let verification = JWTVerification(type: .idToken, algorithms: [.es256, .ps256])
        #expect(throws: JOSEFault.unsupportedAlgorithm("RS256")) {
            try verification.verify(token, keys: KeyFixtures.ring())
        }
    }

    @Test("JW2 kid is only a name: an unknown one, none, or another key's leads nowhere")
    func keyNames() throws {
        let forge = Forge(key: try KeyFixtures.key(.es256))
        let verification = JWTVerification(types: ["JWT"], allowsMissingType: true)
        let ring = try KeyFixtures.ring()
        #expect(throws: JOSEFault.unknownKey(nil)) {
            try verification.verify(forge.token(header: #"{"alg":"ES256"}"#), keys: ring)
        }
        for name in ["x", "", "../../etc/passwd", "' OR 1=1 --"] {
            #expect(throws: JOSEFault.unknownKey(name)) {
                try verification.verify(forge.token(header: #"{"alg":"ES256","kid":"\#(name)"}"#), keys: ring)
            }
        }
        let rsa = try KeyFixtures.key(.rs256).keyID
        #expect(throws: JOSEFault.unknownKey(rsa)) {
            try verification.verify(forge.token(header: #"{"alg":"ES256","kid":"\#(rsa)"}"#), keys: ring)
        }
    }

    @Test("A token without kid is tried with every key that fits, and another owner's key is refused")
    func keySet() throws {
        let ours = try KeyFixtures.key(.es256)
        let other = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let token = try Forge(key: ours).token(header: #"{"alg":"ES256"}"#)
        let verification = JWTVerification(types: [], allowsMissingType: true)
        #expect(try verification.verify(token, keys: JWKSet(keys: [other.jwk, ours.jwk])).keyID == nil)
        #expect(throws: JOSEFault.badSignature) { try verification.verify(token, keys: JWKSet(keys: [other.jwk])) }
        #expect(throws: JOSEFault.unknownKey(nil)) { try verification.verify(token, keys: JWKSet(keys: [])) }
    }

    @Test("TK21 Every truncated, extended or re-cased token is invalid", arguments: SignatureAlgorithm.allCases)
    func altered(algorithm: SignatureAlgorithm) throws {
        let token = try JWT.signed(claims: claims, type: .accessToken, by: KeyFixtures.key(algorithm))
        let ring = try KeyFixtures.ring()
        func isRefused(_ text: String) -> Bool {
            (try? JWTVerification(type: .accessToken).verify(text, keys: ring)) == nil
        }
        let bytes = Array(token.utf8)
        for index in bytes.indices {
            #expect(isRefused(String(decoding: bytes.prefix(index), as: UTF8.self)))
            var other = bytes
            other[index] ^= 0x20
            #expect(isRefused(String(decoding: other, as: UTF8.self)))
        }
        for addition in ["A", "AA", "AAAA", "=", ".", " ", "\n", "\u{0}", "."] {
            #expect(isRefused(token + addition))
            #expect(isRefused(addition + token))
        }
        #expect(isRefused(token.uppercased()))
        #expect(isRefused(token.lowercased()))
        #expect(isRefused(token + token))
        #expect(isRefused(token.split(separator: ".").reversed().joined(separator: ".")))
    }

    @Test("TK21 Parts of two valid tokens do not make a third")
    func splicing() throws {
        let key = try KeyFixtures.key(.es256)
        let first = try JWT.signed(claims: claims, type: .accessToken, by: key).split(separator: ".")
        let second = try JWT.signed(claims: Array(#"{"sub":"2"}"#.utf8), type: .idToken, by: key).split(separator: ".")
        let ring = try KeyFixtures.ring()
        for mask in 1..<7 {
            let parts = (0..<3).map { mask >> $0 & 1 == 1 ? second[$0] : first[$0] }
            let token = parts.joined(separator: ".")
            for type in [TokenType.accessToken, .idToken] {
                #expect((try? JWTVerification(type: type).verify(token, keys: ring)) == nil)
            }
        }
    }

    @Test(
        "JW3 Claims that are not one JSON object without duplicates are refused though signed",
        arguments: ["", "[]", "1", "null", #"{"aud":"a","aud":"b"}"#, "{}x", "{\"a\":\"\u{1}\"}", "{}\u{0}{}"]
    )
    func payloads(payload: String) throws {
        let token = try Forge(key: KeyFixtures.key(.es256)).token(adding: "", payload: Array(payload.utf8))
        let fault = try #require(throws: JOSEFault.self) {
            try JWTVerification(type: .idToken).verify(token, keys: KeyFixtures.ring())
        }
        guard case .malformed = fault else {
            Issue.record("\(fault)")
            return
        }
    }

    @Test("IN10, TK21: of thousands of mutated tokens none verifies and none traps")
    func mutations() throws {
        var dice = Dice(seed: 22)
        let ring = try KeyFixtures.ring()
        let verification = JWTVerification(type: .accessToken)
        for algorithm in [SignatureAlgorithm.es256, .edDSA] {
            let token = try JWT.signed(claims: claims, type: .accessToken, by: KeyFixtures.key(algorithm))
            for _ in 0..<5_000 {
                let text = String(decoding: dice.mutated(Array(token.utf8)), as: UTF8.self)
                guard !text.isExactly(token) else { continue }
                #expect((try? verification.verify(text, keys: ring)) == nil)
            }
        }
    }
}
