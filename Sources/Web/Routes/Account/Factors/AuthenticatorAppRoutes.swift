import Identity
import OAuth
import QRCode

/// `/account/factors/app`: an authenticator app (RFC 6238). The key is shown as a picture and as text, and kept only once
/// the first code of the app is right (MF1); until then it travels sealed, in a field of the form and never in an address.
struct AuthenticatorAppRoutes: Sendable {
    let rooms: Rooms

    static let path = "/account/factors/app"

    var routes: [Route] {
        let door = EnrolmentDoor(rooms: rooms)
        return [
            Route(Self.path, .secretPage, [.get: door.page(Self.path, begin), .post: door.form(on: Self.path, add)])
        ]
    }

    @Sendable private func begin(_ enrollee: Enrollee) async throws -> Reply {
        guard isOffered(enrollee) else { return try refuse(enrollee) }
        return try page(draft(enrollee), enrollee)
    }

    @Sendable private func add(_ enrollee: Enrollee, _ form: OAuth.Parameters) async throws -> Reply {
        guard isOffered(enrollee) else { return try refuse(enrollee) }
        let (request, now) = (rooms.enrolmentRequest(enrollee), enrollee.now)
        let sealed = form["draft"] ?? ""
        let outcome = try await rooms.factors.enrolment.addTOTP(
            sealed, code: form["code"] ?? "", request, at: now)
        return try await rooms.answer(outcome, enrollee, done: "factor_added", on: Self.path) { refusal in
            // The same key again, so that the app need not be told another; one that is too old is replaced.
            if let same = rooms.factors.enrolment.draft(sealed, request, at: now) {
                return try page(same, enrollee, refused: refusal)
            }
            let isLocked = refusal.refusal.retryAfter != nil
            return try page(
                draft(enrollee), enrollee, refused: isLocked ? refusal : .wrong("key", rooms.pages.catalogue))
        }
    }

    private func draft(_ enrollee: Enrollee) throws -> FactorEnrolment.TOTPDraft {
        try rooms.factors.enrolment.beginTOTP(rooms.enrolmentRequest(enrollee), at: enrollee.now)
    }

    private func isOffered(_ enrollee: Enrollee) -> Bool {
        rooms.factors.enrolment.offered(to: enrollee.account).contains(.totp)
    }

    private func refuse(_ enrollee: Enrollee) throws -> Reply {
        try rooms.enrolmentPage(
            "account-factor-app", title: "factors.app.title", enrollee, refused: .notOffered(rooms.pages.catalogue))
    }

    private func page(
        _ draft: FactorEnrolment.TOTPDraft, _ enrollee: Enrollee, refused refusal: EnrolmentRefusal? = nil
    ) throws -> Reply {
        var context: [String: Any] = [
            "action": Self.path, "field": "code", "draft": draft.sealed, "key": draft.key, "uri": draft.uri,
            "codeLabel": rooms.pages.catalogue.text("factors.app.code"),
        ]
        // An account's name can be too long for a code to hold; then the key alone is shown.
        if let code = QRCode(draft.uri) {
            context["qr"] = ["side": String(code.side), "path": code.path]
        }
        return try rooms.enrolmentPage(
            "account-factor-app", title: "factors.app.title", enrollee, context, refused: refusal)
    }
}
