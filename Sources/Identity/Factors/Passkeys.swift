import Cryptography
import OAuth
import WebAuthn

/// Passkeys: what browsers are asked, and whether their answers hold. Challenges are signed and carry what they are bound
/// to, so that asking writes nothing; answering spends them.
package struct Passkeys: Sendable {
    /// So many has a person at most. Whoever sets one up looks at the person's others first.
    package static let most = 20

    /// Options of `navigator.credentials`, as JSON text for a `data-` attribute.
    package struct Options: Sendable, Equatable {
        package let json: String
    }

    package enum SignIn: Sendable {
        case signedIn(OpenedSession)
        /// `because`: a `WebAuthnFault`, `unknown`, `spent`, `disabled`.
        case refused(because: String, subject: String?)
    }

    private let policy: FactorPolicy
    private let options: PasskeyOptions
    private let store: any FactorStore & FactorRecoveryStore
    private let accounts: any AccountStore
    private let sessions: Sessions
    private let key: [UInt8]
    private let random: any RandomSource
    private let audit: any AuditLog

    /// - Parameters:
    ///   - issuer: its origin is the one that answers must come from, its host the relying party's id.
    ///   - key: derived from the master key for challenges alone.
    package init(
        issuer: String, serviceName: String, policy: FactorPolicy, store: any FactorStore & FactorRecoveryStore,
        accounts: any AccountStore, sessions: Sessions, key: [UInt8], random: any RandomSource, audit: any AuditLog
    ) {
        self.policy = policy
        options = PasskeyOptions(issuer: issuer, serviceName: serviceName)
        self.store = store
        self.accounts = accounts
        self.sessions = sessions
        self.key = key
        self.random = random
        self.audit = audit
    }

    private var isOn: Bool { policy.isOn && policy.kinds.contains(.passkey) }

    /// To sign in by a discoverable credential, with autofill; bound to the browser.
    package func signInOptions(for browser: TokenDigest, at now: Instant) throws -> Options {
        options.request(try challenge(for: .signIn(browser), at: now), of: nil)
    }

    /// A complete sign-in: user verification is demanded of it. Every refusal is the same to whoever is refused.
    package func signIn(
        _ answer: PasskeyAnswer, from arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> SignIn {
        guard isOn else { return refused("disabled", network) }
        do {
            let assertion = try answer.assertion()
            let challenge = try challenge(
                of: assertion.clientData, for: .signIn(arrival.visitor.browser), at: now)
            guard let factor = try await store.passkey(credentialID: assertion.credentialID) else {
                return refused("unknown", network)
            }
            return try await enter(factor, by: assertion, challenge, from: arrival, network, at: now)
        } catch let fault as WebAuthnFault {
            return refused(fault.rawValue, network)
        }
    }

    private func enter(
        _ factor: Factor, by assertion: Assertion, _ challenge: PasskeyChallenge, from arrival: Arrival,
        _ network: ClientNetwork, at now: Instant
    ) async throws -> SignIn {
        let subject = factor.accountID
        // Nobody has said before who they are: the authenticator must (WebAuthn §7.2, step 6).
        guard case .passkey(let passkey) = factor.secret,
            assertion.userHandle == PasskeyOptions.userHandle(of: subject)
        else { return refused("unknown", of: subject, network) }
        let use: Assertion.Use
        do {
            use = try verify(assertion, challenge, by: passkey, isVerificationRequired: true)
        } catch {
            return refused(error.rawValue, of: subject, network)
        }
        guard let account = try await accounts.account(id: subject), account.status == .active,
            account.isEmailVerified, account.deletion == nil
        else { return refused("disabled", of: subject, network) }
        var (opened, opening) = try sessions.prepareOpening(
            for: account, method: Proof.verifiedPasskey, from: arrival, at: now)
        // No password was proven: setting a new one meanwhile makes no passkey wrong.
        opening.provenHash = nil
        let evidence = Self.evidence(factor, use, challenge)
        // As of a moment ago.
        let isRecovering = try await store.factorRecovery(of: subject, at: now) != nil
        var letters: [SealedLetter] = []
        if isRecovering, let postbox = sessions.postbox {
            let letter = Letter.factorRecoveryCancelled(of: account, by: arrival.visitor, at: now)
            letters.append(try postbox.seal(letter, at: now))
        }
        guard try await store.enter(by: evidence, opening: opening, letters: letters, at: now) else {
            return refused("spent", of: subject, network)
        }
        let details = ["method": Proof.passkey, "network": network.prefix]
        audit.record(AuditEvent(.signIn, subject: subject, details: details))
        if isRecovering {
            let details = ["how": "factor_proven", "session": opened.session.id, "network": network.prefix]
            audit.record(AuditEvent(.factorRecoveryCancelled, subject: subject, details: details))
        }
        return .signedIn(opened)
    }

    /// As a second factor, or to step up; bound to the session.
    package func proofOptions(in session: Session, of holdings: FactorHoldings, at now: Instant) throws -> Options {
        options.request(try challenge(for: .proof(session), at: now), of: holdings)
    }

    /// What an answer proves: evidence and the ledger's word for it (`Proof.passkey` or `.verifiedPasskey`). `nil` for an
    /// answer that does not hold, and for a passkey of anybody but the session's person.
    package func evidence(
        _ answer: PasskeyAnswer, in session: Session, at now: Instant
    ) async throws -> (evidence: FactorProving.Evidence, method: String)? {
        guard isOn else { return nil }
        do {
            let assertion = try answer.assertion()
            let challenge = try challenge(of: assertion.clientData, for: .proof(session), at: now)
            let handle = PasskeyOptions.userHandle(of: session.subject)
            guard let factor = try await store.passkey(credentialID: assertion.credentialID),
                factor.accountID == session.subject, case .passkey(let passkey) = factor.secret,
                assertion.userHandle == nil || assertion.userHandle == handle
            else { return nil }
            let use = try verify(assertion, challenge, by: passkey, isVerificationRequired: false)
            return (Self.evidence(factor, use, challenge), use.isVerified ? Proof.verifiedPasskey : Proof.passkey)
        } catch is WebAuthnFault {
            return nil
        }
    }

    /// To set one up; bound to the session. Attestation is not demanded; a discoverable credential is.
    package func registrationOptions(
        for account: Account, in session: Session, having holdings: FactorHoldings, at now: Instant
    ) throws -> Options {
        options.creation(of: try challenge(for: .registration(session), at: now), for: account, having: holdings)
    }

    /// The passkey that an answer registers, with the challenge that is spent for it. `nil` for an answer that does not
    /// hold.
    package func registration(
        _ answer: PasskeyAnswer, in session: Session, at now: Instant
    ) throws -> (passkey: Passkey, isVerified: Bool, challenge: OneTimeArtefact)? {
        guard isOn else { return nil }
        do {
            let registration = try answer.registration()
            let challenge = try challenge(of: registration.clientData, for: .registration(session), at: now)
            let credential = try registration.verify(expectation(challenge, isVerificationRequired: false))
            let passkey = Passkey(
                credentialID: credential.id, publicKey: credential.publicKey, signCount: Int64(credential.signCount),
                isBackupEligible: credential.isBackupEligible, isBackedUp: credential.isBackedUp,
                transports: credential.transports)
            return (passkey, credential.isVerified, challenge.artefact)
        } catch {
            return nil
        }
    }

    private static func evidence(
        _ factor: Factor, _ use: Assertion.Use, _ challenge: PasskeyChallenge
    ) -> FactorProving.Evidence {
        .passkey(
            factor: factor.id, signCount: Int64(use.signCount), isBackedUp: use.isBackedUp,
            challenge: challenge.artefact)
    }

    private func verify(
        _ assertion: Assertion, _ challenge: PasskeyChallenge, by passkey: Passkey, isVerificationRequired: Bool
    ) throws(WebAuthnFault) -> Assertion.Use {
        try assertion.verify(
            expectation(challenge, isVerificationRequired: isVerificationRequired), publicKey: passkey.publicKey,
            isBackupEligible: passkey.isBackupEligible)
    }

    private func expectation(_ challenge: PasskeyChallenge, isVerificationRequired: Bool) -> Expectation {
        Expectation(
            challenge: challenge.bytes, origin: options.origin, relyingPartyID: options.relyingPartyID,
            isVerificationRequired: isVerificationRequired)
    }

    private func challenge(for place: PasskeyChallenge.Place, at now: Instant) throws -> PasskeyChallenge {
        try PasskeyChallenge(for: place, key: key, from: random, at: now)
    }

    /// The challenge that was answered, if it is one of ours, for this place.
    private func challenge(
        of data: ClientData, for place: PasskeyChallenge.Place, at now: Instant
    ) throws(WebAuthnFault) -> PasskeyChallenge {
        guard let challenge = PasskeyChallenge(data.challenge, for: place, key: key, at: now) else {
            throw .wrongChallenge
        }
        return challenge
    }

    private func refused(_ reason: String, of subject: String? = nil, _ network: ClientNetwork) -> SignIn {
        let details = ["reason": reason, "method": Proof.passkey, "network": network.prefix]
        audit.record(AuditEvent(.signInRefused, subject: subject, details: details))
        return .refused(because: reason, subject: subject)
    }
}
