import Cryptography
import Identity
import OAuth
import Storage
import Web

extension House {
    static func administration(_ base: Groundwork, people: PeopleRooms, reader: AccessTokenReader) throws
        -> AdministrationRoom
    {
        AdministrationRoom(
            rules: administration(
                base.store, postbox: people.postbox, random: base.random, audit: base.audit,
                takesPasswords: base.settings.takesPasswords),
            access: AdministrationAccess(
                reader: reader, grants: base.store, registry: base.registry, accounts: base.store,
                sessions: base.store, factors: base.store, policy: base.settings.factorPolicy,
                issuer: base.settings.issuer.text, audit: base.audit),
            cursors: try PageCursors(key: base.masterKey.derivedKey(label: "page cursors"), random: base.random),
            invitations: Invitations(
                store: base.store, postbox: people.postbox, random: base.random, audit: base.audit,
                throttle: people.throttle),
            creation: people.creation)
    }

    /// Without a postbox nobody is mailed; where passwords are off nobody is mailed a way to another one.
    static func administration(
        _ store: Store, postbox: Postbox?, random: any RandomSource, audit: any AuditLog, takesPasswords: Bool = true
    ) -> Administration {
        let recoverer = takesPasswords ? postbox : nil
        return Administration(
            accounts: store, store: store,
            surroundings: Surroundings(
                sessions: store, consents: store, grants: store, methods: store, preferences: store, upstream: store,
                factors: store),
            postbox: postbox,
            recovery: recoverer.map { RecoveryOnBehalf(store: store, postbox: $0, random: random) },
            factors: store, audit: audit)
    }

    /// Links to sign in with that staff make; without a postbox there are none.
    static func staffLinks(
        _ store: Store, sessions: Sessions, postbox: Postbox?, random: any RandomSource, audit: any AuditLog
    ) -> StaffLinks {
        StaffLinks(
            accounts: store, links: store, store: store, sessions: sessions, postbox: postbox, random: random,
            audit: audit)
    }
}
