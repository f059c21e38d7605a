import HTTPTypes
import Identity
import OAuth

/// Taking one's data along, and leaving (B029, B126).
struct DataRoutes: Sendable {
    let rooms: Rooms

    private static let section = AccountSection.data
    private static let deletePage = "/account/delete"
    private static let farewellPage = "/account/deleted"
    /// Each reads everything there is of a person.
    private static let exports = ThrottleLimit("data-export", attempts: 10, window: 3600)

    var routes: [Route] {
        let door = AccountDoor(rooms: rooms)
        return [
            Route(Self.section.path, .page, [.get: door.page(Self.section.path) { try page($0) }]),
            Route("/account/export", .page, [.post: door.form(on: Self.section.path, fresh: true, export)]),
            Route(
                Self.deletePage, .page,
                [
                    .get: door.page(Self.deletePage, fresh: true) { try ask($0) },
                    .post: door.form(on: Self.deletePage, fresh: true, delete),
                ]),
            Route(Self.farewellPage, .page, [.get: farewell]),
        ]
    }

    private func page(_ resident: Resident, refused refusal: AccountRefusal? = nil) throws -> Reply {
        let isFresh = resident.session.isFresh(at: resident.visit.now)
        let confirmURL = Rooms.confirmation(of: resident.session, backTo: ReturnPath(known: Self.section.path))
        return try rooms.accountPage(
            Self.section, "account-data", resident,
            [
                "exportAction": "/account/export", "isFresh": isFresh, "confirmURL": confirmURL,
                "deleteURL": Self.deletePage, "days": days,
            ], refused: refusal)
    }

    /// A file for the person's own disk, never kept by a cache.
    @Sendable private func export(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        if let refusal = try await rooms.refusal(by: Self.exports, of: resident) {
            return try page(resident, refused: refusal)
        }
        let document = try await AccountExport(rooms: rooms).document(
            of: resident.account, sessionID: resident.session.id, at: resident.visit.now)
        rooms.audit.record(AuditEvent(.dataExported, subject: resident.account.id))
        var reply = Reply.json(document.bytes())
        reply.headers[.contentDisposition] = "attachment; filename=\"account.json\""
        return reply
    }

    private func ask(_ resident: Resident, refused: (sentence: String, finding: Finding)? = nil) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let time = TimeText(catalogue: catalogue, now: resident.visit.now)
        var context: [String: Any] = [
            "action": Self.deletePage, "email": resident.account.email.typed, "backURL": Self.section.path,
            "until": time.future(rooms.account.deletion.end(from: resident.visit.now)),
        ]
        guard let refused else { return try rooms.accountPage(Self.section, "account-delete", resident, context) }
        context["sureError"] = refused.sentence
        context["error"] =
            [
                "summary": catalogue.text("error.summary.form"), "reference": resident.visit.reference,
                "fields": [["id": "sure", "message": refused.sentence]],
            ] as [String: Any]
        var reply = try rooms.accountPage(
            Self.section, "account-delete", resident, context, status: .unprocessableContent)
        reply.examination = Examination(refused.finding, in: Course.pageForm, established: resident.established)
        return reply
    }

    @Sendable private func delete(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        guard form["sure"] == "yes" else {
            return try ask(resident, refused: (catalogue.text("delete.sure_missing"), .deletionNotTicked))
        }
        let visitor = rooms.visitorRecord(resident.visit, resident.guest)
        let outcome = try await rooms.account.deletion.delete(
            resident.account, from: visitor, at: resident.visit.now)
        if outcome == .lastAdministrator {
            return try ask(resident, refused: (catalogue.text("delete.last_administrator"), .lastAdministrator))
        }
        var reply = rooms.done("account_deleted", at: Self.farewellPage, resident.guest, resident.visit)
        reply.headers.append(HTTPField(name: .setCookie, value: rooms.cookies.clearingSession))
        return reply
    }

    /// For whoever has just deleted their account, here; nobody else is frightened by a link to this page.
    @Sendable private func farewell(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        guard rooms.justDone(visit, guest) == "account_deleted" else { return rooms.welcome(guest, .seeOther("/")) }
        return rooms.welcome(guest, try goodbye())
    }

    private func goodbye() throws -> Reply {
        try rooms.writer.reply(
            "account-deleted", title: rooms.pages.catalogue.text("title.account_deleted"),
            ["signInURL": "/sign-in", "days": days])
    }

    private var days: String {
        let days = max(1, rooms.account.deletion.grace / 86_400)
        return days == 1
            ? rooms.pages.catalogue.text("delete.days_one")
            : rooms.pages.catalogue.text("delete.days", ["count": String(days)])
    }
}
