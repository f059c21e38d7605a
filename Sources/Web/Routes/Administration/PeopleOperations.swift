import HTTPTypes
import Identity
import JSON
import OAuth

/// What the administration API can do with people: the same as the commands, by the same rules.
struct PeopleOperations: Sendable {
    let rooms: Rooms

    private var rules: Administration { rooms.administration.rules }

    var all: [APIOperation] { reads + changes }

    private var reads: [APIOperation] {
        [
            APIOperation(
                "listPeople", .get, "/people", .readPeople, "Finds people, in the order of their addresses.",
                fields: [
                    APIField("query", .text(maximum: 254), "The beginning of an address, or a part of a name."),
                    APIField("role", .text(maximum: RoleName.longest), "Only those who have the role."),
                    APIField("state", .choice(PersonQuery.State.allCases.map(\.rawValue)), "Only those who are so."),
                    APIField("after", .text(maximum: 600), "next of the page before."),
                    APIField("limit", .number(1...PersonQuery.most), "At most so many; 50 without it."),
                ], answer: .people, action: list),
            APIOperation(
                "getPerson", .get, "/people/{id}", .readPeople, "Tells of a person's account.", isConditional: true,
                answer: .person, refusals: [.notFound]
            ) { call in try person(await account(call), call) },
            APIOperation(
                "getAccess", .get, "/people/{id}/access", .readPeople,
                "Tells how a person signs in, where they are signed in, and what apps may do.", answer: .access,
                refusals: [.notFound], action: access),
            APIOperation(
                "listEvents", .get, "/people/{id}/events", .readAudit, "Tells what happened to a person.",
                fields: [
                    APIField("after", .text(maximum: 600), "next of the page before."),
                    APIField("limit", .number(1...500), "At most so many; 50 without it."),
                ], answer: .events, refusals: [.notFound], action: events),
        ]
    }

    private var changes: [APIOperation] {
        [
            change(
                "disablePerson", "/people/{id}/disable",
                "Shuts a person out: sessions, tokens and mailed links end at once.", [.reason, .quiet]
            ) { try await rules.disable($0.id, $0.instruction(), at: $0.now) },
            change(
                "enablePerson", "/people/{id}/enable",
                "Lets a person in again who was disabled or deleted. What ended stays ended.", [.reason]
            ) { try await rules.enable($0.id, $0.instruction(), at: $0.now) },
            change(
                "deletePerson", "/people/{id}/delete",
                "Deletes an account: disabled at once, gone when the time of grace is over.", [.reason, .quiet]
            ) { try await rules.delete($0.id, $0.instruction(), at: $0.now) },
            APIOperation(
                "purgePerson", .post, "/people/{id}/purge", .writePeople,
                "Removes an account for good, at once. Nothing takes it back.", fields: [.reason, .quiet],
                isConditional: true, status: .noContent, answer: nil, refusals: Self.changeRefusals
            ) { call in
                _ = try settled(await rules.purge(call.id, call.instruction(), at: call.now), call)
                return Reply(.noContent)
            },
            change(
                "setRoles", "/people/{id}/roles",
                "Gives a person exactly these roles. Making an administrator takes a scope of its own.",
                [APIField("roles", .roles, isRequired: true, "All roles the person then has."), .reason], method: .put,
                demandsVersion: true, refusals: [.preconditionRequired]
            ) { call in
                let roles = call.body["roles"].flatMap(APIRoles.init)?.roles ?? []
                return try await rules.setRoles(of: call.id, call.instruction(), at: call.now) { _ in roles }
            },
            change(
                "startRecovery", "/people/{id}/recovery",
                "Sends a person the mail by which they choose another password. Nobody else sees the link.", [.reason],
                refusals: [.notPossible]
            ) { try await rules.startRecovery(of: $0.id, $0.instruction(), at: $0.now) },
            change(
                "resetFactors", "/people/{id}/reset-factors",
                """
                Removes all second factors of a person who lost them, with backup codes and remembered browsers, and \
                signs the person out everywhere. The person hears of it by mail.
                """, [.reason], refusals: [.notPossible]
            ) { try await rules.resetFactors(of: $0.id, $0.instruction(), at: $0.now) },
            APIOperation(
                "endSessions", .post, "/people/{id}/end-sessions", .writePeople, "Signs a person out everywhere.",
                fields: [
                    .reason,
                    APIField("applications", .boolean, "Whether what apps hold while the person is away ends too."),
                ], answer: .ended, refusals: [.notFound], action: endSessions),
        ]
    }

