import Identity
import OAuth

/// People in columns, for a terminal.
enum PersonTable {
    static func text(_ people: [Account], _ terminal: Terminal) -> String {
        let head = ["address", "state", "roles", "name", "id"]
        let rows = people.map { account in
            [
                account.email.typed, state(account), roles(account.roles, else: "-"), account.profile.name ?? "-",
                account.id,
            ].map(PlainText.escaped)
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([head] + rows).map { row in
            zip(row, widths).map { $0.padding(to: $1) }.joined(separator: "  ")
        }
        return ([terminal.bold(lines.first ?? "")] + lines.dropFirst()).joined(separator: "\n")
    }

    static func state(_ account: Account) -> String {
        account.state == .active && !account.isEmailVerified ? "unverified" : account.state.rawValue
    }

    static func roles(_ roles: [Role], else nothing: String) -> String {
        guard !roles.isEmpty else { return nothing }
        return roles.map { $0.context.isEmpty ? $0.name : "\($0.name) (\($0.context))" }.joined(separator: ", ")
    }
}
