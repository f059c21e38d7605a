import Cryptography
import JOSE
import JSON
import Testing

@Suite("Signed texts: RFC 7515, RFC 7520, RFC 8037")
struct JWSTests {
    private func key(_ text: String) throws -> JWK { try JWK(JSONValue(parsing: text)) }

    @Test(
        "The published examples verify with their keys, and with no other",
        arguments: [
            (PublishedVectors.rfc7515A2, PublishedVectors.rfc7515A2Key),
            (PublishedVectors.rfc7515A3, PublishedVectors.rfc7515A3Key),
            (PublishedVectors.rfc7520RS256, PublishedVectors.rfc7520Key),
            (PublishedVectors.rfc8037A4, PublishedVectors.rfc8037A2Key),
        ]
    )
    func publishedExamples(token: String, jwk: String) throws {
        let jws = try JWS(compact: token)
        #expect(jws.isSigned(by: try key(jwk)))
        for other in SignatureAlgorithm.allCases {
            #expect(!jws.isSigned(by: try KeyFixtures.key(other).jwk))
        }
    }

    @Test("RFC 7515 A.3: the payload is the example's")
    func payload() throws {
        let jws = try JWS(compact: PublishedVectors.rfc7515A3)
        #expect(jws.algorithm == .es256)
        #expect(jws.keyID == nil)
        #expect(String(decoding: jws.payload, as: UTF8.self).hasPrefix(#"{"iss":"joe","#))
    }

