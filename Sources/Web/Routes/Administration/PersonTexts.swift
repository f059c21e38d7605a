import Identity
import OAuth

/// What an administrator reads of a person, in words.
struct PersonTexts {
    let rooms: Rooms
    let now: Instant

    private var catalogue: Catalogue { rooms.pages.catalogue }
    private var time: TimeText { TimeText(catalogue: catalogue, now: now) }

    func row(_ account: Account) -> [String: Any] {
        var row: [String: Any] = [
            "id": account.id, "email": account.email.typed, "roles": account.roles.map(Self.role),
        ]
        row["name"] = account.profile.name
        row["tag"] = tag(account)
        return row
    }

    /// Only what is out of the ordinary.
    private func tag(_ account: Account) -> String? {
        guard account.state == .active else { return catalogue.text("admin.state.\(account.state.rawValue)") }
        return account.isEmailVerified ? nil : catalogue.text("admin.state.unverified")
    }

    static func role(_ role: Role) -> String { role.context.isEmpty ? role.name : "\(role.name) (\(role.context))" }

    func person(_ account: Account) -> [String: Any] {
        var person = row(account)
        let profile = account.profile
        let facts: [(String, String?)] = [
            ("name", profile.name), ("username", profile.preferredUsername), ("id", account.id),
            ("password", catalogue.text(account.passwordHash == nil ? "admin.password.none" : "admin.password.set")),
            ("created", time.past(account.createdAt)), ("changed", time.past(account.updatedAt)),
            ("deleted", account.deletion.map { deletion($0) }),
        ]
        person["facts"] = facts.compactMap { name, value in
            value.map { ["label": catalogue.text("admin.fact.\(name)"), "value": $0] }
        }
        return person
    }

    private func deletion(_ deletion: Deletion) -> String {
        catalogue.text("admin.deleted_by.\(deletion.actor.rawValue)", ["when": time.past(deletion.time)])
    }

    func method(_ use: SignInMethodUse) -> [String: Any] {
        let key = "admin.method.\(use.method)"
        return [
            "name": catalogue.has(key) ? catalogue.text(key) : use.method, "last": time.past(use.lastUsedAt),
            "first": time.past(use.firstUsedAt),
        ]
    }

    func session(_ session: Session) -> [String: Any] {
        [
            "device": session.device.isEmpty ? catalogue.text("account.device_unknown") : session.device,
            "address": session.address.isEmpty ? catalogue.text("account.address_unknown") : session.address,
            "place": rooms.place(of: session),
            "started": time.past(session.createdAt), "lastSeen": time.past(session.lastSeenAt),
        ]
    }

    func application(_ application: ConnectedApplication) async throws -> [String: Any] {
        [
            "name": try await rooms.registry.client(application.clientID)?.name ?? application.clientID,
            "scopes": application.scopes.names.map(ScopeTexts(rooms.writer).text),
            "since": time.past(application.since),
        ]
    }

    func event(_ event: RecordedEvent, of person: String) -> [String: Any] {
        let words = event.kind.replacing("_", with: " ")
        let pairs = [("client", event.clientID), ("network", event.network), ("reference", event.reference)]
        let known = pairs.compactMap { name, value in
            value.map { ["label": catalogue.text("admin.event.\(name)"), "value": $0] }
        }
        let details = event.details.sorted { $0.key < $1.key }.map { key, value in
            let name = "admin.detail.\(key)"
            return ["label": catalogue.has(name) ? catalogue.text(name) : key, "value": value]
        }
        return [
            "what": words.prefix(1).uppercased() + words.dropFirst(), "refused": event.outcome == "refused",
            "when": time.past(Instant(seconds: event.at / 1_000_000)), "by": actor(event.actor, of: person),
            "facts": known + details,
        ]
    }

    private func actor(_ actor: String, of person: String) -> String {
        let halves = actor.split(separator: ":", maxSplits: 1).map(String.init)
        let name = halves.count == 2 ? halves[1] : ""
        guard name != person else { return catalogue.text("admin.by.self") }
        let key = "admin.by.\(halves.first ?? "")"
        return catalogue.has(key) ? catalogue.text(key, ["name": name]) : actor
    }
}
