import HTTPTypes
import Identity
import JSON
import OAuth

/// One thing that can be done by the administration API: its address, what it asks for, what it gives. Routes and
/// description are made of the same list, so that neither can tell of what the other does not have.
struct APIOperation: Sendable {
    /// `operationId`.
    let id: String
    let method: HTTPRequest.Method
    /// Below `/api/admin/v1`.
    let path: String
    let scope: AdministrationScope
    let summary: String
    /// Of the query for a read, of the body for a write.
    let fields: [APIField]
    /// Takes `If-Match`, and gives `ETag` where it answers a person.
    let isConditional: Bool
    /// Refuses a call without `If-Match` (RFC 6585 §3): what replaces a whole takes away what its sender never saw.
    let demandsVersion: Bool
    /// What it answers tells of people: only who may read them gets it, everybody else 204.
    let isForReaders: Bool
    let status: HTTPResponse.Status
    let answer: APISchema?
    /// Refusals beside those that every call may get.
    let refusals: [APIProblemKind]
    let action: @Sendable (APICall) async throws -> Reply

    init(
        _ id: String, _ method: HTTPRequest.Method, _ path: String, _ scope: AdministrationScope, _ summary: String,
        fields: [APIField] = [], isConditional: Bool = false, demandsVersion: Bool = false,
        isForReaders: Bool = false, status: HTTPResponse.Status = .ok, answer: APISchema?,
        refusals: [APIProblemKind] = [],
        action: @escaping @Sendable (APICall) async throws -> Reply
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.scope = scope
        self.summary = summary
        self.fields = fields
        self.isConditional = isConditional
        self.demandsVersion = demandsVersion
        self.isForReaders = isForReaders
        self.status = status
        self.answer = answer
        self.refusals = refusals
        self.action = action
    }

    var isWrite: Bool { method != .get }
}

/// A call that was let in, with everything it brought read.
struct APICall: Sendable {
    let visit: Visit
    let caller: AdministrationCaller
    let body: APIBody
    /// The version a change is meant for (RFC 9110 §13.1.1).
    let version: String?

    var id: String { visit.places["id"] ?? "" }
    var now: Instant { visit.now }

    /// What tells of somebody, for those who may read it; without it for others (204).
    func answer(_ document: JSONObject) -> Reply {
        guard caller.scopes.contains(.readPeople) else { return Reply(.noContent) }
        return .json(JSONValue.object(document).bytes())
    }

    func instruction() throws(APIProblem) -> Instruction {
        guard let reason = body.text("reason").flatMap(Reason.init) else {
            throw APIProblem(
                .invalidMember, "reason must be one line of visible text", .apiBody("a reason that is none"),
                faults: [.init(pointer: "/reason", detail: "must be one line of visible text")])
        }
        return Instruction(
            by: caller.actor, .api, because: reason, isQuiet: body.flag("quiet"), ifStill: version,
            mayAppoint: caller.mayAppoint)
    }
}
