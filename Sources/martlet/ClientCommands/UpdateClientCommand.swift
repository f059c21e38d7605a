import ArgumentParser
import JSON
import OAuth

/// `martlet client update`: the changes that are wanted often, wherever the client is registered.
struct UpdateClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a client's registration.",
        discussion: """
            What is not named stays. A change that would leave a broken registration is refused as a whole.

            For anything that has no option of its own, edit the whole registration, wherever it is kept:

              martlet client show our-wiki > our-wiki.draft
              (edit our-wiki.draft; Clients/README.md tells of every member)
              martlet client update our-wiki --from our-wiki.draft

            What the file leaves out is gone. Every fault is told with its line, and then nothing is changed. Secrets \
            are made and ended by `martlet client secret`: a file brings none to a client that has some.
            """)

    @Argument(help: "The client_id. One that begins with - goes after --.")
    var id: String
    @Option(name: .long, help: "The name people see.")
    var name: String?
    @Option(name: .long, help: "All it may ask for, separated by spaces.")
    var scope: String?
    @Option(name: .customLong("add-redirect-uri"), help: "May be repeated.")
    var addedRedirectURIs: [String] = []
    @Option(name: .customLong("remove-redirect-uri"), help: "May be repeated.")
    var removedRedirectURIs: [String] = []
    @Option(name: .customLong("add-post-logout-redirect-uri"), help: "May be repeated.")
    var addedPostLogoutRedirectURIs: [String] = []
    @Option(name: .customLong("remove-post-logout-redirect-uri"), help: "May be repeated.")
    var removedPostLogoutRedirectURIs: [String] = []
    @Option(name: .customLong("add-role"), help: "People need one of its roles; may be repeated.")
    var addedRoles: [String] = []
    @Option(name: .customLong("remove-role"), help: "May be repeated.")
    var removedRoles: [String] = []
    @Option(name: .customLong("from"), help: "A file with the whole registration, as martlet client show prints it.")
    var file: String?
    @OptionGroup var options: ClientOptions

    func validate() throws {
        let isNamed = name != nil || scope != nil || !lists.allSatisfy { $0.added.isEmpty && $0.removed.isEmpty }
        guard isNamed || file != nil else {
            throw ValidationError("say what to change, such as --add-redirect-uri; see --help")
        }
        guard !isNamed || file == nil else {
            throw ValidationError("--from brings the whole registration; give it without other changes")
        }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let place = try await options.withPlaces(settings) { places in
            var found = try await places.existing(id)
            found.object =
                try file.map { try EditedRegistration(path: $0, rules: places.folder.files.rules).replacing(found) }
                ?? changed(found.object)
            try await places.rewrite(found)
            return found.place
        }
        await settings.witness(
            AuditEvent(.clientChanged, clientID: id, details: ["method": "command", "in": place.rawValue]))
        Terminal.tell("\(id) is changed in the \(place.rawValue).")
        Terminal.tell(place.reminder)
    }

    func changed(_ object: JSONObject) throws(CommandRefusal) -> JSONObject {
        var object = object
        if let name { object["client_name"] = .string(name) }
        if let scope { object["scope"] = .string(scope) }
        for list in lists where !list.added.isEmpty || !list.removed.isEmpty {
            let texts = try list.applied(to: object[list.member])
            object[list.member] = texts.isEmpty ? nil : .array(texts.map(JSONValue.string))
        }
        return object
    }

    private var lists: [ListChange] {
        [
            ListChange(member: "redirect_uris", added: addedRedirectURIs, removed: removedRedirectURIs),
            ListChange(
                member: "post_logout_redirect_uris", added: addedPostLogoutRedirectURIs,
                removed: removedPostLogoutRedirectURIs),
            ListChange(member: "martlet_required_roles", added: addedRoles, removed: removedRoles),
        ]
    }
}

/// What goes and what comes in one list of texts.
private struct ListChange {
    let member: String
    let added: [String]
    let removed: [String]

    /// Taking away what is not there is a slip somebody should know of: the address meant would stay open.
    func applied(to value: JSONValue?) throws(CommandRefusal) -> [String] {
        var texts = value?.stringsValue ?? []
        for text in removed {
            guard let place = texts.firstIndex(where: { $0.isExactly(text) }) else {
                throw CommandRefusal("\(text.debugDescription) is not in \(member); it holds \(texts)")
            }
            texts.remove(at: place)
        }
        return texts + added.filter { text in !texts.contains { $0.isExactly(text) } }
    }
}
