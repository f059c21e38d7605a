import Identity
import OAuth

/// `/account/factors/mail`: codes by mail as the second step. The first one shows that mails arrive.
struct MailCodeRoutes: Sendable {
    let rooms: Rooms

    static let path = "/account/factors/mail"
    private static let codePath = path + "/code"

    var routes: [Route] {
        let door = EnrolmentDoor(rooms: rooms)
        return [
            Route(
                Self.path, .page,
                [.get: door.page(Self.path) { try ask($0) }, .post: door.form(on: Self.path, send)]),
            Route(
                Self.codePath, .secretPage,
                [.get: door.page(Self.codePath) { try code($0) }, .post: door.form(on: Self.codePath, add)]),
        ]
    }

    private func ask(_ enrollee: Enrollee, refused refusal: EnrolmentRefusal? = nil) throws -> Reply {
        let isOffered = self.isOffered(enrollee)
        let refusal = isOffered ? refusal : .notOffered(rooms.pages.catalogue)
        return try rooms.enrolmentPage(
            "account-factor-mail", title: "factors.mail.title", enrollee,
            ["action": Self.path, "isOffered": isOffered], refused: refusal)
    }

    /// The next page is the same whether a mail goes, or too many were asked for (B112).
    @Sendable private func send(_ enrollee: Enrollee, _ form: OAuth.Parameters) async throws -> Reply {
        guard isOffered(enrollee) else { return try ask(enrollee) }
        _ = try await rooms.factors.enrolment.sendCode(rooms.enrolmentRequest(enrollee), at: enrollee.now)
        return .seeOther(enrollee.onward.address(Self.codePath))
    }

    private func code(_ enrollee: Enrollee, refused refusal: EnrolmentRefusal? = nil) throws -> Reply {
        let minutes = rooms.factors.policy.mailCodeLifetime / 60
        return try rooms.enrolmentPage(
            "account-factor-mail-code", title: "factors.mail_code.title", enrollee,
            [
                "action": Self.codePath, "resendAction": Self.path, "field": "code", "minutes": String(minutes),
                "codeLabel": rooms.pages.catalogue.text("factors.mail_code.code"),
            ], refused: refusal)
    }

    @Sendable private func add(_ enrollee: Enrollee, _ form: OAuth.Parameters) async throws -> Reply {
        guard isOffered(enrollee) else { return try ask(enrollee) }
        let outcome = try await rooms.factors.enrolment.addMailCode(
            code: form["code"] ?? "", rooms.enrolmentRequest(enrollee), at: enrollee.now)
        return try await rooms.answer(outcome, enrollee, done: "factor_added", on: Self.path) { refusal in
            try code(enrollee, refused: refusal)
        }
    }

    private func isOffered(_ enrollee: Enrollee) -> Bool {
        rooms.factors.enrolment.offered(to: enrollee.account).contains(.mailCode)
    }
}
