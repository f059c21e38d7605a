import Cryptography
import TestSupport
import Testing

@testable import WebAuthn

@Suite("RFC 9052 §7, RFC 9053: keys of credentials")
struct COSEKeyTests {
    private typealias Members = [(key: [UInt8], value: [UInt8])]

    @Test("Each of the three kinds verifies what its private half signed", arguments: [KeyType.p256, .ed25519, .rsa])
    func kinds(type: KeyType) throws {
        let authenticator = try SoftAuthenticator(type)
        let key = try COSEKey(authenticator.publicKey)
        #expect(key.algorithm == authenticator.algorithm)
        let message = Array("a message".utf8)
        let signature = try authenticator.signature(message)
        #expect(key.isValid(signature: signature, for: message))
        #expect(!key.isValid(signature: signature, for: message + [0]))
        for count in 0..<signature.count {
            #expect(!key.isValid(signature: Array(signature.prefix(count)), for: message))
        }
        #expect(!key.isValid(signature: signature + [0], for: message))
        let another = try SoftAuthenticator(type)
        #expect(!key.isValid(signature: try another.signature(message), for: message))
    }

    @Test("An ECDSA signature as r ‖ s, or in DER that could be written otherwise, is refused")
    func spellings() throws {
        let authenticator = try SoftAuthenticator(.p256)
        let key = try COSEKey(authenticator.publicKey)
        let raw = try authenticator.key.signature(of: [1], algorithm: .es256)
        #expect(!key.isValid(signature: raw, for: [1]))
        let der = try #require(ECDSASignature(raw: raw)).der
        #expect(key.isValid(signature: der, for: [1]))
        // One zero more before the first number.
        var longer = der
        longer.insert(0, at: 4)
        longer[1] += 1
        longer[3] += 1
        #expect(!key.isValid(signature: longer, for: [1]))
    }

    @Test("Another algorithm, type or curve than the three is refused")
    func otherAlgorithms() throws {
        let key = try SoftAuthenticator(.p256)
        for number: Int64 in [-35, -36, -37, -47, -65_535, -8, -257, 0, 7, .min, .max] {
            refused(replacing(3, with: CBORText.integer(number), in: key))
        }
        for type: Int64 in [0, 1, 3, 4] { refused(replacing(1, with: CBORText.integer(type), in: key)) }
        for curve: Int64 in [0, 2, 3, 6, 8] { refused(replacing(-1, with: CBORText.integer(curve), in: key)) }
        refused(replacing(3, with: CBORText.text("ES256"), in: key))
        let edwards = try SoftAuthenticator(.ed25519)
        for curve: Int64 in [1, 4, 5, 7] { refused(replacing(-1, with: CBORText.integer(curve), in: edwards)) }
    }

    @Test(
        "A missing, doubled or further member is refused (WebAuthn §6.5.1)", arguments: [KeyType.p256, .ed25519, .rsa])
    func members(type: KeyType) throws {
        let members = try SoftAuthenticator(type).key.publicKey.components.members
        for index in members.indices {
            var fewer = members
            fewer.remove(at: index)
            refused(fewer)
            #expect(throws: WebAuthnFault.malformed) { try COSEKey(CBORText.map(members + [members[index]])) }
        }
        refused(members + [(CBORText.integer(2), CBORText.bytes([1]))])
        refused(members + [(CBORText.integer(4), CBORText.array([CBORText.integer(2)]))])
        refused(members + [(CBORText.text("note"), CBORText.text("hello"))])
        #expect(throws: WebAuthnFault.malformed) { try COSEKey(CBORText.map(members) + [0]) }
    }

    @Test("A point that is not on the curve, compressed, or of another length is refused")
    func points() throws {
        let key = try SoftAuthenticator(.p256)
        guard case .p256(let x, let y) = key.key.publicKey.components else { return }
        var bent = y
        bent[31] ^= 1
        refused(replacing(-3, with: CBORText.bytes(bent), in: key))
        refused(replacing(-3, with: [0xF5], in: key))
        refused(replacing(-3, with: CBORText.bytes([0] + y), in: key))
        refused(replacing(-2, with: CBORText.bytes(Array(x.dropLast())), in: key))
        refused(replacing(-2, with: CBORText.bytes([]), in: key))
        refused([
            (CBORText.integer(1), CBORText.integer(2)), (CBORText.integer(3), CBORText.integer(-7)),
            (CBORText.integer(-1), CBORText.integer(1)),
            (CBORText.integer(-2), CBORText.bytes([UInt8](repeating: 0, count: 32))),
            (CBORText.integer(-3), CBORText.bytes([UInt8](repeating: 0, count: 32))),
        ])
        let edwards = try SoftAuthenticator(.ed25519)
        refused(replacing(-2, with: CBORText.bytes([1] + [UInt8](repeating: 0, count: 31)), in: edwards))
        refused(replacing(-2, with: CBORText.bytes([UInt8](repeating: 0, count: 32)), in: edwards))
    }

    @Test("JW11 RSA of less than 2048 bits, of an even modulus, or with a small exponent is refused")
    func smallRSA() throws {
        let key = try SoftAuthenticator(.rsa)
        for count in [0, 64, 128, 255, 1025] {
            refused(replacing(-1, with: CBORText.bytes([UInt8](repeating: 0xFF, count: count)), in: key))
        }
        refused(replacing(-1, with: CBORText.bytes([UInt8](repeating: 0xFF, count: 255) + [0xFE]), in: key))
        for exponent: [UInt8] in [[], [1], [3], [1, 0, 0], [1, 0, 0, 0, 1]] {
            refused(replacing(-2, with: CBORText.bytes(exponent), in: key))
        }
    }

    @Test("Every beginning of a key is refused")
    func prefixes() throws {
        for type in [KeyType.p256, .ed25519, .rsa] {
            let whole = try SoftAuthenticator(type).publicKey
            for count in 0..<whole.count {
                #expect(throws: WebAuthnFault.self) { try COSEKey(Array(whole.prefix(count))) }
            }
        }
    }

    private func replacing(_ label: Int64, with value: [UInt8], in key: SoftAuthenticator) -> Members {
        key.key.publicKey.components.members.map { $0.key == CBORText.integer(label) ? ($0.key, value) : $0 }
    }

    private func refused(_ members: Members, _ place: SourceLocation = #_sourceLocation) {
        #expect(throws: WebAuthnFault.unsupportedKey, sourceLocation: place) { try COSEKey(CBORText.map(members)) }
    }
}
