import OAuth

/// The apps that may use an account (SE7, SE12).
struct ApplicationRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        let door = AccountDoor(rooms: rooms)
        let path = AccountSection.applications.path
        return [
            Route(path, .page, [.get: door.page(path) { try await page($0) }]),
            Route("/account/applications/remove", .page, [.post: door.form(on: path, remove)]),
        ]
    }

    @Sendable private func remove(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        guard let client = try await rooms.registry.client(form["application"] ?? "") else {
            return try await page(resident, refused: .nothingThere(catalogue))
        }
        try await rooms.grants.revokeGrants(of: resident.account.id, to: client.id, at: resident.visit.now)
        rooms.audit.record(AuditEvent(.consentRevoked, subject: resident.account.id, clientID: client.id))
        return try await page(
            resident, notice: catalogue.text("account.application_revoked", ["client": client.name]))
    }

    private func page(
        _ resident: Resident, notice: String? = nil, refused refusal: AccountRefusal? = nil
    ) async throws -> Reply {
        let id = resident.account.id
        let consents = try await rooms.consents.consents(of: id)
        let grants = try await rooms.grants.offlineGrants(of: id, at: resident.visit.now)
        let texts = AccountTexts(rooms: rooms, now: resident.visit.now)
        let context: [String: Any] = [
            "applications": try await texts.applications(consents, holding: grants),
            "revokeAction": "/account/applications/remove",
        ]
        return try rooms.accountPage(
            .applications, "account-applications", resident, context, notice: notice, refused: refusal)
    }
}
