import HTTPTypes
import Identity
import JSON
import OAuth

/// What the administration API can do about links to sign in with: make one, for somebody who is locked out.
struct StaffLinkOperations: Sendable {
    let rooms: Rooms

    var all: [APIOperation] {
        [
            APIOperation(
                "makeSignInLink", .post, "/people/{id}/sign-in-link", .writePeople,
                """
                Makes a link that signs a person in once, within \(StaffLinks.lifetime / 60) minutes, in any browser. It \
                is told in this answer alone, a newer one ends it, and the person hears of it by mail. Nobody who \
                administers gets one.
                """,
                fields: [.reason], isConditional: true, status: .created, answer: .signInLink,
                refusals: [.notForAdministrators, .notFound, .changedMeanwhile, .notPossible], action: make)
        ]
    }

    @Sendable private func make(_ call: APICall) async throws -> Reply {
        switch try await rooms.staffLinks.make(for: call.id, call.instruction(), from: call.visit.network, at: call.now)
        {
        case .made(let made):
            let document = made.document(issuer: rooms.settings.issuer)
            return .json(JSONValue.object(document).bytes(), status: .created)
        case .nobody: throw APIProblem.nobody
        case .changedMeanwhile: throw APIProblem(.changedMeanwhile, "read the person again", .apiStale)
        case .administrator:
            throw APIProblem(
                .notForAdministrators, "nobody signs in for an administrator", .staffLinkForAdministrator)
        case .notActive: throw APIProblem(.notPossible, "the account must be enabled first", .adminNotPossible)
        case .untold:
            throw APIProblem(.notPossible, "no mail is sent here, so the person would not hear of it", .staffLinkUntold)
        case .unproven:
            throw APIProblem(
                .notPossible, "the address was never proven; a mail proves it, and no link of staff", .staffLinkUnproven
            )
        }
    }
}
