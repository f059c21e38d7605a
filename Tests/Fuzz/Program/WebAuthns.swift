import Cryptography
import JOSE
import JSON

@testable import WebAuthn

/// What a browser answers for an authenticator, WebAuthn §7. The first byte says what follows: `r` and `a` the JSON of a
/// registration or an assertion; `R` and `A` the authenticator's data alone, around which all else is right.
struct WebAuthnTarget: FuzzTarget {
    static let name = "webauthn"

    private static let challenge = [UInt8](repeating: 7, count: 32)

    private let key: SigningKey
    private let publicKey: [UInt8]
    private let expectation = Expectation(
        challenge: challenge, origin: "https://id.example", relyingPartyID: "id.example", isVerificationRequired: false)

    init() throws {
        key = try FixedKeys().edDSA
        guard case .ed25519(let point) = key.privateKey.publicKey.components else { throw WebAuthnFault.unsupportedKey }
        publicKey = [0xA4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 0x20] + point
    }

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        switch pieces.byte() {
        case UInt8(ascii: "r"): checkRegistration(pieces.remainingText())
        case UInt8(ascii: "a"):
            if let use = use(pieces.remainingText()) { demand(false, "nobody else can sign, and yet: \(use)") }
        case UInt8(ascii: "R"): checkRegistration(credential(data: pieces.remainder()))
        default: checkAssertion(pieces.remainder())
        }
    }

    private func checkRegistration(_ json: String) {
        guard let registration = try? Registration(json: json), let credential = try? registration.verify(expectation)
        else { return }
        demand((1...1023).contains(credential.id.count), "a credential has an id")
        demand((try? COSEKey(credential.publicKey)) != nil, "what is kept of a key is a key")
        demand(credential.isBackupEligible || !credential.isBackedUp, "what cannot be copied is not (§6.1.3)")
        demand(Set(credential.transports).count == credential.transports.count, "each transport once")
        demand(json.contains(Base64URL.encode(credential.id)), "the id is the one that was sent")
        demand(constantTimeEqual(registration.clientData.challenge, Self.challenge), "it answers what was asked")
    }

    /// Signed, and then altered in one place, which the last byte names.
    private func checkAssertion(_ data: [UInt8]) {
        let client = clientData("webauthn.get")
        guard let signature = try? key.privateKey.signature(of: data + SHA256.digest(client), algorithm: .edDSA) else {
            return
        }
        let use = use(assertion(data, client, signature))
        if let use {
            let count = data.dropFirst(33).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            demand(use.signCount == count, "the count is the one that was signed")
            demand(data.prefix(32).elementsEqual(SHA256.digest(Array("id.example".utf8))), "it is for this site")
            demand(data[32] & 1 == 1, "somebody was there")
        }
        let place = Int(data.last ?? 0)
        var (otherData, otherSignature) = (data, signature)
        if !data.isEmpty { otherData[place % data.count] ^= 1 }
        otherSignature[place % 64] ^= 1
        for altered in [assertion(otherData, client, signature), assertion(data, client, otherSignature)] {
            demand(data.isEmpty || self.use(altered) == nil, "what was altered is not signed")
        }
        demand(self.use(assertion(data, clientData("webauthn.create"), signature)) == nil, "an assertion is one")
    }

    private func use(_ json: String) -> Assertion.Use? {
        [true, false].lazy.compactMap { isEligible in
            try? Assertion(json: json).verify(expectation, publicKey: publicKey, isBackupEligible: isEligible)
        }.first
    }
}

/// What browsers write around the authenticator's data.
extension WebAuthnTarget {
    private func clientData(_ type: String) -> [UInt8] {
        let object: JSONObject = [
            "type": .string(type), "challenge": .string(Base64URL.encode(Self.challenge)),
            "origin": "https://id.example",
        ]
        return object.bytes()
    }

    /// The id is the one in the data, or the data's own beginning where there is none.
    private func credential(data: [UInt8]) -> String {
        let count = data.dropFirst(53).prefix(2).reduce(0) { $0 << 8 | Int($1) }
        let head: [UInt8] = [0xA3, 0x63] + Array("fmt".utf8) + [0x64] + Array("none".utf8) + [0x67]
        let middle = Array("attStmt".utf8) + [0xA0, 0x68] + Array("authData".utf8)
        let length = [UInt8(0x59), UInt8(truncatingIfNeeded: data.count >> 8), UInt8(truncatingIfNeeded: data.count)]
        return json(
            id: Array(data.dropFirst(55).prefix(count)),
            ["clientDataJSON": clientData("webauthn.create"), "attestationObject": head + middle + length + data])
    }

    private func assertion(_ data: [UInt8], _ client: [UInt8], _ signature: [UInt8]) -> String {
        json(id: [1], ["clientDataJSON": client, "authenticatorData": data, "signature": signature])
    }

    private func json(id: [UInt8], _ response: [String: [UInt8]]) -> String {
        let members = response.sorted { $0.key < $1.key }.map {
            (key: $0.key, value: JSONValue.string(Base64URL.encode($0.value)))
        }
        let id = JSONValue.string(Base64URL.encode(id))
        let object: JSONObject = [
            "id": id, "rawId": id, "type": "public-key", "response": .object(JSONObject(members)),
        ]
        return JSONValue.object(object).text
    }
}
