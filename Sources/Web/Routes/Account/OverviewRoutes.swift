import Identity
import OAuth

/// The first page of an account, and the page before it.
struct OverviewRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        let door = AccountDoor(rooms: rooms)
        let path = AccountSection.overview.path
        return [
            Route("/", .page, [.get: home]),
            Route(path, .page, [.get: door.page(path) { try await page($0) }]),
            Route("/account/notices/dismiss", .page, [.post: door.form(on: path, dismissNotice)]),
        ]
    }

    @Sendable private func home(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard guest.session == nil else { return .seeOther("/account") }
        var context: [String: Any] = ["signInURL": "/sign-in"]
        if rooms.offersSignUp { context["signUpURL"] = SignUpRoutes.path }
        let page = try rooms.writer.reply("home", title: rooms.pages.catalogue.text("title.home"), context)
        return rooms.welcome(guest, page)
    }

    @Sendable private func dismissNotice(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let id = form["notice"] ?? ""
        guard try await rooms.notices.dismiss(noticeID: id, of: resident.account.id) else {
            return try await page(resident, refused: .nothingThere(rooms.pages.catalogue))
        }
        return .seeOther(AccountSection.overview.path)
    }

    private func page(_ resident: Resident, refused refusal: AccountRefusal? = nil) async throws -> Reply {
        let texts = AccountTexts(rooms: rooms, now: resident.visit.now)
        let catalogue = rooms.pages.catalogue
        let notices = try await rooms.notices.notices(of: resident.account.id)
        let parts = AccountSection.allCases.filter { $0 != .overview }.map { section in
            [
                "path": section.path, "title": section.title(catalogue),
                "about": catalogue.text("account.about.\(section.rawValue)"),
            ]
        }
        var context: [String: Any] = [
            "person": texts.person(resident.account), "parts": parts,
            "warnings": try await texts.warnings(notices), "dismissAction": "/account/notices/dismiss",
        ]
        context.merge(try await RecoveryWarning(rooms: rooms).context(resident)) { $1 }
        return try rooms.accountPage(.overview, "account", resident, context, refused: refusal)
    }
}
