import OAuth
import Storage

/// What a restore says when it is done: what came back, what is gone, and what to do next.
struct RestoreWords {
    let facts: BackupFacts
    let restored: Restored
    let keys: [StoredSigningKey]
    let settings: Settings
    let place: String

    var text: String {
        ([first] + replaced + others + [next]).joined(separator: "\n")
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
        if facts.occasion.issuer != settings.issuer.text {
            lines.append(
                "The backup was made by \(facts.occasion.issuer), this server is \(settings.issuer): apps know people by the issuer."
            )
        }
        return lines
    }

    private var next: String { "Start the servers. People sign in again; their apps ask them for nothing new." }
}