    private func change(
        _ id: String, _ path: String, _ summary: String, _ fields: [APIField], method: HTTPRequest.Method = .post,
        demandsVersion: Bool = false, refusals: [APIProblemKind] = [],
        _ deed: @escaping @Sendable (APICall) async throws -> Administration.Outcome
    ) -> APIOperation {
        APIOperation(
            id, method, path, .writePeople, summary, fields: fields, isConditional: true,
            demandsVersion: demandsVersion, isForReaders: true, answer: .person,
            refusals: Self.changeRefusals + refusals
        ) { call in person(try settled(await deed(call), call), call) }
    }

    private static let changeRefusals: [APIProblemKind] = [.notFound, .changedMeanwhile, .lastAdministrator]

    private func settled(_ outcome: Administration.Outcome, _ call: APICall) throws -> Account {
        switch outcome {
        case .done(let account), .unchanged(let account): return account
        case .nobody: throw APIProblem.nobody
        case .changedMeanwhile: throw APIProblem(.changedMeanwhile, "read the person again", .apiStale)
        case .lastAdministrator:
            throw APIProblem(.lastAdministrator, "make somebody else administrator first", .lastAdministrator)
        case .notPossible: throw APIProblem(.notPossible, "the account must be enabled first", .adminNotPossible)
        case .mayNotAppoint: throw mayNotAppoint(call)
        }
    }

    private func mayNotAppoint(_ call: APICall) -> OAuthError {
        rooms.administration.access.refusal(of: call.caller, lacking: .writeAdministrators)
    }

    @Sendable private func list(_ call: APICall) async throws -> Reply {
        let cursors = rooms.administration.cursors
        var query = PersonQuery()
        query.text = call.body.text("query")
        query.role = call.body.text("role")
        query.state = call.body.text("state").flatMap(PersonQuery.State.init)
        query.after = try cursors.place(call.body.text("after"), in: "people")
        let limit = Int(clamping: call.body["limit"]?.integerValue ?? 50)
        query.limit = limit + 1
        let found = try await rules.people(query)
        let page = found.prefix(limit)
        var object: JSONObject = ["people": .array(page.map { .object(PersonDocument.account($0)) })]
        if found.count > limit, let last = page.last {
            object["next"] = .string(try cursors.cursor(to: last.email.canonical, in: "people"))
        }
        return .json(JSONValue.object(object).bytes())
    }

    @Sendable private func access(_ call: APICall) async throws -> Reply {
        guard let record = try await rules.record(call.id, at: call.now) else { throw APIProblem.nobody }
        return .json(JSONValue.object(PersonDocument.access(record)).bytes())
    }

    /// Also of somebody who is gone: events outlive accounts. An id that nothing is known of is nobody's.
    @Sendable private func events(_ call: APICall) async throws -> Reply {
        let cursors = rooms.administration.cursors
        let scope = "events \(call.id)"
        let before = try cursors.place(call.body.text("after"), in: scope)
        let limit = Int(clamping: call.body["limit"]?.integerValue ?? 50)
        let found = try await rules.events(of: call.id, before: before, limit: limit + 1)
        if found.isEmpty, before == nil, try await rules.account(call.id) == nil { throw APIProblem.nobody }
        let page = found.prefix(limit)
        var object: JSONObject = ["events": .array(page.map(PersonDocument.event))]
        if found.count > limit, let last = page.last {
            object["next"] = .string(try cursors.cursor(to: last.id, in: scope))
        }
        return .json(JSONValue.object(object).bytes())
    }

    @Sendable private func endSessions(_ call: APICall) async throws -> Reply {
        let ending = try await rules.endAccess(
            of: call.id, applications: call.body.flag("applications"), call.instruction(), at: call.now)
        let ended: EndedAccess
        switch ending {
        case .ended(let found): ended = found
        case .nobody: throw APIProblem.nobody
        case .mayNotAppoint: throw mayNotAppoint(call)
        }
        let object: JSONValue = [
            "sessions": .integer(Int64(ended.sessions)), "applications": .integer(Int64(ended.applications)),
        ]
        return .json(object.bytes())
    }

    private func account(_ call: APICall) async throws -> Account {
        guard let account = try await rules.account(call.id) else { throw APIProblem.nobody }
        return account
    }

    private func person(_ account: Account, _ call: APICall) -> Reply {
        var reply = call.answer(PersonDocument.account(account))
        reply.headers[.eTag] = "\"\(account.version)\""
        return reply
    }
}

extension APIProblem {
    static func member(_ name: String, _ rule: String) -> APIProblem {
        APIProblem(
            .invalidMember, "\(name) \(rule)", .apiBody("a member that cannot be used"),
            faults: [.init(pointer: "/\(name)", detail: "\(name) \(rule)")])
    }

    static let nobody = APIProblem(.notFound, "nobody has this id", .apiNobody)
}
