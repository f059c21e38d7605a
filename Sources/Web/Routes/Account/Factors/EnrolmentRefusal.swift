import HTTPTypes
import Identity
import OAuth

/// Why nothing was set up or changed: one plain sentence each, and the same one for everything that does not hold.
struct EnrolmentRefusal: Sendable {
    let refusal: AccountRefusal
    /// Whether it is what was typed, so that the field says it too.
    let isOfField: Bool

    private init(
        _ sentence: String, _ status: HTTPResponse.Status, _ finding: Finding, retryAfter: Int64? = nil,
        isOfField: Bool = false
    ) {
        refusal = AccountRefusal(
            sentence: sentence, status: status, finding: finding, course: Course.factorChange, retryAfter: retryAfter)
        self.isOfField = isOfField
    }

    /// - Parameter word: the last part of the catalogue's key for what does not hold; a code is another thing than a
    ///   passkey.
    static func wrong(_ word: String, _ catalogue: Catalogue) -> Self {
        Self(
            catalogue.text("factors.refused.\(word)"), .unprocessableContent, .factorSetUpRefused, isOfField: true)
    }

    static func locked(_ seconds: Int64, _ catalogue: Catalogue) -> Self {
        let minutes = max(1, (seconds + 59) / 60)
        let sentence =
            minutes == 1
            ? catalogue.text("factors.refused.locked_one")
            : catalogue.text("factors.refused.locked", ["minutes": String(minutes)])
        return Self(
            sentence, .tooManyRequests, .factorChangeLocked(seconds: seconds), retryAfter: seconds, isOfField: true)
    }

    static func notOffered(_ catalogue: Catalogue) -> Self {
        Self(catalogue.text("factors.refused.not_offered"), .forbidden, .factorNotOffered)
    }

    static func taken(_ catalogue: Catalogue) -> Self {
        Self(catalogue.text("factors.refused.taken"), .conflict, .factorTaken)
    }

    static func name(_ catalogue: Catalogue) -> Self {
        Self(
            catalogue.text("factors.refused.name", ["maximum": String(FactorName.longest)]), .unprocessableContent,
            .factorNameRefused, isOfField: true)
    }

    /// What is somebody else's is answered like what there is not (B068).
    static func gone(_ catalogue: Catalogue) -> Self {
        Self(catalogue.text("account.nothing_changed"), .notFound, .nothingThere)
    }
}

extension Rooms {
    /// What a change led to, on its way to a page.
    ///
    /// - Parameters:
    ///   - word: says what was done, on the page that the person goes on to.
    ///   - page: where the form is, for whoever must prove something again first.
    ///   - wrong: the sentence for what does not hold.
    ///   - refuse: shows the page of the form again.
    func answer(
        _ outcome: FactorEnrolment.Outcome, _ enrollee: Enrollee, done word: String, on page: String,
        wrong: String = "code", refuse: (EnrolmentRefusal) async throws -> Reply
    ) async throws -> Reply {
        let catalogue = pages.catalogue
        switch outcome {
        case .done(let opened, let codes) where codes.isEmpty:
            let onward = enrollee.onward
            let reply =
                onward == .account
                ? done(word, at: AccountSection.security, enrollee.resident) : .seeOther(enrollee.goal)
            return signedIn(opened, reply, at: enrollee.now)
        case .done(let opened, let codes):
            let reply = try BackupCodeRoutes(rooms: self).show(codes, enrollee, done: word)
            return signedIn(opened, reply, at: enrollee.now)
        case .wrong: return try await refuse(.wrong(wrong, catalogue))
        case .locked(let seconds): return try await refuse(.locked(seconds, catalogue))
        case .notFresh:
            let here = ReturnPath(known: enrollee.onward.address(page))
            return Self.confirmFirst(enrollee.session, backTo: here, at: enrollee.now) ?? .seeOther(here.text)
        case .notOffered: return try await refuse(.notOffered(catalogue))
        case .taken: return try await refuse(.taken(catalogue))
        case .gone: return try await refuse(.gone(catalogue))
        }
    }

    /// A page of setting up: one column, with what leads on hidden in its forms.
    func enrolmentPage(
        _ template: String, title: String, _ enrollee: Enrollee, _ context: [String: Any] = [:],
        refused refusal: EnrolmentRefusal? = nil
    ) throws -> Reply {
        let catalogue = pages.catalogue
        var whole: [String: Any] = [
            "csrf": formGuard.token(for: enrollee.resident.guest.browser), "onward": enrollee.onward.fields,
            "goalURL": enrollee.goal, "email": enrollee.account.email.typed,
            "setUpURL": enrollee.onward.address(SecondFactorPath.setUp),
            "backURL": AccountSection.security.path, "isOnTheWay": enrollee.onward.request != nil,
        ]
        let heading = catalogue.text(title)
        whole["heading"] = heading
        whole.merge(context) { $1 }
        guard let refusal = refusal else {
            return welcome(enrollee.resident.guest, try writer.reply(template, title: heading, whole))
        }
        let (said, visit) = (refusal.refusal, enrollee.resident.visit)
        var error: [String: Any] = ["summary": said.sentence, "reference": visit.reference]
        if refusal.isOfField, let field = whole["field"] as? String {
            whole["fieldError"] = said.sentence
            error["summary"] = catalogue.text("error.summary.form")
            error["fields"] = [["id": field, "message": said.sentence]]
        }
        whole["error"] = error
        var reply = try writer.reply(template, title: heading, whole, status: said.status)
        if let seconds = said.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = Examination(said.finding, in: said.course, established: enrollee.resident.established)
        return welcome(enrollee.resident.guest, reply)
    }
}
