import Identity
import OAuth

/// Tells whoever is signed in that somebody is getting in without the second factor, and stops it (MF9). That only makes
/// it stricter, so that it takes no fresh proof.
struct RecoveryWarning: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        [
            Route(
                SecondFactorPath.stopRecovery, .page,
                [.post: AccountDoor(rooms: rooms).form(on: AccountSection.security.path, stop)])
        ]
    }

    @Sendable private func stop(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        guard try await rooms.factors.recoveries.stop(of: resident.account.id, at: resident.visit.now) else {
            return try await SecurityRoutes(rooms: rooms).page(
                resident, refused: .nothingThere(rooms.pages.catalogue))
        }
        return rooms.done("recovery_stopped", at: .security, resident)
    }

    /// Nothing at all where none is under way.
    func context(_ resident: Resident) async throws -> [String: Any] {
        let now = resident.visit.now
        guard rooms.factors.policy.isOn,
            let recovery = try await rooms.factors.recoveries.underWay(for: resident.account.id, at: now)
        else { return [:] }
        let catalogue = rooms.pages.catalogue
        let when = TimeText(catalogue: catalogue, now: now).exact(recovery.readyAt)
        return [
            "recoveryWarning": catalogue.text("factors.recovery", ["when": when]),
            "recoveryLine": catalogue.text("factors.recovery.line"),
            "recoveryURL": AccountSection.security.path + "#second-step",
            "stopRecoveryAction": SecondFactorPath.stopRecovery,
        ]
    }
}
