import Identity
import OAuth
import Web

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
    let magicLinks: MagicLinkSignIn
    let staffLinks: StaffLinks
    let upstream: UpstreamRooms
    let factors: FactorRooms
    let throttle: Throttle

    init(_ base: Groundwork, hasher: PasswordHasher) throws {
        postbox = try Postbox(masterKey: base.masterKey, random: base.random)
        let (store, random, audit, settings) = (base.store, base.random, base.audit, base.settings)
        let rule = settings.passwordRule
        throttle = Throttle(store: store, key: base.masterKey.derivedKey(label: "throttle"))
        mailProofs = MailProofs(
            store: store, browsers: store, postbox: postbox,
            lanes: MailLanes(throttle: throttle, limits: settings.mailLimits),
            key: base.masterKey.derivedKey(label: "mail code"), random: random, audit: audit)
        let check = PasswordCheck(
            accounts: store, browsers: store, lanes: PasswordLanes(throttle: throttle), hasher: hasher,
            audit: audit, grace: settings.deletionGrace)
        creation = AccountCreation(accounts: store, hasher: hasher, rule: rule, random: random, audit: audit)
        sessions = Sessions(
            store: store, lifetimes: settings.sessions, factors: settings.factorPolicy, postbox: postbox,
            random: random, audit: audit)
        signIn = PasswordSignIn(
            check: check, accounts: store, hasher: hasher, sessions: sessions, audit: audit)
        passwordChange = PasswordChange(
            accounts: store, check: check, rule: rule, hasher: hasher, postbox: postbox, random: random,
            audit: audit)
        account = Self.account(base, postbox: postbox, sessions: sessions)
        magicLinks = Self.magicLinks(base, proofs: mailProofs, sessions: sessions, postbox: postbox)
        // Nobody is let in by staff without hearing of it (B015).
        staffLinks = House.staffLinks(
            store, sessions: sessions, postbox: settings.mailDriver == nil ? nil : postbox, random: random,
            audit: audit)
        upstream = try UpstreamRoom.make(
            base,
            UpstreamRoom.Parts(throttle: throttle, sessions: sessions, postbox: postbox, proofs: mailProofs))
        factors = try FactorRoom.make(
            base, FactorRoom.Parts(sessions: sessions, postbox: postbox, proofs: mailProofs))
        recovery = Recovery(
            accounts: store, store: store, proofs: mailProofs, postbox: postbox, rule: rule, hasher: hasher,
            random: random, audit: audit)
        addressChange = AddressChange(
            accounts: store, store: store, proofs: mailProofs, postbox: postbox, random: random, audit: audit)
        addressReturn = AddressReturn(accounts: store, store: store, postbox: postbox, audit: audit)
        mailedConfirmation = MailedConfirmation(
            accounts: store, proofs: mailProofs, sessions: sessions, replacesPasswords: !settings.takesPasswords)
        confirmation = Confirmation(accounts: store, check: check, sessions: sessions)
        firstAdministrator = FirstAdministrator(
            accounts: store, links: store, browsers: store, creation: creation, random: random, audit: audit)
        let reception = ProvenReception(
            store: store, sessions: sessions, postbox: postbox, hasher: hasher, rule: rule, audit: audit)
        signUp = SignUp(
            policy: settings.signUp.policy, proofs: mailProofs, accounts: store, reception: reception,
            throttle: throttle, random: random)
        verification = AddressVerification(proofs: mailProofs, accounts: store, reception: reception)
    }

    private static func account(_ base: Groundwork, postbox: Postbox, sessions: Sessions) -> AccountRooms {
        let (store, grace) = (base.store, base.settings.deletionGrace)
        return AccountRooms(
            preferences: PreferenceChange(store: store, postbox: postbox, audit: base.audit), methods: store,
            browsers: store, profiles: store, pictures: store,
            deletion: AccountDeletion(
                store: store, addresses: store, postbox: postbox, audit: base.audit, grace: grace),
            comeBack: ComeBack(
                accounts: store, store: store, offers: store, sessions: sessions, postbox: postbox,
                random: base.random, audit: base.audit, grace: grace),
            events: store, attributes: base.settings.profileAttributes, people: base.people)
    }

    private static func magicLinks(
        _ base: Groundwork, proofs: MailProofs, sessions: Sessions, postbox: Postbox
    ) -> MagicLinkSignIn {
        let (store, settings) = (base.store, base.settings)
        return MagicLinkSignIn(
            policy: settings.magicLinkPolicy, accounts: store, preferences: store, methods: store, upstream: store,
            store: store,
            proofs: proofs, sessions: sessions, postbox: postbox, audit: base.audit, grace: settings.deletionGrace)
    }
}

extension Settings {
    /// What may not make up most of a password: the names this service goes by.
    var passwordRule: PasswordRule {
        PasswordRule(
            minimum: passwords.minimumLength, service: [serviceName, issuer.host],
            blocklist: passwords.blocklist?.list)
    }
}

extension Settings {
    fileprivate var mailLimits: MailLanes.Limits {
        var mails = MailLanes.Limits()
        mails.network = ThrottleLimit(
            mails.network.name, attempts: Int64(limits.mailsPerNetwork), window: mails.network.window)
        mails.client = ThrottleLimit(
            mails.client.name, attempts: Int64(limits.mailsPerClient), window: mails.client.window)
        return mails
    }
}
