import Cryptography
import Identity
import OAuth
import Storage

extension House {
    static func administration(_ store: Store, postbox: Postbox?, audit: any AuditLog) -> Administration {
        Administration(
            accounts: store, store: store,
            surroundings: Surroundings(
                sessions: store, consents: store, grants: store, methods: store, preferences: store),
            postbox: postbox, audit: audit)
    }

    /// Whoever seals mail and whoever sends it have the same key.
    static func postbox(_ masterKey: SealingKey, _ random: any RandomSource) throws -> Postbox {
        try Postbox(key: masterKey.derivedKey(label: "outbox"), random: random)
    }
}
