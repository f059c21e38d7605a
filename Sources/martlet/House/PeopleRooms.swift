import Identity
import OAuth
import Web

extension House {
    static func people(_ base: Groundwork) -> People {
        People(
            accounts: base.store, issuer: base.settings.issuer.text, attributes: base.settings.profileAttributes)
    }

    /// What may not make up most of a password: the names this service goes by.
    static func passwordRule(_ settings: Settings) -> PasswordRule {
        PasswordRule(
            minimum: settings.passwords.minimumLength, service: [settings.serviceName, settings.issuer.host],
            blocklist: settings.passwords.blocklist?.list)
    }
}

/// The rooms of people and their sessions.
struct PeopleRooms {
    let postbox: Postbox
    let mailProofs: MailProofs
    let sessions: Sessions
    let signIn: PasswordSignIn
    let passwordChange: PasswordChange
    let recovery: Recovery
    let addressChange: AddressChange
    let addressReturn: AddressReturn
    let mailedConfirmation: MailedConfirmation
    let confirmation: Confirmation
    let account: AccountRooms
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
            audit: base.audit, grace: base.settings.deletionGrace)
        creation = AccountCreation(
            accounts: base.store, hasher: hasher, rule: rule, random: base.random, audit: base.audit)
        sessions = Sessions(
            store: base.store, lifetimes: base.settings.sessions, postbox: postbox, random: base.random,
            audit: base.audit)
        signIn = PasswordSignIn(
            check: check, accounts: base.store, hasher: hasher, audit: base.audit)
        passwordChange = PasswordChange(
            accounts: base.store, check: check, rule: rule, hasher: hasher, postbox: postbox, audit: base.audit)
        account = Self.account(base, postbox: postbox)
        recovery = Recovery(
            accounts: base.store, store: base.store, proofs: mailProofs, postbox: postbox, rule: rule, hasher: hasher,
            random: base.random, audit: base.audit)
        addressChange = AddressChange(
            accounts: base.store, store: base.store, proofs: mailProofs, postbox: postbox, random: base.random,
            audit: base.audit)
        addressReturn = AddressReturn(
            accounts: base.store, store: base.store, postbox: postbox, audit: base.audit)
        mailedConfirmation = MailedConfirmation(accounts: base.store, proofs: mailProofs, sessions: sessions)
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

    private static func account(_ base: House.Groundwork, postbox: Postbox) -> AccountRooms {
        let (store, grace) = (base.store, base.settings.deletionGrace)
        return AccountRooms(
            preferences: PreferenceChange(store: store, postbox: postbox, audit: base.audit), methods: store,
            browsers: store, profiles: store, pictures: store,
            deletion: AccountDeletion(store: store, postbox: postbox, audit: base.audit, grace: grace),
            comeBack: ComeBack(
                accounts: store, store: store, offers: store, postbox: postbox, random: base.random, audit: base.audit,
                grace: grace),
            events: store, attributes: base.settings.profileAttributes, people: House.people(base))
    }
}
