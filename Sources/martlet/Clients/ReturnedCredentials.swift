import JSON
import OAuth

/// Clients that a restore lets sign in by something they could not sign in by before: a secret that was retired since
/// the backup, a key that was taken out, a registration that was removed.
struct ReturnedCredentials {
    let before: [StoredRegistration]
    let after: [StoredRegistration]
    /// Whether there was a database before: of an empty one it is not known what was retired or removed.
    let isCompared: Bool

    var clientIDs: [String] {
        let known = Dictionary(before.map { (Array($0.clientID.utf8), Self.credentials($0)) }) { first, _ in first }
        return after.filter { row in
            guard let held = known[Array(row.clientID.utf8)] else {
                return isCompared || !Self.credentials(row).isEmpty
            }
            return !Self.credentials(row).isSubset(of: held)
        }.map(\.clientID)
    }

    /// Digests of secrets, keys, and the place keys are fetched from, each as it is written.
    private static func credentials(_ row: StoredRegistration) -> Set<[UInt8]> {
        let value = try? JSONValue(parsing: Array(row.document.utf8), maximumBytes: SmallFile.mostBytes)
        // What cannot be read lets nobody in; to name it costs nothing.
        guard let object = value?.objectValue else { return [Array(row.document.utf8)] }
        let secrets = object["martlet_secret_hashes"]?.arrayValue ?? []
        let keys = object["jwks"]?.objectValue?["keys"]?.arrayValue ?? []
        let written = secrets.map { $0.objectValue?["sha256"] ?? $0 } + keys + [object["jwks_uri"]].compactMap(\.self)
        return Set(written.map { Array($0.text.utf8) })
    }
}
