import Cryptography
import JOSE
import JSON
import Testing

@Suite("Key sets: RFC 7517 §5")
struct JWKSetTests {
    private static let ec = PublishedVectors.rfc7515A3Key
    private static let weak = #"{"kty":"RSA","e":"AQAB","n":"-w"}"#

    private func set(_ keys: [String], skippingBadKeys: Bool = false) throws -> JWKSet {
        let value = try JSONValue(parsing: #"{"keys":["# + keys.joined(separator: ",") + "]}")
        return try JWKSet(value, skippingBadKeys: skippingBadKeys)
    }

    @Test("Keys of unknown kinds and for encryption are passed over")
    func unknownKinds() throws {
        let others = [
            #"{"kty":"AKP","alg":"ML-DSA-44"}"#, PublishedVectors.rfc7520ES512Key,
            #"{"use":"enc","# + Self.ec.dropFirst(),
        ]
        #expect(try set(others + [Self.ec]).keys.count == 1)
        #expect(try set([]).keys.isEmpty)
    }

    @Test("A private, symmetric or weak key refuses the whole set, unless bad keys are to be skipped")
    func badKeys() throws {
        for bad in [Self.weak, PublishedVectors.rfc7520PrivateKey, #"{"kty":"oct","k":"AA"}"#, #"{"kty":"EC"}"#] {
            #expect(throws: JOSEFault.self) { try set([Self.ec, bad]) }
            #expect(try set([Self.ec, bad], skippingBadKeys: true).keys.count == 1)
        }
    }

    @Test(
        "What is not a set is refused",
        arguments: ["[]", "{}", #"{"keys":{}}"#, #"{"keys":"x"}"#, #"{"keys":[1]}"#, #"{"keys":[null]}"#, "null"]
    )
    func malformed(text: String) {
        #expect(throws: JOSEFault.self) { try JWKSet(JSONValue(parsing: text)) }
    }

    @Test("A set of more than 32 keys is refused before any is looked at")
    func tooMany() throws {
        #expect(throws: JOSEFault.self) { try set(Array(repeating: Self.ec, count: 33)) }
        #expect(try set(Array(repeating: Self.ec, count: 32)).keys.count == 32)
    }

    @Test("Keys are found by name, byte for byte; a name may stand twice")
    func names() throws {
        let named = ["K", "k", "\u{212A}", "K"].map { #"{"kid":"\#($0)","# + Self.ec.dropFirst() }
        let set = try set(named + [Self.ec])
        #expect(set.keys(id: "K").count == 2)
        #expect(set.key(id: "\u{212A}") == set.keys[2])
        #expect(set.key(id: "x") == nil)
        #expect(set.keys(id: nil).count == 5)
    }

    @Test("What is written is read as the same set")
    func roundTrip() throws {
        let set = JWKSet(keys: try SignatureAlgorithm.allCases.map { try KeyFixtures.key($0).jwk })
        #expect(try JWKSet(JSONValue(parsing: set.json.text)) == set)
    }
}
