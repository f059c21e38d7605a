import Identity
import JSON
import OAuth

/// What a purge found and did, as a command tells it. Nothing of a person but the id (B124).
struct PurgeReport: Sendable {
    /// Those deleted then or before.
    let latest: Instant
    let isDry: Bool
    var due: [DeletedAccount] = []
    var summary = AccountPurge.Summary()
    /// What became of each, by id.
    var results: [String: String] = [:]

    init(latest: Instant, isDry: Bool) {
        self.latest = latest
        self.isDry = isDry
    }

    var count: String { due.count == 1 ? "1 account" : "\(due.count) accounts" }

    var text: String {
        guard !due.isEmpty else { return "No account was deleted by \(latest)." }
        guard !isDry else { return "\(count) deleted by \(latest) would be removed." }
        let parts = [
            "removed \(summary.purged)", summary.failed > 0 ? "failed \(summary.failed)" : nil,
            summary.skipped > 0 ? "left \(summary.skipped), gone or back meanwhile" : nil,
        ]
        return "Of \(count) deleted by \(latest): \(parts.compactMap { $0 }.joined(separator: ", "))."
    }

    static func words(_ step: AccountPurge.Step) -> String {
        switch step {
        case .purged: "removed"
        case .skipped: "left"
        case .failed: "failed"
        }
    }

    static func line(_ account: DeletedAccount, _ result: String) -> String {
        "\(account.id)  deleted \(account.deletedAt)  \(result)"
    }

    func json(withAccounts: Bool) -> String {
        var object: JSONObject = [
            "deleted_by": .string("\(latest)"), "dry_run": .bool(isDry), "due": .integer(Int64(due.count)),
            "removed": .integer(Int64(summary.purged)), "failed": .integer(Int64(summary.failed)),
            "left": .integer(Int64(summary.skipped)),
        ]
        if withAccounts {
            object["accounts"] = .array(
                due.map { account in
                    [
                        "id": .string(account.id), "deleted_at": .string("\(account.deletedAt)"),
                        "result": .string(results[account.id] ?? "due"),
                    ]
                })
        }
        return JSONValue.object(object).text
    }
}
