import Cryptography
import Foundation
import OAuth
import Storage
import TestSupport
import Testing

@testable import Identity

/// The door, and beside it what passkeys need; and somebody at it with an authenticator.
struct PasskeyDesk: Sendable {
    static let issuer = "https://login.example.org"
    static let network = ClientNetwork("203.0.113.7")

    let door: Door
    let passkeys: Passkeys

    init(_ policy: FactorPolicy = FactorPolicy(), issuer: String = issuer, door other: Door? = nil) async throws {
        let door = if let other { other } else { try await Door() }
        self.door = door
        passkeys = Passkeys(
            issuer: issuer, serviceName: "Martlet", policy: policy, store: door.store, accounts: door.store,
            sessions: door.sessions, key: Array(9..<41), random: SystemRandom(), audit: door.audit)
    }

    /// Registers the authenticator for whoever is signed in, and keeps the passkey. The session under its new secret.
    @discardableResult
    func setUp(
        _ authenticator: SoftAuthenticator, for account: Account, at now: Instant = Door.noon
    ) async throws -> Session {
        let session = try await door.open(for: account, browser: 9, at: now).session
        let options = try passkeys.registrationOptions(for: account, in: session, having: FactorHoldings(), at: now)
        let answer = PasskeyAnswer(authenticator.registration(SoftAuthenticator.challenge(in: options.json)))
        let made = try #require(try passkeys.registration(answer, in: session, at: now))
        let factor = Factor(
            id: try Identifier.make(from: SystemRandom()), accountID: account.id, name: "Key",
            secret: .passkey(made.passkey), createdAt: now)
        let secret = try OpaqueToken(.session, from: SystemRandom())
        let method = made.isVerified ? Proof.verifiedPasskey : Proof.passkey
        let renewed = session.renewed(
            secret: secret.digest, proving: Proof(method, at: now), levels: .standard, idleUntil: session.idleUntil,
            at: now)
        let change = FactorChange(
            .addPasskey(factor, challenge: made.challenge), old: session.secret, renewed: renewed,
            freshSince: now + -300)
        let outcome = try await door.store.change(change, at: now)
        #expect(outcome == .done || outcome == .doneWithCodes)
        return renewed
    }

    /// An authenticator that belongs to somebody, as registration would have told it.
    static func authenticator(of account: Account, _ type: KeyType = .p256) throws -> SoftAuthenticator {
        try SoftAuthenticator(type, userHandle: Array(account.id.utf8))
    }

    /// What the authenticator answers to the page in this browser.
    func answer(
        _ authenticator: SoftAuthenticator, browser: UInt8 = 1, at now: Instant = Door.noon
    ) throws -> PasskeyAnswer {
        let options = try passkeys.signInOptions(for: Door.browser(browser), at: now)
        return PasskeyAnswer(try authenticator.assertion(SoftAuthenticator.challenge(in: options.json)))
    }

    func enter(_ answer: PasskeyAnswer, browser: UInt8 = 1, at now: Instant = Door.noon) async throws -> Passkeys.SignIn
    {
        try await passkeys.signIn(answer, from: Gateway.arrival(browser), Self.network, at: now)
    }

    /// What the authenticator answers in a session that asks for a proof.
    func proof(
        _ authenticator: SoftAuthenticator, in session: Session, at now: Instant = Door.noon
    ) throws -> PasskeyAnswer {
        let options = try passkeys.proofOptions(in: session, of: FactorHoldings(), at: now)
        return PasskeyAnswer(try authenticator.assertion(SoftAuthenticator.challenge(in: options.json)))
    }
}

extension Passkeys.SignIn {
    var opened: OpenedSession? {
        if case .signedIn(let opened) = self { opened } else { nil }
    }

    var reason: String? {
        if case .refused(let reason, _) = self { reason } else { nil }
    }
}
