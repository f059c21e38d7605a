import Cryptography
import Identity
import JSON
import OAuth
import Storage
import TestSupport
import Testing

@Suite("B102, MF7, MF8: a passkey as a second factor, and setting one up")
struct PasskeyProofTests {
    @Test("An answer proves possession; where its person was verified, more")
    func proves() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        var authenticator = try PasskeyDesk.authenticator(of: ann)
        let session = try await desk.setUp(authenticator, for: ann)
        let verified = try await evidence(desk, authenticator, session)
        #expect(verified?.method == Proof.verifiedPasskey)
        authenticator.flags = [.present]
        authenticator.userHandle = nil
        let touched = try await evidence(desk, authenticator, session)
        #expect(touched?.method == Proof.passkey)
        guard case .passkey(_, let count, let isBackedUp, let challenge) = touched?.evidence else {
            Issue.record("no evidence")
            return
        }
        #expect(count == 0 && !isBackedUp)
        #expect(challenge.kind == .passkeyChallenge && challenge.binding == session.id)
        #expect(challenge.expiresAt == Door.noon + 300)
    }

    @Test("Another person's passkey proves nothing, and nothing proves in a session it was not asked in")
    func others() async throws {
        let desk = try await PasskeyDesk()
        let (ann, bob) = (try await desk.door.person(), try await desk.door.person("bob@example.org"))
        let (hers, his) = (try PasskeyDesk.authenticator(of: ann), try PasskeyDesk.authenticator(of: bob))
        let session = try await desk.setUp(hers, for: ann)
        let foreign = try await desk.setUp(his, for: bob)
        #expect(try await evidence(desk, his, session) == nil)
        var disguised = his
        disguised.userHandle = Array(ann.id.utf8)
        #expect(try await evidence(desk, disguised, session) == nil)
        disguised.userHandle = nil
        #expect(try await evidence(desk, disguised, session) == nil)
        let answer = try desk.proof(hers, in: foreign)
        #expect(try await desk.passkeys.evidence(answer, in: session, at: Door.noon) == nil)
        let second = try await desk.door.open(for: ann, browser: 3).session
        let elsewhere = try desk.proof(hers, in: second)
        #expect(try await desk.passkeys.evidence(elsewhere, in: session, at: Door.noon) == nil)
    }

    @Test("Late answers, answers to sign-in pages, bent ones and registrations prove nothing")
    func refusals() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        let session = try await desk.setUp(authenticator, for: ann)
        let late = try desk.proof(authenticator, in: session)
        #expect(try await desk.passkeys.evidence(late, in: session, at: Door.noon + 300) == nil)
        #expect(try await desk.passkeys.evidence(desk.answer(authenticator), in: session, at: Door.noon) == nil)
        #expect(try await desk.passkeys.evidence(PasskeyAnswer("{}"), in: session, at: Door.noon) == nil)
        let bends: [(inout SoftAuthenticator) -> Void] = [
            { $0.origin = "https://evil.example" }, { $0.relyingPartyID = "evil.example" }, { $0.flags = [.verified] },
            { $0.flags = [.present, .backupEligible] }, { $0.userHandle = [1] }, { $0.credentialID = [1, 2, 3] },
            { $0.clientData["type"] = "webauthn.create" }, { $0.clientData["crossOrigin"] = true },
        ]
        for bend in bends {
            var bent = authenticator
            bend(&bent)
            #expect(try await evidence(desk, bent, session) == nil)
        }
    }

    @Test("Options ask for what WebAuthn names: a discoverable credential, three kinds of key, none twice")
    func registrationOptions() async throws {
        let desk = try await PasskeyDesk(issuer: "http://localhost:8080")
        let ann = try await desk.door.person()
        let session = try await desk.door.open(for: ann).session
        let passkey = Passkey(
            credentialID: [1, 2, 3], publicKey: [], signCount: 0, isBackupEligible: false, isBackedUp: false,
            transports: ["usb"])
        let factor = Factor(
            id: "f", accountID: ann.id, name: "Key", secret: .passkey(passkey), createdAt: Door.noon)
        let holdings = FactorHoldings(factors: [factor])
        let options = try object(
            desk.passkeys.registrationOptions(for: ann, in: session, having: holdings, at: Door.noon))
        #expect(options["rp"] == ["id": "localhost", "name": "Martlet"])
        #expect(
            options["user"] == [
                "id": .string(Base64URL.encode(Array(ann.id.utf8))), "name": "ann@example.org", "displayName": "Ann",
            ])
        let known: JSONValue = [["type": "public-key", "id": "AQID", "transports": ["usb"]]]
        #expect(options["excludeCredentials"] == known)
        #expect(
            options["pubKeyCredParams"] == [
                ["type": "public-key", "alg": -7], ["type": "public-key", "alg": -8],
                ["type": "public-key", "alg": -257],
            ])
        #expect(
            options["authenticatorSelection"] == [
                "residentKey": "required", "requireResidentKey": true, "userVerification": "preferred",
            ])
        #expect(options["attestation"] == "none")
        let proof = try object(desk.passkeys.proofOptions(in: session, of: holdings, at: Door.noon))
        #expect(proof["allowCredentials"] == known && proof["userVerification"] == "preferred")
        let signIn = try object(desk.passkeys.signInOptions(for: Door.browser(1), at: Door.noon))
        #expect(signIn["allowCredentials"] == [] && signIn["userVerification"] == "required")
        #expect(signIn["rpId"] == "localhost" && signIn["timeout"] == 300_000)
        #expect(signIn["challenge"] != proof["challenge"])
    }

    @Test("The port belongs to the origin, and not to the relying party")
    func port() async throws {
        let desk = try await PasskeyDesk(issuer: "http://localhost:8080")
        let ann = try await desk.door.person()
        var authenticator = try PasskeyDesk.authenticator(of: ann)
        authenticator.relyingPartyID = "localhost"
        for origin in ["http://localhost", "https://localhost:8080", "http://localhost:8081"] {
            authenticator.origin = origin
            #expect(try await register(desk, authenticator, for: ann) == nil)
        }
        authenticator.origin = "http://localhost:8080"
        #expect(try await register(desk, authenticator, for: ann) != nil)
    }

    @Test("A registration holds in the session that asked for it, for five minutes, and for nothing else")
    func registration() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        let session = try await desk.door.open(for: ann).session
        let other = try await desk.door.open(for: ann, browser: 2).session
        let options = try desk.passkeys.registrationOptions(
            for: ann, in: session, having: FactorHoldings(), at: Door.noon)
        let answer = PasskeyAnswer(authenticator.registration(SoftAuthenticator.challenge(in: options.json)))
        let made = try #require(try desk.passkeys.registration(answer, in: session, at: Door.noon + 299))
        #expect(made.passkey.credentialID == authenticator.credentialID && made.isVerified)
        #expect(made.passkey.publicKey == authenticator.publicKey && made.passkey.transports == ["hybrid", "internal"])
        #expect(made.challenge.binding == session.id)
        #expect(try desk.passkeys.registration(answer, in: session, at: Door.noon + 300) == nil)
        #expect(try desk.passkeys.registration(answer, in: other, at: Door.noon) == nil)
        let proof = try desk.passkeys.proofOptions(in: session, of: FactorHoldings(), at: Door.noon)
        let crossed = PasskeyAnswer(authenticator.registration(SoftAuthenticator.challenge(in: proof.json)))
        #expect(try desk.passkeys.registration(crossed, in: session, at: Door.noon) == nil)
        let padded = PasskeyAnswer(answer.json + String(repeating: " ", count: 32_768))
        #expect(try desk.passkeys.registration(padded, in: session, at: Door.noon) == nil)
        #expect(try desk.passkeys.registration(PasskeyAnswer(""), in: session, at: Door.noon) == nil)
    }

    @Test("A credential that is set up for one person is not set up for another, nor twice")
    func taken() async throws {
        let desk = try await PasskeyDesk()
        let (ann, bob) = (try await desk.door.person(), try await desk.door.person("bob@example.org"))
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        try await desk.setUp(authenticator, for: ann)
        let session = try await desk.door.open(for: bob).session
        let options = try desk.passkeys.registrationOptions(
            for: bob, in: session, having: FactorHoldings(), at: Door.noon)
        let answer = PasskeyAnswer(authenticator.registration(SoftAuthenticator.challenge(in: options.json)))
        let made = try #require(try desk.passkeys.registration(answer, in: session, at: Door.noon))
        let factor = Factor(
            id: "copy", accountID: bob.id, name: "Key", secret: .passkey(made.passkey), createdAt: Door.noon)
        let change = FactorChange(
            .addPasskey(factor, challenge: made.challenge), old: session.secret, renewed: session,
            freshSince: Door.noon + -300)
        #expect(try await desk.door.store.change(change, at: Door.noon) == .spent)
        #expect(try await desk.door.store.passkey(credentialID: authenticator.credentialID)?.accountID == ann.id)
    }

    private func evidence(
        _ desk: PasskeyDesk, _ authenticator: SoftAuthenticator, _ session: Session
    ) async throws -> (evidence: FactorProving.Evidence, method: String)? {
        try await desk.passkeys.evidence(desk.proof(authenticator, in: session), in: session, at: Door.noon)
    }

    private func register(
        _ desk: PasskeyDesk, _ authenticator: SoftAuthenticator, for account: Account
    ) async throws -> Passkey? {
        let session = try await desk.door.open(for: account).session
        let options = try desk.passkeys.registrationOptions(
            for: account, in: session, having: FactorHoldings(), at: Door.noon)
        let answer = PasskeyAnswer(authenticator.registration(SoftAuthenticator.challenge(in: options.json)))
        return try desk.passkeys.registration(answer, in: session, at: Door.noon)?.passkey
    }

    private func object(_ options: Passkeys.Options) throws -> JSONObject {
        try #require(try JSONValue(parsing: options.json).objectValue)
    }
}