    @Test("RFC 7520 §4.1, RFC 8037 A.4: our signature is the published one, both algorithms being deterministic")
    func reproduced() throws {
        let rsa = try PrivateKey(der: try #require(Base64URL.decode(PublishedVectors.rfc7520PKCS8)))
        let ed25519 = try PrivateKey(der: try #require(Base64URL.decode(PublishedVectors.rfc8037PKCS8)))
        let cases = [(PublishedVectors.rfc7520RS256, rsa), (PublishedVectors.rfc8037A4, ed25519)]
        for (token, key) in cases {
            let jws = try JWS(compact: token)
            #expect(try key.signature(of: jws.signingInput, algorithm: jws.algorithm) == jws.signature)
        }
    }

    @Test(
        "JW1 none, HMAC and algorithms not spoken here are refused by name",
        arguments: [
            PublishedVectors.rfc7520HS256, PublishedVectors.rfc7520PS384, PublishedVectors.rfc7520ES512,
            // RFC 7519 §6.1: the unsecured token.
            "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
        ]
    )
    func foreignAlgorithms(token: String) throws {
        let fault = try #require(throws: JOSEFault.self) { try JWS(compact: token) }
        guard case .unsupportedAlgorithm = fault else {
            Issue.record("\(fault)")
            return
        }
    }

    @Test(
        "JW1 Names of algorithms are exact",
        arguments: ["None", "nOnE", "NONE", "es256", "ES256 ", "HS256", "RS1", "", "EdDSA\u{301}"])
    func algorithmNames(name: String) throws {
        let token = try Forge(key: KeyFixtures.key(.es256)).token(header: #"{"alg":"\#(name)"}"#)
        #expect(throws: JOSEFault.unsupportedAlgorithm(name)) { try JWS(compact: token) }
    }

    @Test("JW1 A token signed with HMAC under a public key's text is refused")
    func publicKeyAsSecret() throws {
        let key = try KeyFixtures.key(.rs256)
        let header = Base64URL.encode(Array(#"{"alg":"HS256","kid":"\#(key.keyID)"}"#.utf8))
        let input = header + "." + Base64URL.encode(KeyFixtures.claims)
        let code = HMACSHA256.authenticate(Array(input.utf8), key: key.jwk.json.bytes())
        #expect(throws: JOSEFault.unsupportedAlgorithm("HS256")) {
            try JWS(compact: input + "." + Base64URL.encode(code))
        }
    }

    @Test("JW1 A header that names the algorithm of another key type does not verify")
    func keyTypeConfusion() throws {
        for signer in SignatureAlgorithm.allCases {
            for claimed in SignatureAlgorithm.allCases where claimed != signer {
                let key = try KeyFixtures.key(signer)
                let jws = try JWS(compact: Forge(key: key).token(header: #"{"alg":"\#(claimed.rawValue)"}"#))
                #expect(!jws.isSigned(by: key.jwk))
                #expect(!jws.isSigned(by: JWK(publicKey: key.jwk.publicKey, algorithm: nil, keyID: nil)))
            }
        }
    }

    @Test("JW1 A key made for RS256 verifies no PS256 signature, though the same key made it")
    func algorithmIsTheKeys() throws {
        let key = try SigningKey(privateKey: KeyFixtures.key(.rs256).privateKey, algorithm: .ps256)
        let jws = try JWS(compact: JWT.signed(claims: KeyFixtures.claims, type: .idToken, by: key))
        #expect(jws.isSigned(by: key.jwk))
        #expect(!jws.isSigned(by: try KeyFixtures.key(.rs256).jwk))
    }

    @Test("JW2 A key that comes with the token is not believed", arguments: ["jwk", "x5c", "jku", "x5u"])
    func keysInHeader(member: String) throws {
        let attacker = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let ours = try KeyFixtures.key(.es256)
        let value = member == "jwk" ? attacker.jwk.json.text : #""https://attacker.example/keys""#
        let header = #"{"alg":"ES256","kid":"\#(ours.keyID)","\#(member)":\#(value)}"#
        #expect(!(try JWS(compact: Forge(key: attacker).token(header: header))).isSigned(by: ours.jwk))
        #expect(try JWS(compact: Forge(key: ours).token(header: header)).isSigned(by: ours.jwk))
    }

    @Test("JW3 crit is refused, whatever it names", arguments: [#"["exp"]"#, #"["b64"]"#, "[]", "null", "1"])
    func critical(value: String) throws {
        let token = try Forge(key: KeyFixtures.key(.es256)).token(adding: #","b64":false,"crit":"# + value)
        #expect(throws: JOSEFault.critical) { try JWS(compact: token) }
    }

    @Test(
        "JW3 Headers that are not an object with text members, each once, are refused",
        arguments: [
            "", "[]", "1", "null", "{}", #"{"alg":1}"#, #"{"alg":"ES256","alg":"none"}"#, #"{"alg":"ES256","kid":1}"#,
            #"{"alg":"ES256","typ":["JWT"]}"#, #"{"alg":"ES256","kid":null}"#, #"{"alg":"ES256",}"#,
            #"{"alg":"ES256"} x"#,
            "{\"alg\":\"ES256\"}\u{0}",
        ]
    )
    func headers(header: String) throws {
        let token = try Forge(key: KeyFixtures.key(.es256)).token(header: header)
        let fault = try #require(throws: JOSEFault.self) { try JWS(compact: token) }
        guard case .malformed = fault else {
            Issue.record("\(fault)")
            return
        }
    }

    @Test("JW11 A header that is not UTF-8 is refused")
    func headerEncoding() {
        let header = Array(#"{"alg":"ES256","x":""#.utf8) + [0xFF] + Array("\"}".utf8)
        #expect(throws: JOSEFault.self) { try JWS(compact: Base64URL.encode(header) + ".e30.AA") }
    }

    @Test(
        "What is not three parts of base64url is refused, encrypted tokens too",
        arguments: [
            "", ".", "..", "...", "a", "a.b", "e30.e30", "e30.e30.AA.AA", "e30.e30.AA.AA.AA", " e30.e30.AA",
            "e30.e30.AA ",
            "e30=.e30.AA", "e30.e30.A", "e30.e30.AB", "e3 0.e30.AA", "é.e30.AA", "e30.e30.AA\n", "{}.{}.{}",
        ]
    )
    func parts(token: String) throws {
        let fault = try #require(throws: JOSEFault.self) { try JWS(compact: token) }
        guard case .malformed = fault else {
            Issue.record("\(fault)")
            return
        }
    }

    @Test("A token over 16 KiB is refused before it is read")
    func size() throws {
        let forge = Forge(key: try KeyFixtures.key(.edDSA))
        let large = try forge.token(header: #"{"alg":"EdDSA"}"#, payload: [UInt8](repeating: 0x20, count: 12_500))
        #expect(throws: JOSEFault.self) { try JWS(compact: large) }
        let fitting = try forge.token(header: #"{"alg":"EdDSA"}"#, payload: [UInt8](repeating: 0x20, count: 12_000))
        #expect(try JWS(compact: fitting).payload.count == 12_000)
    }
}
