import Identity
import OAuth

/// A person on one screen of a terminal.
struct PersonSheet {
    let record: PersonRecord
    let events: [RecordedEvent]

    func text(_ terminal: Terminal) -> String {
        let parts = [
            ("Ways to sign in", methods), ("Second factors", factors), ("Accounts at providers", identities),
            ("Sessions", sessions),
            ("Apps", applications),
            ("What happened last", happened),
        ]
        let lists = parts.flatMap { title, lines in
            ["", terminal.bold(title)] + (lines.isEmpty ? ["  none"] : lines.map { "  " + PlainText.escaped($0) })
        }
        return ([terminal.bold(PlainText.escaped(record.account.email.typed))] + facts + lists).joined(separator: "\n")
    }

    private var facts: [String] {
        let account = record.account
        let profile = account.profile
        let pairs: [(String, String?)] = [
            ("id", account.id), ("name", profile.name), ("username", profile.preferredUsername),
            ("state", PersonTable.state(account)),
            ("deleted", account.deletion.map { "\($0.time), by the \($0.actor.rawValue)" }),
            ("roles", PersonTable.roles(account.roles, else: "none")),
            ("password", account.passwordHash == nil ? "none" : "set"),
            ("magic links", record.preferences.magicLinks ? "on" : "off"),
            ("backup codes", record.factors.isEnrolled ? "\(record.factors.codesLeft) left" : nil),
            ("sign-in mails", record.preferences.signInNotices.rawValue.replacing("_", with: " ")),
            ("created", "\(account.createdAt)"), ("changed", "\(account.updatedAt)"),
        ]
        return pairs.compactMap { name, value in
            value.map { "  \(name.padding(to: 13))  \(PlainText.escaped($0))" }
        }
    }

    private var methods: [String] {
        record.methods.map { "\($0.method), last \($0.lastUsedAt), first \($0.firstUsedAt)" }
    }

    private var factors: [String] {
        record.factors.factors.map { factor in
            let last = factor.lastUsedAt.map { "last \($0)" } ?? "never used"
            let name = factor.name.isEmpty ? "" : " (\(factor.name))"
            return "\(factor.kind.rawValue)\(name), since \(factor.createdAt), \(last)"
        }
    }

    private var identities: [String] {
        record.identities.map { identity in
            let label = identity.label.map { " (\($0))" } ?? ""
            return "\(identity.key.provider): \(identity.key.subject)\(label), since \(identity.linkedAt)"
        }
    }

    private var sessions: [String] {
        record.sessions.map { "\($0.device), \($0.address), last seen \($0.lastSeenAt), since \($0.createdAt)" }
    }

    private var applications: [String] {
        record.applications.map { application in
            let scopes = application.scopes.names.joined(separator: " ")
            return "\(application.clientID): \(scopes)\(application.isOffline ? ", while the person is away" : "")"
        }
    }

    private var happened: [String] {
        events.map { event in
            let details = event.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
                separator: " ")
            return "\(event.time) \(event.kind) by \(event.actor) \(details)"
        }
    }
}
