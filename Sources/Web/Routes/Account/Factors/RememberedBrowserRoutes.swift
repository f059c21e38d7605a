import Identity
import OAuth

/// Having browsers forgotten on which the second step is skipped for a while (B100). That only makes it stricter, so
/// that it takes no fresh proof.
struct RememberedBrowserRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        let door = AccountDoor(rooms: rooms)
        let list = AccountSection.security.path
        return [
            Route(SecondFactorPath.forgetBrowser, .page, [.post: door.form(on: list, forget)]),
            Route(SecondFactorPath.forgetAllBrowsers, .page, [.post: door.form(on: list, forgetAll)]),
        ]
    }

    @Sendable private func forget(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let id = form["browser"] ?? ""
        guard try await rooms.factors.remembered.forgetRemembered(id, of: resident.account.id) else {
            return try await SecurityRoutes(rooms: rooms).page(
                resident, refused: .nothingThere(rooms.pages.catalogue))
        }
        record(1, resident)
        return rooms.done("remembered_forgotten", at: .security, resident)
    }

    @Sendable private func forgetAll(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let count = try await rooms.factors.remembered.forgetAllRemembered(of: resident.account.id)
        if count > 0 { record(count, resident) }
        return rooms.done("remembered_all_forgotten", at: .security, resident)
    }

    private func record(_ count: Int, _ resident: Resident) {
        rooms.audit.record(
            AuditEvent(.browsersForgotten, subject: resident.account.id, details: ["count": String(count)]))
    }
}
