import Identity
import OAuth

extension House {
    static func people(_ base: Groundwork) -> People { People(accounts: base.store) }

    /// What may not make up most of a password: the names this service goes by.
    static func passwordRule(_ settings: Settings) -> PasswordRule {
        PasswordRule(minimum: settings.passwords.minimumLength, service: [settings.serviceName, settings.issuer.host])
    }
}

/// The rooms of people and their sessions.
struct PeopleRooms {
    let postbox: Postbox
    let mailProofs: MailProofs
    let sessions: Sessions
    let signIn: PasswordSignIn
    let passwordChange: PasswordChange
    let confirmation: Confirmation
    let creation: AccountCreation
    let firstAdministrator: FirstAdministrator
    let signUp: SignUp
    let verification: AddressVerification
    let throttle: Throttle

    init(_ base: House.Groundwork, hasher: PasswordHasher) throws {
        postbox = try House.postbox(base.masterKey, base.random)
        let rule = House.passwordRule(base.settings)
        throttle = Throttle(store: base.store, key: base.masterKey.derivedKey(label: "throttle"))
        mailProofs = MailProofs(
            store: base.store, browsers: base.store, postbox: postbox, throttle: throttle,
            key: base.masterKey.derivedKey(label: "mail code"), random: base.random, audit: base.audit)
        let check = PasswordCheck(
            accounts: base.store, browsers: base.store, lanes: PasswordLanes(throttle: throttle), hasher: hasher,
            audit: base.audit)
        creation = AccountCreation(
            accounts: base.store, hasher: hasher, rule: rule, random: base.random, audit: base.audit)
        sessions = Sessions(
            store: base.store, lifetimes: base.settings.sessions, postbox: postbox, random: base.random,
            audit: base.audit)
        signIn = PasswordSignIn(
            check: check, accounts: base.store, hasher: hasher, audit: base.audit)
        passwordChange = PasswordChange(
            accounts: base.store, check: check, rule: rule, hasher: hasher, postbox: postbox, audit: base.audit)
        confirmation = Confirmation(accounts: base.store, check: check, sessions: sessions)
        firstAdministrator = FirstAdministrator(
            accounts: base.store, links: base.store, browsers: base.store, creation: creation, random: base.random,
            audit: base.audit)
        let reception = ProvenReception(
            store: base.store, sessions: sessions, postbox: postbox, hasher: hasher, rule: rule, audit: base.audit)
        signUp = SignUp(
            policy: base.settings.signUp.policy, proofs: mailProofs, accounts: base.store, reception: reception,
            throttle: throttle, random: base.random)
        verification = AddressVerification(proofs: mailProofs, accounts: base.store, reception: reception)
    }
}
