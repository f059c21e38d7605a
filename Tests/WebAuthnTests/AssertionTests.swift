import Cryptography
import JSON
import TestSupport
import Testing
import WebAuthn

@Suite("WebAuthn §7.2: an assertion")
struct AssertionTests {
    private static let challenge = RegistrationTests.challenge

    private func assert(
        _ json: String, by authenticator: SoftAuthenticator, isVerificationRequired: Bool = false,
        isBackupEligible: Bool = false
    ) throws -> Assertion.Use {
        try Assertion(json: json).verify(
            RegistrationTests.expectation(isVerificationRequired: isVerificationRequired),
            publicKey: authenticator.publicKey, isBackupEligible: isBackupEligible)
    }

    private func refused(
        _ fault: WebAuthnFault, _ place: SourceLocation = #_sourceLocation,
        bending bend: (inout SoftAuthenticator) -> Void
    ) throws {
        var authenticator = try SoftAuthenticator()
        bend(&authenticator)
        let json = try authenticator.assertion(Self.challenge)
        #expect(throws: fault, sourceLocation: place) { try assert(json, by: authenticator) }
    }

    @Test(
        "What was signed by the credential's key holds, whatever its kind", arguments: [KeyType.p256, .ed25519, .rsa])
    func kinds(type: KeyType) throws {
        var authenticator = try SoftAuthenticator(type, userHandle: [1, 2, 3])
        authenticator.signCount = .max
        let json = try authenticator.assertion(Self.challenge)
        let use = try assert(json, by: authenticator, isVerificationRequired: true)
        #expect(use.signCount == .max && use.isVerified && !use.isBackedUp)
        let assertion = try Assertion(json: json)
        #expect(assertion.credentialID == authenticator.credentialID)
        #expect(assertion.userHandle == [1, 2, 3])
        #expect(assertion.clientData.challenge == Self.challenge)
    }

