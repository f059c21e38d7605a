import Identity
import OAuth

/// What a person decides about their sign-in (B092-B097). What takes protection away has a page of its own before it,
/// which says so, and asks for a fresh proof of who it is.
struct PreferenceRoutes: Sendable {
    let rooms: Rooms

    private static let section = AccountSection.preferences
    private static let magicLinksPage = "/account/preferences/switch-on-magic-links"
    private static let noticesPage = "/account/preferences/switch-off-notices"

    var routes: [Route] {
        let door = AccountDoor(rooms: rooms)
        return [
            Route(Self.section.path, .page, [.get: door.page(Self.section.path) { try await page($0) }]),
            Route(Self.magicLinksPage, .page, [.get: door.page(Self.magicLinksPage, fresh: true, warnOfMagicLinks)]),
            Route(Self.noticesPage, .page, [.get: door.page(Self.noticesPage, fresh: true, warnOfSilence)]),
            Route("/account/preferences/magic-links", .page, [.post: door.form(on: Self.section.path, setMagicLinks)]),
            Route("/account/preferences/notices", .page, [.post: door.form(on: Self.section.path, setNotices)]),
        ]
    }

    @Sendable private func warnOfMagicLinks(_ resident: Resident) async throws -> Reply {
        try rooms.accountPage(
            Self.section, "account-magic-links", resident,
            ["action": "/account/preferences/magic-links", "backURL": Self.section.path])
    }

    @Sendable private func warnOfSilence(_ resident: Resident) async throws -> Reply {
        try rooms.accountPage(
            Self.section, "account-notices", resident,
            ["action": "/account/preferences/notices", "backURL": Self.section.path])
    }

    @Sendable private func setMagicLinks(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let isOn = form["value"] == "on"
        guard isOn || form["value"] == "off" else {
            return try await page(resident, refused: .noSuchChoice(rooms.pages.catalogue))
        }
        if isOn, let reply = confirmFirst(resident, Self.magicLinksPage) { return reply }
        _ = try await rooms.account.preferences.setMagicLinks(
            isOn, of: resident.account, from: visitor(resident), at: resident.visit.now)
        return rooms.done(isOn ? "magic_links_on" : "magic_links_off", at: Self.section, resident)
    }

    /// Silence takes two steps: asked for on the page, said yes to on the page that warns of it (B096).
    @Sendable private func setNotices(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        guard let notices = form["value"].flatMap(Preferences.SignInNotices.init) else {
            return try await page(resident, refused: .noSuchChoice(rooms.pages.catalogue))
        }
        if notices == .none {
            if let reply = confirmFirst(resident, Self.noticesPage) { return reply }
            guard form["sure"] == "yes" else { return .seeOther(Self.noticesPage) }
        }
        _ = try await rooms.account.preferences.setNotices(
            notices, of: resident.account, from: visitor(resident), at: resident.visit.now)
        return rooms.done("notices_" + notices.rawValue, at: Self.section, resident)
    }

    private func confirmFirst(_ resident: Resident, _ path: String) -> Reply? {
        Rooms.confirmFirst(resident.session, backTo: ReturnPath(known: path), at: resident.visit.now)
    }

    private func visitor(_ resident: Resident) -> Identity.Visitor {
        rooms.visitorRecord(resident.visit, resident.guest)
    }

    private func page(_ resident: Resident, refused refusal: AccountRefusal? = nil) async throws -> Reply {
        let preferences = try await rooms.account.preferences.preferences(of: resident.account)
        let catalogue = rooms.pages.catalogue
        let choices = Preferences.SignInNotices.allCases.map { notices in
            [
                "value": notices.rawValue, "label": catalogue.text("preferences.notices.\(notices.rawValue)"),
                "selected": notices == preferences.signInNotices,
            ] as [String: Any]
        }
        var context: [String: Any] = [
            "magicLinks": preferences.magicLinks, "magicLinksAction": "/account/preferences/magic-links",
            "notices": choices,
            "isSilent": preferences.signInNotices == .none, "noticesAction": "/account/preferences/notices",
        ]
        if rooms.asksForMagicLinks { context["magicLinksURL"] = Self.magicLinksPage }
        return try rooms.accountPage(Self.section, "account-preferences", resident, context, refused: refusal)
    }
}
