import Identity
import OAuth

/// How a person signs in, and what keeps others from doing so (B069).
struct SecurityRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        let path = AccountSection.security.path
        return [Route(path, .page, [.get: AccountDoor(rooms: rooms).page(path, page)])]
    }

    @Sendable private func page(_ resident: Resident) async throws -> Reply {
        try await page(resident, refused: nil)
    }

    func page(_ resident: Resident, refused refusal: AccountRefusal?) async throws -> Reply {
        let account = resident.account
        let texts = AccountTexts(rooms: rooms, now: resident.visit.now)
        let preferences = try await rooms.account.preferences.preferences(of: account)
        let sessions = try await rooms.sessions.list(of: account.id, at: resident.visit.now)
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "hasPassword": account.passwordHash != nil,
            "email": account.email.typed, "isVerified": account.isEmailVerified,
            "methods": try await rooms.account.methods.signInMethods(of: account.id).map(texts.method),
            "notices": catalogue.text("security.notices.\(preferences.signInNotices.rawValue)"),
            "preferencesURL": AccountSection.preferences.path, "sessionsURL": AccountSection.sessions.path,
            "sessionCount": sessions.count == 1
                ? catalogue.text("security.sessions_one")
                : catalogue.text("security.sessions", ["count": String(sessions.count)]),
        ]
        if rooms.asksForMagicLinks {
            context["magicLinks"] = catalogue.text("security.magic_links.\(preferences.magicLinks ? "on" : "off")")
        }
        if rooms.settings.takesPasswords { context["passwordURL"] = PasswordRoutes.path }
        context.merge(try await IdentityRoutes(rooms: rooms).context(resident)) { $1 }
        context.merge(try await FactorTexts(rooms: rooms, now: resident.visit.now).section(resident)) { $1 }
        context.merge(try await RecoveryWarning(rooms: rooms).context(resident)) { $1 }
        return try rooms.accountPage(.security, "account-security", resident, context, refused: refusal)
    }
}