    @Test("Extensions are stepped over; a user handle may be missing or null")
    func further() throws {
        var authenticator = try SoftAuthenticator()
        authenticator.flags = [.present, .extensions]
        authenticator.tail = CBORText.map([(CBORText.text("uvm"), CBORText.array([CBORText.integer(1)]))])
        let json = try authenticator.assertion(Self.challenge)
        #expect(try !assert(json, by: authenticator).isVerified)
        #expect(try Assertion(json: json).userHandle == nil)
        let null = json.replacing(#""response":{"#, with: #""response":{"userHandle":null,"#)
        #expect(try Assertion(json: null).userHandle == nil)
        let wrong = json.replacing(#""response":{"#, with: #""response":{"userHandle":7,"#)
        #expect(throws: WebAuthnFault.malformed) { try Assertion(json: wrong) }
    }

    @Test("Another credential's signature, another message's, a shorter, a longer or an empty one is refused")
    func signatures() throws {
        for type in [KeyType.p256, .ed25519, .rsa] {
            let (authenticator, another) = (try SoftAuthenticator(type), try SoftAuthenticator(type))
            let json = try another.assertion(Self.challenge)
            #expect(throws: WebAuthnFault.wrongSignature) { try assert(json, by: authenticator) }
            let clientData = authenticator.browserData("webauthn.get", Self.challenge)
            let data = authenticator.authenticatorData(authenticator.flags)
            let signature = try authenticator.signature(data + SHA256.digest(clientData))
            let other = try authenticator.signature(data + clientData)
            let wrong = [[], Array(signature.dropLast()), signature + [0], other, Array(signature.reversed())]
            for bytes in wrong {
                let json = authenticator.assertion(clientData, data, bytes)
                #expect(throws: WebAuthnFault.wrongSignature) { try assert(json, by: authenticator) }
            }
        }
    }

    @Test("What was signed cannot be changed afterwards: flags, count, origin, challenge, spelling")
    func changes() throws {
        let authenticator = try SoftAuthenticator()
        let clientData = authenticator.browserData("webauthn.get", Self.challenge)
        let data = authenticator.authenticatorData([.present])
        let signature = try authenticator.signature(data + SHA256.digest(clientData))
        _ = try assert(authenticator.assertion(clientData, data, signature), by: authenticator)
        for index in data.indices {
            var bent = data
            bent[index] ^= index == 32 ? 0x04 : 0x01
            let json = authenticator.assertion(clientData, bent, signature)
            #expect(throws: WebAuthnFault.self) { try assert(json, by: authenticator) }
        }
        let spaced = authenticator.assertion([0x20] + clientData, data, signature)
        #expect(throws: WebAuthnFault.wrongSignature) { try assert(spaced, by: authenticator) }
    }

    @Test("Another origin, type, challenge or relying party is refused, however well it is signed")
    func expectations() throws {
        for origin in ["https://example.org", "https://login.example.org.evil.example", "http://login.example.org"] {
            try refused(.wrongOrigin) { $0.origin = origin }
        }
        try refused(.wrongOrigin) { $0.clientData["crossOrigin"] = true }
        try refused(.wrongOrigin) { $0.clientData["topOrigin"] = "https://login.example.org" }
        try refused(.wrongType) { $0.clientData["type"] = "webauthn.create" }
        try refused(.wrongChallenge) { $0.clientData["challenge"] = "AAAA" }
        try refused(.wrongChallenge) { $0.clientData["challenge"] = "" }
        try refused(.wrongRelyingParty) { $0.relyingPartyID = "example.org" }
    }

    @Test("Flags: nobody present, nobody verified where that is asked")
    func flags() throws {
        try refused(.notPresent) { $0.flags = [.verified] }
        try refused(.wrongBackupState) { $0.flags = [.present, .backedUp] }
        var authenticator = try SoftAuthenticator()
        authenticator.flags = [.present]
        let json = try authenticator.assertion(Self.challenge)
        #expect(throws: WebAuthnFault.notVerified) {
            try assert(json, by: authenticator, isVerificationRequired: true)
        }
    }

    @Test("§6.1.3: eligibility for backup is settled for good at registration; the state may change")
    func backup() throws {
        try refused(.wrongBackupState) { $0.flags.insert(.backupEligible) }
        var authenticator = try SoftAuthenticator()
        let plain = try authenticator.assertion(Self.challenge)
        #expect(throws: WebAuthnFault.wrongBackupState) { try assert(plain, by: authenticator, isBackupEligible: true) }
        authenticator.flags.insert(.backupEligible)
        #expect(
            try !assert(authenticator.assertion(Self.challenge), by: authenticator, isBackupEligible: true).isBackedUp)
        authenticator.flags.insert(.backedUp)
        #expect(
            try assert(authenticator.assertion(Self.challenge), by: authenticator, isBackupEligible: true).isBackedUp)
    }

    @Test("IN10 Every beginning of what the authenticator says is refused, however well it is signed")
    func prefixes() throws {
        var authenticator = try SoftAuthenticator()
        authenticator.flags.insert(.extensions)
        authenticator.tail = CBORText.map([(CBORText.text("uvm"), CBORText.array([CBORText.integer(1)]))])
        let clientData = authenticator.browserData("webauthn.get", Self.challenge)
        let whole = authenticator.authenticatorData(authenticator.flags)
        _ = try assert(authenticator.assertion(clientData, whole), by: authenticator)
        for count in 0..<whole.count {
            let json = try authenticator.assertion(clientData, Array(whole.prefix(count)))
            #expect(throws: WebAuthnFault.malformed) { try assert(json, by: authenticator) }
        }
        for tail: [UInt8] in [[0], CBORText.head(5, .max), [UInt8](repeating: 0xA1, count: 100)] {
            let json = try authenticator.assertion(clientData, whole + tail)
            #expect(throws: WebAuthnFault.malformed) { try assert(json, by: authenticator) }
        }
    }

    @Test("A kept key that cannot be read is refused, not guessed at")
    func keptKeys() throws {
        let authenticator = try SoftAuthenticator()
        let assertion = try Assertion(json: authenticator.assertion(Self.challenge))
        for key in [[], [0xA0], Array(authenticator.publicKey.dropLast()), authenticator.publicKey + [0]] {
            #expect(throws: WebAuthnFault.self) {
                try assertion.verify(RegistrationTests.expectation(), publicKey: key, isBackupEligible: false)
            }
        }
    }

    @Test("The JSON around it: an answer to a registration, missing members, bytes that are no base64url")
    func envelopes() throws {
        let authenticator = try SoftAuthenticator()
        let registration = authenticator.registration(Self.challenge)
        #expect(throws: WebAuthnFault.malformed) { try Assertion(json: registration) }
        let good = try authenticator.assertion(Self.challenge)
        let object = try #require(try JSONValue(parsing: good).objectValue)
        let response = try #require(object["response"]?.objectValue)
        for name in ["clientDataJSON", "authenticatorData", "signature"] {
            for value: JSONValue? in [nil, .null, 7, "A", "a=", "+/+/", " "] {
                var (bent, inner) = (object, response)
                inner[name] = value
                bent["response"] = .object(inner)
                #expect(throws: WebAuthnFault.malformed) { try Assertion(json: JSONValue.object(bent).text) }
            }
        }
    }
}
