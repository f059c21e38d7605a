import Cryptography
import Identity
import OAuth
import TestSupport
import Testing

@testable import Storage

@Suite("B102, MF6: signing in with a passkey")
struct PasskeySignInTests {
    @Test(
        "A verified passkey opens a whole session of its person, and says so",
        arguments: [KeyType.p256, .ed25519, .rsa])
    func signsIn(type: KeyType) async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann, type)
        try await desk.setUp(authenticator, for: ann)
        let opened = try #require(try await desk.enter(desk.answer(authenticator)).opened)
        #expect(opened.session.subject == ann.id)
        #expect(opened.session.methods == [Proof.verifiedPasskey])
        let current = try #require(try await desk.door.sessions.current(opened.secret.plaintext, at: Door.noon))
        #expect(!current.isHalf)
        #expect(current.authentication().methods == ["pop", "user", "mfa"])
        #expect(current.authentication().level == AuthenticationLevel.resistant)
        let event = try #require(desk.door.audit.events.last { $0.kind == .signIn })
        #expect(event.subject == ann.id)
        #expect(event.details["method"] == Proof.passkey)
    }

    @Test("A challenge is good once: the same answer again is refused, and so is another to the same challenge")
    func once() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        try await desk.setUp(authenticator, for: ann)
        let options = try desk.passkeys.signInOptions(for: Door.browser(1), at: Door.noon)
        let challenge = SoftAuthenticator.challenge(in: options.json)
        let answer = PasskeyAnswer(try authenticator.assertion(challenge))
        #expect(try await desk.enter(answer).opened != nil)
        #expect(try await desk.enter(answer).reason == "spent")
        let other = PasskeyAnswer(try authenticator.assertion(challenge))
        #expect(try await desk.enter(other).reason == "spent")
    }

    @Test("Of simultaneous answers to one challenge one comes in (IN3)")
    func race() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        try await desk.setUp(authenticator, for: ann)
        let answer = try desk.answer(authenticator)
        let count = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await desk.enter(answer).opened != nil } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(count == 1)
    }

    @Test("A challenge of another browser, of another errand, of another key, changed, or expired is refused")
    func challenges() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        let session = try await desk.setUp(authenticator, for: ann)
        let wrong = WebAuthnReason.challenge
        #expect(try await desk.enter(desk.answer(authenticator, browser: 2), browser: 1).reason == wrong)
        #expect(try await desk.enter(desk.answer(authenticator), at: Door.noon + 300).reason == wrong)
        #expect(try await desk.enter(desk.proof(authenticator, in: session)).reason == wrong)
        let registration = try desk.passkeys.registrationOptions(
            for: ann, in: session, having: FactorHoldings(), at: Door.noon)
        let options = try desk.passkeys.signInOptions(for: Door.browser(1), at: Door.noon)
        let good = SoftAuthenticator.challenge(in: options.json)
        var bent: [[UInt8]] = [
            SoftAuthenticator.challenge(in: registration.json), [], Array(good.dropLast()), good + [0],
            [UInt8](repeating: 0, count: good.count), try SystemRandom().bytes(good.count),
        ]
        for index in good.indices {
            var changed = good
            changed[index] ^= 1
            bent.append(changed)
        }
        for challenge in bent {
            let answer = PasskeyAnswer(try authenticator.assertion(challenge))
            #expect(try await desk.enter(answer).reason == wrong)
        }
        #expect(try await desk.enter(PasskeyAnswer(authenticator.assertion(good)), at: Door.noon + 299).opened != nil)
    }

    @Test("Without verification, from another origin, for another party, or signed by another key it is refused")
    func answers() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        try await desk.setUp(authenticator, for: ann)
        var touched = authenticator
        touched.flags = [.present]
        #expect(try await desk.enter(desk.answer(touched)).reason == "not_verified")
        var elsewhere = authenticator
        elsewhere.origin = "https://login.example.org.evil.example"
        #expect(try await desk.enter(desk.answer(elsewhere)).reason == "wrong_origin")
        var party = authenticator
        party.relyingPartyID = "example.org"
        #expect(try await desk.enter(desk.answer(party)).reason == "wrong_relying_party")
        var forged = try PasskeyDesk.authenticator(of: ann)
        forged.credentialID = authenticator.credentialID
        #expect(try await desk.enter(desk.answer(forged)).reason == "wrong_signature")
        var synchronised = authenticator
        synchronised.flags.insert(.backupEligible)
        #expect(try await desk.enter(desk.answer(synchronised)).reason == "wrong_backup_state")
        #expect(!desk.door.audit.kinds.contains(.signIn))
        #expect(desk.door.audit.kinds.filter { $0 == .signInRefused }.count == 5)
    }

    @Test("An unknown credential, another person's handle or none is refused alike")
    func strangers() async throws {
        let desk = try await PasskeyDesk()
        let (ann, bob) = (try await desk.door.person(), try await desk.door.person("bob@example.org"))
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        try await desk.setUp(authenticator, for: ann)
        #expect(try await desk.enter(desk.answer(PasskeyDesk.authenticator(of: ann))).reason == "unknown")
        for handle in [nil, [], Array(bob.id.utf8), Array(ann.id.utf8.dropLast())] as [[UInt8]?] {
            var other = authenticator
            other.userHandle = handle
            #expect(try await desk.enter(desk.answer(other)).reason == "unknown")
        }
    }

    @Test("Somebody who is disabled does not come in")
    func disabled() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        try await desk.setUp(authenticator, for: ann)
        let isSet = try await desk.door.store.setStatus(.disabled, of: ann.id, at: Door.noon)
        #expect(isSet)
        // Whether storage or the rule says it: nobody is in.
        #expect(try await desk.enter(desk.answer(authenticator)).opened == nil)
        #expect(try await desk.door.store.sessions(of: ann.id, at: Door.noon).isEmpty)
    }

    @Test("B099: switched off, or passkeys not offered, no passkey signs anybody in")
    func off() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        let session = try await desk.setUp(authenticator, for: ann)
        var without = FactorPolicy()
        without.kinds = [.totp, .mailCode]
        var off = FactorPolicy()
        off.isOn = false
        for policy in [without, off] {
            let other = try await PasskeyDesk(policy, door: desk.door)
            #expect(try await other.enter(other.answer(authenticator)).reason == "disabled")
            #expect(
                try await other.passkeys.evidence(other.proof(authenticator, in: session), in: session, at: Door.noon)
                    == nil)
        }
    }

    @Test("A count that does not rise is a copy's, and refused; who does not count is not")
    func counts() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        var authenticator = try PasskeyDesk.authenticator(of: ann)
        authenticator.signCount = 7
        try await desk.setUp(authenticator, for: ann)
        for count: UInt32 in [7, 6, 0] {
            authenticator.signCount = count
            #expect(try await desk.enter(desk.answer(authenticator)).reason == "spent")
        }
        authenticator.signCount = 8
        #expect(try await desk.enter(desk.answer(authenticator)).opened != nil)
        #expect(try await desk.enter(desk.answer(authenticator)).reason == "spent")
    }

    @Test("What is no answer is refused, however long it is")
    func malformed() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        try await desk.setUp(authenticator, for: ann)
        let good = try desk.answer(authenticator).json
        let texts = [
            "", "{}", "null", String(good.dropLast()), good + String(repeating: " ", count: 32_768),
            String(repeating: "[", count: 32_000), authenticator.registration([1]), "\u{0}",
        ]
        for text in texts { #expect(try await desk.enter(PasskeyAnswer(text)).reason == "malformed") }
        #expect(try await desk.enter(PasskeyAnswer(good)).opened != nil)
    }

    @Test("MF9: whoever comes in by a passkey stops getting back in without one, and that is written down")
    func stopsRecovery() async throws {
        let desk = try await PasskeyDesk()
        let ann = try await desk.door.person()
        let authenticator = try PasskeyDesk.authenticator(of: ann)
        try await desk.setUp(authenticator, for: ann)
        let noon = Door.noon
        try await desk.door.store.database.write { connection in
            _ = try connection.execute(
                "INSERT INTO factor_recoveries (account_id, asked_at, ready_at, expires_at) VALUES ($1, $2, $3, $4)",
                [.text(ann.id), .instant(noon), .instant(noon + 86_400), .instant(noon + 9 * 86_400)])
        }
        for _ in 0..<2 { #expect(try await desk.enter(desk.answer(authenticator)).opened != nil) }
        #expect(try await desk.door.store.factorRecovery(of: ann.id, at: noon) == nil)
        let events = desk.door.audit.events.filter { $0.kind == .factorRecoveryCancelled }
        #expect(events.map { $0.details["how"] } == ["factor_proven"])
    }
}

private enum WebAuthnReason {
    static let challenge = "wrong_challenge"
}
