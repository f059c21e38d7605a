import HTTPTypes
import Identity
import JSON
import Logging
import OAuth

@testable import Web

/// Bodies of the administration API, its queries, and the ids in its paths: a line with the path, one with the query, then
/// the body.
struct APIBodyTarget: FuzzTarget {
    static let name = "api-body"

    private static let fields = [
        APIField("email", .text(maximum: 254), isRequired: true, ""), APIField("quiet", .boolean, ""),
        APIField("limit", .number(1...200), ""), APIField("state", .choice(["active", "disabled"]), ""),
        APIField("roles", .roles, ""),
    ]
    private static let pattern = PathPattern("/api/admin/v1/people/{id}/roles")

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        let (path, query, body) = (pieces.textLine(), pieces.textLine(), pieces.remainder())
        if let id = Self.pattern?.values(in: PathPattern.split(path))?["id"] {
            demand(path.isExactly("/api/admin/v1/people/\(id)/roles"), "an id is what stands in its place")
            demand(!id.isEmpty && id.utf8.allSatisfy { $0 > 0x2C && $0 < 0x7B && $0 != 0x2F }, "an id is plain")
        }
        let visit = Visit(
            method: .post, path: path, query: query, headers: [:], body: body, network: .unknown, reference: "",
            now: Instant(seconds: 0), logger: Logger(label: "", factory: { _ in SilentLog() }))
        do {
            check(try APIBody(visit, Self.fields))
        } catch {
            check(error)
        }
        if let read = try? APIBody(query: visit, Self.fields) { check(read) }
    }

    private func check(_ body: APIBody) {
        demand((body.text("email")?.unicodeScalars.count ?? 255) <= 254, "what must be there is there, and bounded")
        demand((1...200).contains(body["limit"]?.integerValue ?? 1), "a number is in its range")
        demand(["active", "disabled"].contains(body.text("state") ?? "active"), "a choice is one")
        demand(body["roles"].map { APIRoles($0) != nil } ?? true, "roles are roles")
        demand(body["password"] == nil, "nothing that is unknown")
    }

    /// Of what was sent nothing but names comes back, made harmless.
    private func check(_ problem: APIProblem) {
        for fault in problem.faults {
            let isHarmless = fault.pointer.unicodeScalars.allSatisfy { !PlainText.isTreacherous($0) }
            demand(isHarmless && fault.pointer.utf8.count < 1024, "a pointer is one line")
        }
    }
}
