import OAuth
import Storage

/// What must be so before a backup is taken in, beside its being whole.
struct RestoreConditions {
    let settings: Settings
    let facts: BackupFacts

    /// Without its master key no server would start on the database; so it is asked for first.
    func check() throws {
        guard let wanted = facts.masterKeyFingerprint.map(PlainText.escaped) else { return }
        let file = MasterKeyFile(settings: settings)
        guard let key = try file.existing() else {
            throw CommandRefusal(
                "the master key \(file.path) is missing, and the backup was made with one (its fingerprint is \(wanted)); put it there first, or give it by MARTLET_MASTER_KEY_FILE"
            )
        }
        guard key.fingerprint == facts.masterKeyFingerprint else {
            throw CommandRefusal(
                "the master key is not the one the backup was made with (its fingerprint is \(key.fingerprint), the backup wants \(wanted)); put the right key in \(file.path), or take the backup that belongs to this one"
            )
        }
    }
}
