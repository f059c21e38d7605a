import Identity
import OAuth

/// `/account/factors/codes`: how many backup codes are left, and ten new ones in their place. They are shown in the answer
/// to the form and nowhere else, ever: only digests are kept (MF3).
struct BackupCodeRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        let door = EnrolmentDoor(rooms: rooms)
        return [
            Route(
                SecondFactorPath.codes, .secretPage,
                [
                    .get: door.page(SecondFactorPath.codes) { try await page($0) },
                    .post: door.form(on: SecondFactorPath.codes, renew),
                ])
        ]
    }

    private func page(_ enrollee: Enrollee, refused refusal: EnrolmentRefusal? = nil) async throws -> Reply {
        let holdings = try await rooms.factors.enrolment.holdings(of: enrollee.account.id)
        guard holdings.isEnrolled else { return .seeOther(enrollee.onward.address(SecondFactorPath.setUp)) }
        let texts = FactorTexts(rooms: rooms, now: enrollee.now)
        return try rooms.enrolmentPage(
            "account-factor-codes", title: "factors.codes.title", enrollee,
            [
                "action": SecondFactorPath.codes, "left": texts.codesLeft(holdings),
                "isFew": holdings.codesLeft <= FactorPolicy.fewBackupCodes,
            ], refused: refusal)
    }

    @Sendable private func renew(_ enrollee: Enrollee, _ form: OAuth.Parameters) async throws -> Reply {
        let outcome = try await rooms.factors.enrolment.renewCodes(rooms.enrolmentRequest(enrollee), at: enrollee.now)
        return try await rooms.answer(
            outcome, enrollee, done: "codes_renewed", on: SecondFactorPath.codes, wrong: "change"
        ) { try await page(enrollee, refused: $0) }
    }

    /// New codes, once.
    ///
    /// - Parameter word: what was done that they come of.
    func show(_ codes: [String], _ enrollee: Enrollee, done word: String) throws -> Reply {
        let catalogue = rooms.pages.catalogue
        return try rooms.enrolmentPage(
            "account-factor-new-codes", title: "factors.new_codes.title", enrollee,
            [
                "codes": codes, "notice": catalogue.text("account.done.\(word)"),
                "made": TimeText(catalogue: catalogue, now: enrollee.now).exact(enrollee.now),
            ])
    }
}
