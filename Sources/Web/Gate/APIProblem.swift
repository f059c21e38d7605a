import HTTPTypes
import JSON
import OAuth

/// A refusal of the administration API as RFC 9457 writes it.
struct APIProblem: Error, Sendable {
    /// One member of the body that is wrong, by its JSON Pointer (RFC 6901).
    struct Fault: Sendable, Equatable {
        let pointer: String
        let detail: String
    }

    let kind: APIProblemKind
    let detail: String
    let faults: [Fault]
    let examination: Examination
    let retryAfter: Int64?

    init(
        _ kind: APIProblemKind, _ detail: String, _ finding: Finding, faults: [Fault] = [], retryAfter: Int64? = nil
    ) {
        self.init(kind, detail, Examination(finding, in: APICourse.call), faults: faults, retryAfter: retryAfter)
    }

    init(
        _ kind: APIProblemKind, _ detail: String, _ examination: Examination, faults: [Fault] = [],
        retryAfter: Int64? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.examination = examination
        self.retryAfter = retryAfter
    }

    /// - Parameter reference: by which the operator can ask `martlet explain`.
    func reply(reference: String) -> Reply {
        var object: JSONObject = [
            "type": .string("urn:martlet:problem:\(kind.rawValue)"), "title": .string(kind.title),
            "status": .integer(Int64(kind.status.code)), "detail": .string(detail), "reference": .string(reference),
        ]
        if !faults.isEmpty {
            object["errors"] = .array(faults.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] })
        }
        var reply = Reply(
            kind.status, headers: [.contentType: "application/problem+json"], body: JSONValue.object(object).bytes())
        reply.examination = examination
        if let retryAfter { reply.headers[.retryAfter] = String(retryAfter) }
        return reply
    }
}
