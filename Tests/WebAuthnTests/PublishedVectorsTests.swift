import Cryptography
import JSON
import Testing
import WebAuthn

@Suite("WebAuthn Level 3 §16: the published vectors")
struct PublishedVectorsTests {
    @Test("Registrations and assertions of ES256 hold, with self attestation and without any")
    func hold() throws {
        let first = try register(PublishedVectors.none)
        #expect(first.isBackupEligible && first.isBackedUp && !first.isVerified && first.signCount == 0)
        let firstUse = try assert(PublishedVectors.noneAsserted, by: first)
        #expect(!firstUse.isVerified && firstUse.isBackedUp && firstUse.signCount == 0)
        let second = try register(PublishedVectors.packed)
        #expect(second.isVerified && second.isBackupEligible && second.isBackedUp)
        let secondUse = try assert(PublishedVectors.packedAsserted, by: second)
        #expect(!secondUse.isVerified && !secondUse.isBackedUp)
    }

    @Test("The same under the other credential, for another challenge or another relying party are refused")
    func refused() throws {
        let (first, second) = (try register(PublishedVectors.none), try register(PublishedVectors.packed))
        #expect(throws: WebAuthnFault.wrongSignature) { try assert(PublishedVectors.noneAsserted, by: second) }
        #expect(throws: WebAuthnFault.wrongSignature) { try assert(PublishedVectors.packedAsserted, by: first) }
        let answer = try Assertion(json: json(PublishedVectors.noneAsserted, by: first))
        #expect(throws: WebAuthnFault.wrongChallenge) {
            try answer.verify(
                expectation(PublishedVectors.packedAsserted.challenge), publicKey: first.publicKey,
                isBackupEligible: true)
        }
        let elsewhere = WebAuthn.Expectation(
            challenge: try bytes(PublishedVectors.noneAsserted.challenge), origin: "https://example.org",
            relyingPartyID: "login.example.org", isVerificationRequired: false)
        #expect(throws: WebAuthnFault.wrongRelyingParty) {
            try answer.verify(elsewhere, publicKey: first.publicKey, isBackupEligible: true)
        }
    }

    @Test("The one from within a frame is refused: nobody frames our pages")
    func crossOrigin() throws {
        #expect(throws: WebAuthnFault.wrongOrigin) { try register(PublishedVectors.crossOrigin) }
    }

    private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }
    private func text(_ hex: String) throws -> JSONValue { .string(Base64URL.encode(try bytes(hex))) }

    private func expectation(_ challenge: String) throws -> WebAuthn.Expectation {
        WebAuthn.Expectation(
            challenge: try bytes(challenge), origin: "https://example.org", relyingPartyID: "example.org",
            isVerificationRequired: false)
    }

    private func register(_ vector: PublishedVectors.Registered) throws -> Registration.Credential {
        let response: JSONObject = [
            "clientDataJSON": try text(vector.clientData), "attestationObject": try text(vector.attestation),
        ]
        let id = try text(vector.id)
        let object: JSONValue = ["type": "public-key", "id": id, "rawId": id, "response": .object(response)]
        return try Registration(json: object.text).verify(expectation(vector.challenge))
    }

    private func json(_ vector: PublishedVectors.Asserted, by credential: Registration.Credential) throws -> String {
        let response: JSONObject = [
            "clientDataJSON": try text(vector.clientData), "authenticatorData": try text(vector.data),
            "signature": try text(vector.signature),
        ]
        let id = JSONValue.string(Base64URL.encode(credential.id))
        let object: JSONValue = ["type": "public-key", "id": id, "rawId": id, "response": .object(response)]
        return object.text
    }

    private func assert(
        _ vector: PublishedVectors.Asserted, by credential: Registration.Credential
    ) throws -> Assertion.Use {
        try Assertion(json: json(vector, by: credential)).verify(
            expectation(vector.challenge), publicKey: credential.publicKey,
            isBackupEligible: credential.isBackupEligible)
    }
}
