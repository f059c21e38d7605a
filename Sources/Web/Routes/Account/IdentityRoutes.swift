import HTTPTypes
import Identity
import OAuth

/// The accounts at providers that a person has connected: on the page of security, one more and one less. Either needs a
/// sign-in of the last minutes (SO8).
struct IdentityRoutes: Sendable {
    let rooms: Rooms

    private static let section = AccountSection.security
    private static let connectPath = "/account/security/connect"
    private static let disconnectPath = "/account/security/disconnect"

    var routes: [Route] {
        let door = AccountDoor(rooms: rooms)
        let path = Self.section.path
        return [
            Route(Self.connectPath, .page, [.post: door.form(on: path, fresh: true, connect)]),
            Route(Self.disconnectPath, .page, [.post: door.form(on: path, fresh: true, disconnect)]),
        ]
    }

    /// For the section of the page; nothing where there are no providers and nobody has any.
    func context(_ resident: Resident) async throws -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        let linked = try await rooms.upstream.links.identities(of: resident.account.id)
        let providers = rooms.providers(for: nil)
        guard !linked.isEmpty || !providers.isEmpty else { return [:] }
        let time = TimeText(catalogue: catalogue, now: resident.visit.now)
        let free = providers.filter { provider in !linked.contains { $0.key.provider == provider.id } }
        return [
            "hasIdentities": true, "connectAction": Self.connectPath, "disconnectAction": Self.disconnectPath,
            "identities": linked.map { identity in
                [
                    "provider": identity.key.provider, "subject": identity.key.subject,
                    "name": rooms.providerName(identity.key.provider), "label": identity.label ?? "",
                    "since": time.past(identity.linkedAt),
                    "last": identity.lastUsedAt.map(time.past) ?? catalogue.text("security.never"),
                ] as [String: Any]
            },
            "connectable": free.map { provider in
                [
                    "id": provider.id,
                    "text": catalogue.text("security.connect", ["provider": provider.name]),
                ]
            },
        ]
    }

    @Sendable private func connect(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let id = form["provider"] ?? ""
        guard rooms.providers(for: nil).contains(where: { $0.id.isExactly(id) }) else {
            return try await page(resident, .noSuchChoice(rooms.pages.catalogue))
        }
        let beginning = try await rooms.upstream.signIn.begin(
            id, .link(accountID: resident.account.id, sessionID: resident.session.id),
            leadingTo: Onward(next: ReturnPath(known: Self.section.path)).query, hint: nil,
            in: resident.guest.browser.digest, from: resident.visit.network, at: resident.visit.now)
        switch beginning {
        case .away(let url): return try rooms.away(to: url, id)
        case .failed(let fault): return try await page(resident, UpstreamSaying(fault, id, rooms).refusal)
        case .throttled(let seconds):
            return try await page(resident, UpstreamSaying(throttled: seconds, rooms).refusal)
        }
    }

    /// Back from a provider. What came back belongs to the session that began, if that is still here and fresh.
    func link(
        _ identity: Result<UpstreamIdentity, UpstreamFault>, _ attempt: UpstreamAttempt, _ visit: Visit, _ guest: Guest
    ) async throws -> Reply {
        guard let resident = try await rooms.resident(visit, guest) else {
            if case .success(let identity) = identity {
                _ = try await rooms.upstream.links.link(
                    identity, by: attempt, in: nil, browser: guest.browser.digest, visit.network, at: visit.now)
            }
            return Rooms.signInFirst(guest, backTo: ReturnPath(known: Self.section.path))
        }
        let id = attempt.provider
        switch identity {
        case .failure(let fault): return try await page(resident, UpstreamSaying(fault, id, rooms).refusal)
        case .success(let identity):
            let outcome = try await rooms.upstream.links.link(
                identity, by: attempt, in: resident.session, browser: guest.browser.digest, visit.network,
                at: visit.now)
            switch outcome {
            case .linked: return rooms.done("identity_linked", at: Self.section, resident)
            case .ownedElsewhere: return try await page(resident, UpstreamSaying(ownedElsewhere: id, rooms).refusal)
            case .overtaken: return try await page(resident, UpstreamSaying(overtaken: id, rooms).refusal)
            }
        }
    }

    @Sendable private func disconnect(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let outcome = try await rooms.upstream.links.remove(
            .init(provider: form["provider"] ?? "", subject: form["subject"] ?? ""), of: resident.account,
            in: resident.session, at: resident.visit.now)
        switch outcome {
        case .removed: return rooms.done("identity_removed", at: Self.section, resident)
        case .last:
            let sentence = catalogue.text("security.last_way")
            return try await page(
                resident,
                AccountRefusal(sentence: sentence, status: .conflict, finding: .lastWayIn, course: Course.upstream))
        case .absent: return try await page(resident, .nothingThere(catalogue))
        }
    }

    private func page(_ resident: Resident, _ refusal: AccountRefusal) async throws -> Reply {
        try await SecurityRoutes(rooms: rooms).page(resident, refused: refusal)
    }
}

extension UpstreamSaying {
    /// On a page of the account.
    fileprivate var refusal: AccountRefusal {
        AccountRefusal(
            sentence: sentence, status: status, finding: finding, course: Course.upstream, retryAfter: retryAfter)
    }
}
