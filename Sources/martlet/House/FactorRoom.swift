import Cryptography
import Identity
import OAuth
import Web

/// The room of second factors.
enum FactorRoom {
    /// What was made before it.
    struct Parts {
        let sessions: Sessions
        let postbox: Postbox
        let proofs: MailProofs
    }

    static func make(_ base: Groundwork, _ parts: Parts) throws -> FactorRooms {
        let (store, settings, key) = (base.store, base.settings, base.masterKey)
        let policy = settings.factorPolicy
        let passkeys = Passkeys(
            issuer: settings.issuer.text, serviceName: settings.serviceName, policy: policy, store: store,
            accounts: store, sessions: parts.sessions, key: key.derivedKey(label: "passkey challenge"),
            random: base.random, audit: base.audit)
        let codeKey = key.derivedKey(label: "backup code")
        let seal = try SealingKey(bytes: key.derivedKey(label: "second factor"))
        let proving = SecondFactor(
            policy: policy, store: store, recoveries: store, accounts: store, letters: store, passkeys: passkeys,
            proofs: parts.proofs, sessions: parts.sessions, postbox: parts.postbox, seal: seal, codeKey: codeKey,
            random: base.random, audit: base.audit)
        let enrolment = FactorEnrolment(
            policy: policy, serviceName: settings.serviceName, store: store, passkeys: passkeys, proofs: parts.proofs,
            sessions: parts.sessions, postbox: parts.postbox, seal: seal, codeKey: codeKey,
            takesPasswords: settings.takesPasswords, random: base.random, audit: base.audit)
        let recoveries = FactorRecoveries(
            policy: policy, store: store, accounts: store, addresses: store, proofs: parts.proofs,
            sessions: parts.sessions, postbox: parts.postbox, random: base.random, audit: base.audit)
        let standings = FactorStandingRule(
            policy: policy, store: store, accounts: store, takesPasswords: settings.takesPasswords)
        return FactorRooms(
            policy: policy, proving: proving, enrolment: enrolment, passkeys: passkeys, recoveries: recoveries,
            standings: standings, store: store, remembered: store)
    }
}
