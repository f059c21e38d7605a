import Identity
import OAuth

/// The account page's facts in words.
struct AccountTexts {
    let rooms: Rooms
    let now: Instant

    private var time: TimeText { TimeText(catalogue: rooms.pages.catalogue, now: now) }

    func person(_ account: Account) -> [String: Any] {
        var person: [String: Any] = ["email": account.email.typed]
        person["name"] = account.profile.name
        person["username"] = account.profile.preferredUsername
        // Only our own: pages show nothing from elsewhere.
        person["picture"] = account.profile.picture.flatMap { $0.hasPrefix(Picture.folder) ? $0 : nil }
        person["roles"] = account.roles.map { $0.context.isEmpty ? $0.name : "\($0.name) (\($0.context))" }
        return person
    }

    func session(_ session: Session, current: String) -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        var row: [String: Any] = [
            "id": session.id, "current": session.id == current, "started": time.past(session.createdAt),
            "lastSeen": time.past(session.lastSeenAt),
            "expires": time.future(min(session.idleUntil, session.expiresAt)),
            "device": session.device.isEmpty ? catalogue.text("account.device_unknown") : session.device,
            "address": session.address.isEmpty ? catalogue.text("account.address_unknown") : session.address,
            "place": rooms.place(of: session), "methods": session.methods.map(method).joined(separator: ", "),
        ]
        if rooms.factors.policy.isOn { row["secondStep"] = FactorTexts(rooms: rooms, now: now).secondStep(session) }
        return row
    }

    func browser(_ browser: KnownBrowser, current: TokenDigest) -> [String: Any] {
        [
            "id": browser.id, "current": browser.browser == current, "lastSeen": time.past(browser.lastSeenAt),
            "device": browser.device.isEmpty ? rooms.pages.catalogue.text("account.device_unknown") : browser.device,
        ]
    }

    func method(_ use: SignInMethodUse) -> [String: Any] {
        ["name": method(use.method), "first": time.past(use.firstUsedAt), "last": time.past(use.lastUsedAt)]
    }

    /// What something was proven by.
    private func method(_ name: String) -> String {
        let key = "security.method.\(name)"
        guard !rooms.pages.catalogue.has(key) else { return rooms.pages.catalogue.text(key) }
        return rooms.upstream.signIn.provider(name)?.name ?? name
    }

    /// What happened to the account that its person should know of.
    func warnings(_ notices: [AccountNotice]) async throws -> [[String: Any]] {
        var warnings: [[String: Any]] = []
        for notice in notices {
            let name = try await rooms.registry.client(notice.clientID)?.name ?? notice.clientID
            let catalogue = rooms.pages.catalogue
            let key = "account.warning.\(notice.kind.rawValue)"
            warnings.append([
                "id": notice.id, "when": time.past(notice.createdAt),
                "heading": catalogue.text("\(key).heading", ["client": name]),
                "sentence": catalogue.text("\(key).sentence", ["client": name]),
            ])
        }
        return warnings
    }

    /// Apps that were allowed something, and apps of the house that were never asked about but hold access
    /// while the person is away. Clients that are gone are left out: they can no longer use anything.
    func applications(_ consents: [Consent], holding grants: [Grant]) async throws -> [[String: Any]] {
        var known = consents
        for grant in grants where !known.contains(where: { $0.clientID == grant.clientID }) {
            known.append(
                Consent(
                    subject: grant.authentication.subject, clientID: grant.clientID, scopes: grant.scopes,
                    resources: grant.resources, grantedAt: grant.createdAt))
        }
        var applications: [[String: Any]] = []
        for consent in known {
            guard let client = try await rooms.registry.client(consent.clientID) else { continue }
            applications.append([
                "clientID": client.id, "name": client.name,
                "scopes": consent.scopes.names.map(ScopeTexts(rooms.writer).text),
                "since": time.past(consent.grantedAt), "offline": consent.scopes.contains(ScopeSet.offlineAccess),
            ])
        }
        return applications
    }
}

extension Rooms {
    /// Roughly where somebody signed in (B095), or that it is not known.
    func place(of session: Session) -> String {
        places.place(of: session.address) ?? pages.catalogue.text("account.place_unknown")
    }
}
