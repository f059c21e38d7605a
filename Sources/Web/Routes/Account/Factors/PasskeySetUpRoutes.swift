import Identity
import OAuth

/// `/account/factors/passkeys`: one more passkey (WebAuthn §7.1). It takes a script; the page names the other ways for
/// whoever has none.
struct PasskeySetUpRoutes: Sendable {
    let rooms: Rooms

    static let path = "/account/factors/passkeys"

    var routes: [Route] {
        let door = EnrolmentDoor(rooms: rooms)
        return [
            Route(
                Self.path, .secretPage,
                [.get: door.page(Self.path) { try await page($0) }, .post: door.form(on: Self.path, add)])
        ]
    }

    /// A name that does not fit is replaced, not refused: the passkey is on the device by now.
    @Sendable private func add(_ enrollee: Enrollee, _ form: OAuth.Parameters) async throws -> Reply {
        let name = form["name"] ?? ""
        let outcome = try await rooms.factors.enrolment.addPasskey(
            PasskeyAnswer(form["answer"] ?? ""), named: name, rooms.enrolmentRequest(enrollee), at: enrollee.now)
        return try await rooms.answer(
            outcome, enrollee, done: "factor_added", on: Self.path, wrong: "passkey"
        ) { refusal in
            try await page(enrollee, name: FactorName(name)?.text, refused: refusal)
        }
    }

    private func page(
        _ enrollee: Enrollee, name: String? = nil, refused refusal: EnrolmentRefusal? = nil
    ) async throws -> Reply {
        let catalogue = rooms.pages.catalogue
        let kinds = rooms.factors.enrolment.offered(to: enrollee.account)
        guard kinds.contains(.passkey) else {
            return try rooms.enrolmentPage(
                "account-factor-passkey", title: "factors.passkey.title", enrollee, refused: .notOffered(catalogue))
        }
        let holdings = try await rooms.factors.enrolment.holdings(of: enrollee.account.id)
        let options = try rooms.factors.passkeys.registrationOptions(
            for: enrollee.account, in: enrollee.session, having: holdings, at: enrollee.now)
        let others = kinds.filter { kind in
            kind != .passkey && (kind != .mailCode || holdings.factors(of: .mailCode).isEmpty)
        }
        let device = rooms.enrolmentRequest(enrollee).visitor.device
        let context: [String: Any] = [
            "action": Self.path, "options": options.json, "isOffered": true,
            "name": name ?? (device.isEmpty ? catalogue.text("factors.passkey.name") : device),
            "maximum": String(FactorName.longest),
            "cancelled": catalogue.text("factors.passkey.cancelled"),
            "failed": catalogue.text("factors.passkey.failed"), "taken": catalogue.text("factors.refused.taken"),
            "others": others.map { kind in
                [
                    "url": enrollee.onward.address(kind.setUpPath),
                    "title": catalogue.text("factors.choice.\(kind.rawValue)"),
                ]
            },
        ]
        return try rooms.enrolmentPage(
            "account-factor-passkey", title: "factors.passkey.title", enrollee, context, refused: refusal)
    }
}
