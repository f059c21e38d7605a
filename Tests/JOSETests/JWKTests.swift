import Cryptography
import JOSE
import JSON
import TestSupport
import Testing

@Suite("Keys: RFC 7517, RFC 7518 §6, RFC 8037")
struct JWKTests {
    private static let ec = PublishedVectors.rfc7515A3Key
    private static let okp = #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#

    private func key(_ text: String) throws -> JWK { try JWK(JSONValue(parsing: text)) }

    @Test(
        "RFC 7638 §3.1, RFC 8037 A.3: thumbprints of the published keys",
        arguments: [
            (PublishedVectors.rfc7638Key, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
            (okp, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
        ]
    )
    func thumbprints(text: String, thumbprint: String) throws {
        #expect(try key(text).thumbprint == thumbprint)
    }

    @Test("RFC 7638 §3: a thumbprint does not depend on the other members, or their order")
    func thumbprintIsTheKeys() throws {
        let plain = try key(#"{"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","crv":"Ed25519","kty":"OKP"}"#)
        let decorated = JWK(publicKey: plain.publicKey, algorithm: .edDSA, keyID: "x")
        #expect(decorated.thumbprint == (try key(Self.okp)).thumbprint)
        #expect(plain.thumbprint == decorated.thumbprint)
    }

    @Test("Members are read, and foreign ones passed over")
    func members() throws {
        let key = try key(
            #"{"kid":"1","use":"sig","alg":"EdDSA","key_ops":["verify"],"x5c":["no"],"more":1,"#
                + Self.okp.dropFirst())
        #expect(key.keyID == "1")
        #expect(key.use == "sig")
        #expect(key.algorithm == .edDSA)
        #expect(key.publicKey.type == .ed25519)
    }

    @Test("What is written is read as the same key", arguments: SignatureAlgorithm.allCases)
    func roundTrip(algorithm: SignatureAlgorithm) throws {
        let jwk = try KeyFixtures.key(algorithm).jwk
        #expect(try JWK(JSONValue(parsing: jwk.json.text)) == jwk)
        #expect(jwk.keyID == jwk.thumbprint)
    }

    @Test("JW8 Only public members are written", arguments: SignatureAlgorithm.allCases)
    func publicMembersOnly(algorithm: SignatureAlgorithm) throws {
        let names = try #require(KeyFixtures.key(algorithm).jwk.json.objectValue).keys
        let known = ["kty", "n", "e", "crv", "x", "y", "kid", "use", "alg"]
        #expect(names.allSatisfy(known.contains))
        #expect(names.suffix(3) == ["kid", "use", "alg"])
    }

    @Test("A private or symmetric member refuses the key", arguments: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
    func privateMembers(name: String) throws {
        for text in [PublishedVectors.rfc7520Key, Self.ec, Self.okp] {
            let fault = try #require(throws: JOSEFault.self) { try key("{\"\(name)\":\"AA\"," + text.dropFirst()) }
            #expect(fault == .badKey("it has the private member \(name)"))
        }
        #expect(throws: JOSEFault.self) { try key(PublishedVectors.rfc7520PrivateKey) }
    }

    @Test(
        "JW1 Keys of other kinds are not spoken",
        arguments: [
            PublishedVectors.rfc7520ES512Key, #"{"kty":"OKP","crv":"X25519","x":"AA"}"#,
            #"{"kty":"OKP","crv":"P-256","x":"AA"}"#, #"{"kty":"EC","crv":"Ed25519","x":"AA","y":"AA"}"#,
            #"{"kty":"AKP"}"#, #"{"kty":"rsa","n":"AA","e":"AA"}"#, #"{"use":"enc","# + ec.dropFirst(),
            #"{"key_ops":["sign"],"# + ec.dropFirst(), #"{"alg":"ES384","# + ec.dropFirst(),
            #"{"alg":"none","# + ec.dropFirst(), #"{"alg":"HS256","# + ec.dropFirst(),
        ]
    )
    func unsupported(text: String) throws {
        let fault = try #require(throws: JOSEFault.self) { try key(text) }
        guard case .unsupportedAlgorithm = fault else {
            Issue.record("\(fault)")
            return
        }
    }

    @Test(
        "Keys with missing or misspelt members are refused",
        arguments: [
            "[]", "\"key\"", "{}", #"{"kty":1}"#, #"{"kty":"RSA"}"#, #"{"kty":"RSA","n":"AQAB"}"#, #"{"kty":"EC"}"#,
            #"{"kty":"EC","crv":"P-256","x":"AA"}"#, #"{"kty":"RSA","n":"A+/=","e":"AQAB"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":7}"#, #"{"kid":1,"# + ec.dropFirst(), #"{"alg":1,"# + ec.dropFirst(),
            #"{"use":1,"# + ec.dropFirst(), #"{"key_ops":"verify","# + ec.dropFirst(),
        ]
    )
    func malformed(text: String) throws {
        let fault = try #require(throws: JOSEFault.self) { try key(text) }
        guard case .malformed = fault else {
            Issue.record("\(fault)")
            return
        }
    }

    @Test("JW11 RSA-512 and RSA-1024, a point off its curve, a key of small order and a shared secret are bad keys")
    func badKeys() throws {
        let rsa512 = Base64URL.encode([UInt8](repeating: 0xFF, count: 64))
        let rsa1024 = Base64URL.encode([UInt8](repeating: 0xFF, count: 128))
        let texts = [
            #"{"kty":"RSA","e":"AQAB","n":"\#(rsa512)"}"#,
            #"{"kty":"RSA","e":"AQAB","n":"\#(rsa1024)"}"#,
            Self.ec.replacing("f83O", with: "f83P"),
            #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
            #"{"kty":"oct","alg":"HS256"}"#,
            #"{"alg":"RS256","# + Self.ec.dropFirst(),
            #"{"alg":"ES256","# + Self.okp.dropFirst(),
        ]
        for text in texts {
            let fault = try #require(throws: JOSEFault.self) { try key(text) }
            guard case .badKey = fault else {
                Issue.record("\(text): \(fault)")
                continue
            }
        }
    }

    @Test("IN10 Mutated keys never trap, and what is read can be written and read again")
    func mutations() throws {
        var dice = Dice(seed: 21)
        for text in [Self.ec, Self.okp, PublishedVectors.rfc7638Key] {
            for _ in 0..<3_000 {
                guard let value = try? JSONValue(parsing: dice.mutated(Array(text.utf8))) else { continue }
                guard let key = try? JWK(value) else { continue }
                #expect(try JWK(key.json) == key)
            }
        }
    }
}
