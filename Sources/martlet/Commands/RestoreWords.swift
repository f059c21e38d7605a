import OAuth
import Storage

/// What a restore says when it is done: what came back, what is gone, and what to do next.
struct RestoreWords {
    let facts: BackupFacts
    let restored: Restored
    let keys: [StoredSigningKey]
    let settings: Settings
    let place: String

    /// Much of it comes from the backup, which anybody may have made (CF4).
    var text: String {
        ([first] + replaced + others + [next]).map(PlainText.escaped).joined(separator: "\n")
    }

    private var first: String {
        let made = "made at \(facts.occasion.madeAt) by martlet \(facts.occasion.program) on \(facts.occasion.engine)"
        return "\(place) holds the backup \(made): \(BackupRows.sentence(restored.rows.filter { $0.count > 0 }))."
    }

    private var replaced: [String] {
        guard !restored.replaced.isEmpty else { return [] }
        return ["Gone is what it held before: \(BackupRows.sentence(restored.replaced))."]
    }

    private var others: [String] {
        var lines = [
            "Whatever was issued before \(restored.epoch) is dead: sessions, codes, links, tokens, assertions."
        ]
        if !keys.isEmpty {
            lines.append(
                "Signing keys that are published again: \(keys.map { "\($0.keyID) (\($0.algorithm.rawValue))" }.joined(separator: ", ")). If one of them was replaced since because somebody else may have it, run martlet key rotate --now before serving."
            )
        }
        lines += clients
        if facts.occasion.issuer != settings.issuer.text {
            lines.append(
                "The backup was made by \(facts.occasion.issuer), this server is \(settings.issuer): apps know people by the issuer."
            )
        }
        return lines
    }

    private var clients: [String] {
        let isCompared = !restored.replaced.isEmpty
        let names = ReturnedCredentials(
            before: restored.clientsBefore, after: restored.clients, isCompared: isCompared
        ).clientIDs
        guard !names.isEmpty else { return [] }
        let shown = names.prefix(Self.mostClients).joined(separator: ", ")
        let rest = names.count > Self.mostClients ? " and \(names.count - Self.mostClients) others" : ""
        let lead =
            isCompared
            ? "Clients that are back, or can sign in again by a secret or a key the database did not hold before the restore"
            : "Clients whose secrets and keys are again those of the backup, retired ones too"
        return [
            "\(lead): \(shown)\(rest). Before serving give those whose secret may be in other hands a new one (martlet client secret ID add, then retire), and remove those that were removed since (martlet client remove ID)."
        ]
    }

    private static let mostClients = 50

    private var next: String { "Start the servers. People sign in again; their apps ask them for nothing new." }
}
