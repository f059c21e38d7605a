import Cryptography
import JOSE
import JSON
import Testing

@Suite("Key ring")
struct KeyRingTests {
    private func published(_ ring: KeyRing) throws -> JWKSet {
        try JWKSet(JSONValue(parsing: ring.jwksDocument))
    }

    @Test("A signing key is found by algorithm, and algorithms come in one order")
    func signing() throws {
        let keys = try [SignatureAlgorithm.edDSA, .rs256, .es256].map(KeyFixtures.key)
        let ring = KeyRing(signing: keys, published: [])
        #expect(ring.algorithms == [.rs256, .es256, .edDSA])
        #expect(ring.signingKey(.es256)?.keyID == (try KeyFixtures.key(.es256)).keyID)
        #expect(ring.signingKey(.ps256) == nil)
        #expect(KeyRing(signing: [], published: []).algorithms.isEmpty)
    }

    @Test("JW8 Next, current and old keys are published; only the current one signs")
    func publishing() throws {
        let next = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let current = try KeyFixtures.key(.es256)
        let old = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let ring = KeyRing(signing: [current], published: [next.jwk, current.jwk, old.jwk])
        #expect(try published(ring).keys == [next.jwk, current.jwk, old.jwk])
        #expect(ring.signingKey(.es256)?.keyID == current.keyID)
        for key in [next, current, old] {
            let token = try JWT.signed(claims: KeyFixtures.claims, type: .idToken, by: key)
            #expect(try JWTVerification(type: .idToken).verify(token, keys: ring).keyID == key.keyID)
        }
        let retired = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        #expect(ring.verificationKey(id: retired.keyID) == nil)
        #expect(ring.verificationKey(id: old.keyID) == old.jwk)
    }

    @Test("JW8 A key that signs is published, once, even if nobody said so")
    func signingKeysArePublished() throws {
        let key = try KeyFixtures.key(.es256)
        #expect(try published(KeyRing(signing: [key], published: [])).keys == [key.jwk])
        #expect(try published(KeyRing(signing: [key], published: [key.jwk, key.jwk])).keys == [key.jwk])
    }

    @Test("JW1 One RSA key used for RS256 and PS256 is published for each, and verifies each")
    func sharedRSAKey() throws {
        let v15 = try KeyFixtures.key(.rs256)
        let pss = try SigningKey(privateKey: v15.privateKey, algorithm: .ps256)
        let ring = KeyRing(signing: [v15, pss], published: [])
        #expect(try published(ring).keys.map(\.algorithm) == [.rs256, .ps256])
        for key in [v15, pss] {
            let token = try JWT.signed(claims: KeyFixtures.claims, type: .idToken, by: key)
            #expect(try JWTVerification(type: .idToken).verify(token, keys: ring).keyID == v15.keyID)
        }
    }

    @Test("JW8 The document holds public members only")
    func publicOnly() throws {
        let value = try JSONValue(parsing: KeyFixtures.ring().jwksDocument)
        let keys = try #require(value.objectValue?["keys"]?.arrayValue)
        #expect(keys.count == 4)
        for key in keys {
            let names = try #require(key.objectValue).keys
            #expect(Set(names).isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]))
        }
    }

    @Test("JW1 A signing key's algorithm fits its type", arguments: SignatureAlgorithm.allCases)
    func fit(algorithm: SignatureAlgorithm) throws {
        for other in SignatureAlgorithm.allCases where other.keyType != algorithm.keyType {
            #expect(throws: JOSEFault.self) {
                try SigningKey(privateKey: KeyFixtures.key(other).privateKey, algorithm: algorithm)
            }
        }
    }

    @Test("A fault quotes what a stranger sent, cut and escaped, so that no log line can be forged")
    func faultTexts() {
        let text = JOSEFault.unknownKey("a\n2026-11-21 admin signed in" + String(repeating: "x", count: 1_000))
            .description
        #expect(!text.contains("\n"))
        #expect(text.utf8.count < 120)
    }
}
