import HTTPTypes
import Identity
import OAuth

/// Finding a person, for administrators.
struct PeoplePages: Sendable {
    static let pageSize = 25

    let rooms: Rooms

    var routes: [Route] { [Route("/admin", .page, [.get: show], isHidden: true)] }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let administrator = try await rooms.administrator(visit)
        let form = try visit.queryParameters()
        let cursors = rooms.administration.cursors
        var query = PersonQuery()
        query.text = form["query"].map { String($0.prefix(254)) }
        query.role = form["role"].map { String($0.prefix(RoleName.longest)) }
        query.state = form["state"].flatMap(PersonQuery.State.init)
        // A cursor that is none begins anew: the page is a list, not an answer to a program.
        query.after = try? cursors.place(form["after"], in: "people")
        query.limit = Self.pageSize + 1
        let found = try await rooms.administration.rules.people(query)
        let page = found.prefix(Self.pageSize)
        let texts = PersonTexts(rooms: rooms, now: visit.now)
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "onPeople": true, "query": query.text ?? "", "role": query.role ?? "",
            "states": PersonQuery.State.allCases.map { state in
                [
                    "value": state.rawValue, "text": catalogue.text("admin.state.\(state.rawValue)"),
                    "chosen": state == query.state,
                ] as [String: Any]
            },
            "people": page.map(texts.row),
            "foundHeading": catalogue.text(
                query.text == nil && query.role == nil && query.state == nil ? "admin.everybody" : "admin.found"),
        ]
        if found.count > Self.pageSize, let last = page.last {
            var next = form.pairs.filter { $0.name != "after" && ["query", "role", "state"].contains($0.name) }
            next.append((name: "after", value: try cursors.cursor(to: last.email.canonical, in: "people")))
            context["nextURL"] = "/admin?" + FormEncoding.encode(next)
        }
        let reply = try rooms.writer.reply("admin-people", title: catalogue.text("title.admin_people"), context)
        return rooms.welcome(administrator.guest, reply)
    }
}
