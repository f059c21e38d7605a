import Cryptography
import Foundation

/// Finds the master key at the start, or makes it at the very first one (CR5).
///
/// A lost key is never replaced without a word: a new one would open nothing, and everybody's tokens would
/// be signed by keys nobody knows.
struct MasterKeyFile {
    let settings: Settings

    var path: String { settings.folders.keys + "/" + MasterKey.fileName }

    /// `bound`: the fingerprint of the key that the database was made with, or `nil` in an empty one.
    func open(boundTo bound: String?, random: some RandomSource) throws -> SealingKey {
        let (key, place) = try find(boundTo: bound, random: random)
        guard bound == nil || bound == key.fingerprint else {
            throw refusal(
                "the master key \(place) is not the one the database \(settings.databaseLocation) was made with "
                    + "(its fingerprint is \(key.fingerprint), the database wants \(bound ?? "")); put the right key back, "
                    + "or the database that belongs to this one")
        }
        return key
    }

    /// For looking without making anything: `nil` when there is no key yet.
    func existing() throws -> SealingKey? {
        if let given = settings.masterKey { return given.key }
        return try read()
    }

    private func find(boundTo bound: String?, random: some RandomSource) throws -> (SealingKey, place: String) {
        if let given = settings.masterKey { return (given.key, "from \(given.origin)") }
        if let key = try read() {
            KeyFile.clearDrafts(of: path)
            return (key, "in \(path)")
        }
        guard bound == nil else {
            throw refusal(
                "the master key \(path) is missing, and the database \(settings.databaseLocation) was made with one "
                    + "(its fingerprint is \(bound ?? "")); put it back from your backup, or give it by MARTLET_MASTER_KEY_FILE"
            )
        }
        try make(random)
        guard let key = try read() else {
            throw refusal("the master key \(path) vanished while it was being made; start again")
        }
        return (key, "in \(path)")
    }

    private func read() throws -> SealingKey? {
        do {
            return try Self.key(in: KeyFile.read(path))
        } catch let fault as KeyFile.Fault {
            if fault == .missing { return nil }
            throw refusal("the master key \(path) \(fault.sentence)")
        } catch let fault as MasterKey.Fault {
            throw refusal(
                "the master key \(path) cannot be used: \(fault.rawValue); put the right one back, or, for a new and empty "
                    + "database, delete the file")
        }
    }

    /// One line end is what editors leave behind; anything else around the key is a slip.
    private static func key(in text: String) throws(MasterKey.Fault) -> SealingKey {
        try MasterKey.parse(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    private func make(_ random: some RandomSource) throws {
        let folder = settings.folders.keys
        do {
            if !FileManager.default.fileExists(atPath: folder) {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            _ = try KeyFile.create(MasterKey.make(from: random) + "\n", at: path)
        } catch KeyFile.Fault.unreadable(let reason) {
            throw refusal(
                "the master key \(path) cannot be written (\(reason)); let martlet write there, or give the key by MARTLET_MASTER_KEY_FILE"
            )
        } catch let error as CryptographyError {
            throw refusal("no master key can be made: \(error)")
        } catch is CocoaError {
            throw refusal(
                "the folder \(folder) cannot be made; make it yourself with mkdir -m 700, or name another by folders.keys"
            )
        }
    }

    private func refusal(_ sentence: String) -> CommandRefusal { CommandRefusal(sentence) }
}
