import Cryptography
import Identity
import OAuth
import Storage
import Web

/// The whole house, assembled here and nowhere else. Everything is handed in by initialiser: what a room
/// can reach is what stands in its line below.
struct House: Sendable {
    let groundwork: Groundwork
    let hasher: PasswordHasher
    let rooms: Rooms
    let mail: MailRooms
    let reception: Reception

    init(_ groundwork: Groundwork, pages: Pages, hasher: PasswordHasher? = nil) throws {
        self.groundwork = groundwork
        let hasher = try hasher ?? Self.hasher(groundwork.settings, scheme: groundwork.passwordScheme)
        self.hasher = hasher
        rooms = try Self.rooms(groundwork, hasher: hasher, pages: pages)
        mail = try MailRooms(groundwork, pages: pages, web: rooms.settings)
        let settings = groundwork.settings
        reception = Reception(
            rooms: rooms, proxies: Proxies(isTrusted: settings.trusts), logger: groundwork.logger,
            metrics: groundwork.metrics)
    }

    static func hasher(_ settings: Settings, scheme: any PasswordScheme = ImportingScheme()) throws -> PasswordHasher {
        let queue = settings.passwords.hashQueuePerThread
        guard let threads = settings.passwords.hashThreads else {
            return try PasswordHasher(scheme: scheme, queuePerThread: queue)
        }
        return try PasswordHasher(scheme: scheme, threads: threads, queuePerThread: queue)
    }

    private static func rooms(_ base: Groundwork, hasher: PasswordHasher, pages: Pages) throws -> Rooms {
        let people = try PeopleRooms(base, hasher: hasher)
        let protocolRooms = ProtocolRooms(base, factors: people.factors.standings)
        return Rooms(
            settings: webSettings(base.settings), clock: base.clock, random: base.random, registry: base.registry,
            keys: base.vault, authorization: protocolRooms.authorization, authorizations: base.store,
            token: protocolRooms.token, introspection: protocolRooms.introspection,
            revocation: protocolRooms.revocation, userInfo: protocolRooms.userInfo, logout: protocolRooms.logout,
            discovery: protocolRooms.discovery, grants: base.store, consents: base.store, notices: base.store,
            sessions: people.sessions,
            passwordSignIn: people.signIn, passwordChange: people.passwordChange,
            recovery: people.recovery, addressChange: people.addressChange, addressReturn: people.addressReturn,
            mailedConfirmation: people.mailedConfirmation,
            confirmation: people.confirmation, account: people.account,
            firstAdministrator: people.firstAdministrator, signUp: people.signUp, verification: people.verification,
            magicLinks: people.magicLinks, staffLinks: people.staffLinks, upstream: people.upstream,
            signInDenials: SignInDenials(store: base.store, audit: base.audit),
            factors: people.factors, places: base.places,
            throttle: people.throttle,
            captcha: try CaptchaRoom.make(base, throttle: people.throttle),
            accounts: base.store,
            audit: base.audit, explanations: base.explanations,
            administration: try administration(base, people: people, reader: protocolRooms.reader), pages: pages,
            formKey: base.masterKey.derivedKey(label: "form"))
    }

    static func webSettings(_ settings: Settings) -> WebSettings {
        var web = WebSettings(
            issuer: settings.issuer.text, serviceName: settings.serviceName, helpURL: settings.page.helpURL,
            privacyURL: settings.page.privacyURL,
            scopeTexts: Dictionary(settings.scopes.map { ($0.name, $0.sentence) }) { first, _ in first },
            lifetimes: settings.tokens, minimumPasswordLength: settings.passwords.minimumLength,
            keyCacheTime: settings.keySchedule.cacheTime, signInMethods: settings.signInMethods)
        web.providerNames = Dictionary(settings.providers.map { ($0.id, $0.name) }) { first, _ in first }
        return web
    }
}
