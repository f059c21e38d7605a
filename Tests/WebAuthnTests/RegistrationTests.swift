import Cryptography
import JSON
import TestSupport
import Testing
import WebAuthn

@Suite("WebAuthn §7.1: registering a credential")
struct RegistrationTests {
    static let challenge = [UInt8](1...32)

    static func expectation(_ challenge: [UInt8] = challenge, isVerificationRequired: Bool = false)
        -> WebAuthn.Expectation
    {
        WebAuthn.Expectation(
            challenge: challenge, origin: "https://login.example.org", relyingPartyID: "login.example.org",
            isVerificationRequired: isVerificationRequired)
    }

    private func register(_ json: String, isVerificationRequired: Bool = false) throws -> Registration.Credential {
        try Registration(json: json).verify(Self.expectation(isVerificationRequired: isVerificationRequired))
    }

    private func refused(
        _ fault: WebAuthnFault, _ json: String, _ place: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: fault, sourceLocation: place) { try register(json) }
    }

    private func refused(
        _ fault: WebAuthnFault, _ place: SourceLocation = #_sourceLocation,
        bending bend: (inout SoftAuthenticator) -> Void
    ) throws {
        var authenticator = try SoftAuthenticator()
        bend(&authenticator)
        refused(fault, authenticator.registration(Self.challenge), place)
    }

    @Test("A credential of each kind is what its authenticator says it is", arguments: [KeyType.p256, .ed25519, .rsa])
    func kinds(type: KeyType) throws {
        var authenticator = try SoftAuthenticator(type)
        authenticator.signCount = 0x8000_0001
        let credential = try register(authenticator.registration(Self.challenge), isVerificationRequired: true)
        #expect(credential.id == authenticator.credentialID)
        #expect(credential.publicKey == authenticator.publicKey)
        #expect(credential.signCount == 0x8000_0001)
        #expect(credential.isVerified && !credential.isBackupEligible && !credential.isBackedUp)
        #expect(credential.transports == ["hybrid", "internal"])
    }

    @Test("A passkey that is synchronised says so; extensions and statements of any form are stepped over")
    func further() throws {
        var authenticator = try SoftAuthenticator()
        authenticator.flags = [.present, .backupEligible, .backedUp, .extensions]
        authenticator.tail = CBORText.map([(CBORText.text("credProtect"), CBORText.integer(2))])
        authenticator.format = "packed"
        authenticator.statement = CBORText.map([(CBORText.text("x5c"), CBORText.array([CBORText.bytes([1])]))])
        let credential = try register(authenticator.registration(Self.challenge))
        #expect(credential.isBackupEligible && credential.isBackedUp && !credential.isVerified)
        // Reserved bits mean nothing yet.
        authenticator.flags.formUnion(SoftAuthenticator.Flags(rawValue: 0x22))
        #expect(try register(authenticator.registration(Self.challenge)) == credential)
    }

    @Test("Of the transports only known words are kept, each once")
    func transports() throws {
        var authenticator = try SoftAuthenticator()
        authenticator.transports = ["internal", "usb", "cable", "usb", "<script>", "hybrid", ""]
        #expect(
            try register(authenticator.registration(Self.challenge)).transports == ["usb", "hybrid", "internal"])
        authenticator.transports = []
        #expect(try register(authenticator.registration(Self.challenge)).transports.isEmpty)
    }

    @Test("Another origin is refused: other scheme, host, port, case, or more behind it")
    func origins() throws {
        for origin in [
            "http://login.example.org", "https://login.example.org:8443", "https://example.org",
            "https://login.example.org.evil.example", "https://evil.login.example.org", "https://login.example.org/",
            "https://LOGIN.example.org", "https://login.example.org ", "", "null", "android:apk-key-hash:abc",
        ] {
            try refused(.wrongOrigin) { $0.origin = origin }
        }
    }

    @Test("An answer from within another site's frame is refused")
    func frames() throws {
        try refused(.wrongOrigin) { $0.clientData["crossOrigin"] = true }
        try refused(.wrongOrigin) { $0.clientData["topOrigin"] = "https://evil.example" }
        try refused(.malformed) { $0.clientData["crossOrigin"] = "false" }
        var authenticator = try SoftAuthenticator()
        authenticator.clientData["crossOrigin"] = .null
        _ = try register(authenticator.registration(Self.challenge))
    }

    @Test("Another type or challenge is refused")
    func clientData() throws {
        for type in ["webauthn.get", "webauthn.Create", "payment.get", ""] {
            try refused(.wrongType) { $0.clientData["type"] = .string(type) }
        }
        for challenge in [
            [], [0], Array(Self.challenge.dropLast()), Self.challenge + [33], Array(Self.challenge.reversed()),
        ] as [[UInt8]] {
            try refused(.wrongChallenge) { $0.clientData["challenge"] = .string(Base64URL.encode(challenge)) }
        }
        try refused(.malformed) { $0.clientData["challenge"] = "+/==" }
        for name in ["type", "challenge", "origin"] {
            try refused(.malformed) { $0.clientData[name] = .null }
            try refused(.malformed) { $0.clientData[name] = 7 }
        }
    }

    @Test("What the browser says must be strict JSON: nothing doubled, nothing before or behind")
    func strictJSON() throws {
        let authenticator = try SoftAuthenticator()
        let good = authenticator.browserData("webauthn.create", Self.challenge)
        let attestation = authenticator.attestation(authenticator.authenticatorData([.present, .credential]))
        _ = try register(authenticator.registration(good, attestation))
        let doubled = Array(#"{"origin":"https://evil.example","#.utf8) + good.dropFirst()
        for bytes in [doubled, good + [0x20, 0x31], [0xEF, 0xBB, 0xBF] + good, [], Array("[]".utf8), Array("7".utf8)] {
            refused(.malformed, authenticator.registration(bytes, attestation))
        }
        for count in 0..<good.count {
            refused(.malformed, authenticator.registration(Array(good.prefix(count)), attestation))
        }
    }

    @Test("Another relying party is refused")
    func relyingParties() throws {
        for id in ["example.org", "evil.example", "", "LOGIN.example.org", "login.example.org:443"] {
            try refused(.wrongRelyingParty) { $0.relyingPartyID = id }
        }
    }

    @Test("Flags: nobody present, nobody verified where that is asked, backed up without being eligible")
    func flags() throws {
        try refused(.notPresent) { $0.flags = [] }
        try refused(.notPresent) { $0.flags = [.verified] }
        try refused(.wrongBackupState) { $0.flags = [.present, .backedUp] }
        var authenticator = try SoftAuthenticator()
        authenticator.flags = [.present]
        let json = authenticator.registration(Self.challenge)
        #expect(throws: WebAuthnFault.notVerified) { try register(json, isVerificationRequired: true) }
        #expect(try !register(json).isVerified)
    }

    @Test("Flags that do not say what is there are refused: credential or extensions missing, or there unannounced")
    func contents() throws {
        let authenticator = try SoftAuthenticator()
        let without = authenticator.attestation(authenticator.authenticatorData([.present, .verified]))
        refused(
            .malformed,
            authenticator.registration(authenticator.browserData("webauthn.create", Self.challenge), without))
        try refused(.malformed) { $0.flags.insert(.extensions) }
        try refused(.malformed) { $0.tail = CBORText.map([]) }
        try refused(.malformed) { $0.tail = [0] }
        for tail: [UInt8] in [
            CBORText.array([]), CBORText.text("x"), [0xF6], CBORText.map([]) + [0], [0xA1, 0x01], [0xBF, 0xFF],
            CBORText.head(5, .max), CBORText.head(5, 1 << 63), [UInt8](repeating: 0x81, count: 5000),
        ] {
            try refused(.malformed) {
                $0.flags.insert(.extensions)
                $0.tail = tail
            }
        }
    }

    @Test("The credential's id: of 1 to 1023 bytes, the same within and without, of no impossible length")
    func ids() throws {
        try refused(.malformed) { $0.credentialID = [] }
        try refused(.malformed) { $0.credentialID = [UInt8](repeating: 1, count: 1024) }
        var authenticator = try SoftAuthenticator()
        authenticator.credentialID = [UInt8](repeating: 1, count: 1023)
        #expect(try register(authenticator.registration(Self.challenge)).id.count == 1023)
        // The browser says another than the authenticator.
        let data = authenticator.authenticatorData([.present, .credential])
        authenticator.credentialID[0] = 2
        let clientData = authenticator.browserData("webauthn.create", Self.challenge)
        refused(.malformed, authenticator.registration(clientData, authenticator.attestation(data)))
        var longer = data
        (longer[53], longer[54]) = (0xFF, 0xFF)
        refused(.malformed, authenticator.registration(clientData, authenticator.attestation(longer)))
    }

    @Test("A key that is not asked for is refused, and what is no key")
    func keys() throws {
        for key: [UInt8] in [CBORText.map([]), CBORText.array([]), CBORText.integer(1)] {
            try refused(.unsupportedKey) { $0.otherKey = key }
        }
        let members = try SoftAuthenticator().key.publicKey.components.members
        try refused(.malformed) { $0.otherKey = CBORText.map(members + members.prefix(1)) }
        try refused(.malformed) { $0.otherKey = CBORText.head(5, .max) }
        let algorithm = CBORText.integer(3)
        let secp256k1 = members.map { $0.key == algorithm ? ($0.key, CBORText.integer(-47)) : $0 }
        try refused(.unsupportedKey) { $0.otherKey = CBORText.map(secp256k1) }
    }

    @Test("An attestation object without one of its members, or with one of another kind, is refused")
    func attestations() throws {
        let authenticator = try SoftAuthenticator()
        let clientData = authenticator.browserData("webauthn.create", Self.challenge)
        let data = CBORText.bytes(authenticator.authenticatorData([.present, .credential]))
        let members = [
            (key: CBORText.text("fmt"), value: CBORText.text("none")),
            (key: CBORText.text("attStmt"), value: CBORText.map([])), (key: CBORText.text("authData"), value: data),
        ]
        _ = try register(authenticator.registration(clientData, CBORText.map(members)))
        for index in members.indices {
            var fewer = members
            fewer.remove(at: index)
            refused(.malformed, authenticator.registration(clientData, CBORText.map(fewer)))
            var other = members
            other[index].value = CBORText.integer(7)
            refused(.malformed, authenticator.registration(clientData, CBORText.map(other)))
            refused(.malformed, authenticator.registration(clientData, CBORText.map(members + [members[index]])))
        }
        refused(.malformed, authenticator.registration(clientData, CBORText.map(members) + [0]))
        refused(.malformed, authenticator.registration(clientData, CBORText.array([])))
    }

    @Test("IN10 Every beginning of what the authenticator says, and of the object around it, is refused")
    func prefixes() throws {
        for type in [KeyType.p256, .ed25519] {
            var authenticator = try SoftAuthenticator(type)
            authenticator.flags.insert(.extensions)
            authenticator.tail = CBORText.map([(CBORText.text("credProps"), [0xF5])])
            let clientData = authenticator.browserData("webauthn.create", Self.challenge)
            let data = authenticator.authenticatorData(authenticator.flags.union(.credential))
            let whole = authenticator.attestation(data)
            _ = try register(authenticator.registration(clientData, whole))
            for count in 0..<whole.count {
                refused(.malformed, authenticator.registration(clientData, Array(whole.prefix(count))))
            }
            for count in 0..<data.count {
                let shortened = authenticator.attestation(Array(data.prefix(count)))
                refused(.malformed, authenticator.registration(clientData, shortened))
            }
        }
    }

    @Test("IN10 Whatever bytes are bent, nothing crashes, and the id that is kept is the one that was sent")
    func noise() throws {
        let authenticator = try SoftAuthenticator()
        let clientData = authenticator.browserData("webauthn.create", Self.challenge)
        let whole = authenticator.attestation(authenticator.authenticatorData([.present, .credential]))
        var dice = Dice(seed: 0xA77E57)
        for _ in 0..<3000 {
            let json = authenticator.registration(clientData, dice.mutated(whole))
            if let credential = try? register(json) { #expect(credential.id == authenticator.credentialID) }
        }
    }

    @Test("The JSON around it: other types, other ids, missing members, no JSON")
    func envelopes() throws {
        let good = try SoftAuthenticator().registration(Self.challenge)
        let object = try #require(try JSONValue(parsing: good).objectValue)
        let wrong: [(String, JSONValue?)] = [
            ("type", "password"), ("type", nil), ("id", nil), ("rawId", nil), ("id", "AAAA"), ("rawId", "AAAA"),
            ("id", 7),
            ("response", nil), ("response", [:]), ("response", "x"), ("response", ["clientDataJSON": "e30"]),
        ]
        for (name, value) in wrong {
            var bent = object
            bent[name] = value
            refused(.malformed, JSONValue.object(bent).text)
        }
        for text in ["", "{}", "[]", "null", "\"x\"", good + "x", String(good.dropLast())] { refused(.malformed, text) }
        refused(.malformed, String(repeating: "[", count: 60_000))
    }
}
