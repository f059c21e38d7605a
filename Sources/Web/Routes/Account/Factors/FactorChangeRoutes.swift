import Identity
import OAuth

/// Renaming and removing a factor, from the list on the page of security. Whose id is not one of the person's own is told
/// what whoever made it up is told (B068).
struct FactorChangeRoutes: Sendable {
    let rooms: Rooms

    private static let list = AccountSection.security.path

    var routes: [Route] {
        let door = EnrolmentDoor(rooms: rooms)
        return [
            Route(SecondFactorPath.rename, .page, [.post: door.form(on: Self.list, rename)]),
            Route(SecondFactorPath.remove, .page, [.get: ask, .post: door.form(on: Self.list, remove)]),
        ]
    }

    @Sendable private func rename(_ enrollee: Enrollee, _ form: OAuth.Parameters) async throws -> Reply {
        guard let name = FactorName(form["name"] ?? "") else {
            return try await refuse(.name(rooms.pages.catalogue), enrollee)
        }
        let outcome = try await rooms.factors.enrolment.rename(
            form["factor"] ?? "", to: name.text, rooms.enrolmentRequest(enrollee), at: enrollee.now)
        return try await rooms.answer(
            outcome, enrollee, done: "factor_renamed", on: Self.list, wrong: "change"
        ) { try await refuse($0, enrollee) }
    }

    /// The last one takes a page of its own, and a second yes: the account is open to the first step alone afterwards.
    @Sendable private func remove(_ enrollee: Enrollee, _ form: OAuth.Parameters) async throws -> Reply {
        let id = form["factor"] ?? ""
        let factors = try await rooms.factors.enrolment.holdings(of: enrollee.account.id).factors
        guard let factor = factors.first(where: { $0.id.isExactly(id) }) else {
            return try await refuse(.gone(rooms.pages.catalogue), enrollee)
        }
        guard factors.count > 1 || form["sure"] == "yes" else { return .seeOther(Self.page(of: factor)) }
        let outcome = try await rooms.factors.enrolment.remove(
            id, rooms.enrolmentRequest(enrollee), at: enrollee.now)
        return try await rooms.answer(
            outcome, enrollee, done: factors.count > 1 ? "factor_removed" : "factor_removed_last", on: Self.list,
            wrong: "change"
        ) { try await refuse($0, enrollee) }
    }

    /// `?factor=ID`: what is lost with the last one. Looking removes nothing.
    @Sendable private func ask(_ visit: Visit) async throws -> Reply {
        let id = try visit.queryParameters()["factor"] ?? ""
        let door = EnrolmentDoor(rooms: rooms)
        let action = door.page(Self.list) { enrollee in
            let factors = try await rooms.factors.enrolment.holdings(of: enrollee.account.id).factors
            guard let factor = factors.first(where: { $0.id.isExactly(id) }) else {
                return try await refuse(.gone(rooms.pages.catalogue), enrollee)
            }
            return try rooms.accountPage(
                .security, "account-factor-remove", enrollee.resident,
                [
                    "action": SecondFactorPath.remove, "factor": factor.id,
                    "name": FactorTexts(rooms: rooms, now: enrollee.now).name(factor), "isLast": factors.count == 1,
                    "backURL": Self.list,
                ])
        }
        return try await action(visit)
    }

    private static func page(of factor: Factor) -> String {
        SecondFactorPath.remove + "?" + FormEncoding.encode([("factor", factor.id)])
    }

    private func refuse(_ refusal: EnrolmentRefusal, _ enrollee: Enrollee) async throws -> Reply {
        try await SecurityRoutes(rooms: rooms).page(enrollee.resident, refused: refusal.refusal)
    }
}
