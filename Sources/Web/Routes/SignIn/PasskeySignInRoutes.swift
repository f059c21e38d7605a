import HTTPTypes
import Identity
import OAuth

/// `/sign-in/passkey`: signing in by a passkey alone, whose authenticator knows its person: nothing else is asked.
struct PasskeySignInRoutes: Sendable {
    static let path = "/sign-in/passkey"

    let rooms: Rooms

    private var signIn: SignInRoutes { SignInRoutes(rooms: rooms) }

    var routes: [Route] { [Route(Self.path, .page, [.get: lead, .post: enter])] }

    /// For the browser's button, and for whoever loads a refusal again.
    @Sendable private func lead(_ visit: Visit) async throws -> Reply {
        .seeOther(Onward(try visit.queryParameters()).address("/sign-in"))
    }

    @Sendable private func enter(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        try await rooms.admitPasskey(visit, in: Course.secondFactor)
        var model = SignInPage(form, reference: visit.reference)
        model.isPasskeyRefused = true
        if let reply = try await signIn.take(form, into: &model, visit, guest) { return reply }
        guard rooms.offersPasskeys(to: model.request?.client) else {
            throw PageProblem(
                .forbidden, "access_denied",
                model.examination(.passkeysNotOffered(model.request?.client), guest))
        }
        let arrival = try await rooms.arrival(visit, guest, model.onward)
        let answer = PasskeyAnswer(form["answer"] ?? "")
        switch try await rooms.factors.passkeys.signIn(answer, from: arrival, visit.network, at: visit.now) {
        case .signedIn(let opened): return rooms.signedIn(opened, model.onward.reply, at: visit.now)
        case .refused(let reason, let subject):
            model.summary = rooms.pages.catalogue.text("passkey.refused")
            let examination = model.examination(.passkeyRefused(reason), guest, subject: subject)
            return try await signIn.page(model, visit, guest, refused: examination)
        }
    }
}

extension SignInRoutes {
    func passkeyContext(_ guest: Guest, at now: Instant) throws -> [String: Any] {
        let options = try rooms.factors.passkeys.signInOptions(for: guest.browser.digest, at: now)
        return rooms.passkeyTexts.merging([
            "passkeyOptions": options.json, "passkeyAction": PasskeySignInRoutes.path,
            "passkeyText": rooms.pages.catalogue.text("passkey.sign_in"),
        ]) { $1 }
    }
}

extension Rooms {
    /// How often one network may have answers of passkeys looked at: nobody guesses one, but each is work.
    static let passkeyAnswers = ThrottleLimit("passkey-network", attempts: 60, window: 900)

    func admitPasskey(_ visit: Visit, in course: [CheckName]) async throws {
        let lane = throttle.lane(Self.passkeyAnswers, Array(visit.network.prefix.utf8))
        guard case .refused(let limit, let seconds) = try await throttle.admit([lane], at: visit.now) else { return }
        audit.record(AuditEvent(.requestThrottled, details: ["reason": limit]))
        throw PageProblem(.tooManyRequests, "too_many_requests", .passkeysThrottled, in: course, retryAfter: seconds)
    }

    /// Whether a passkey is enough to sign in: passkeys are on, and the app that asks, if there is one, takes them.
    func offersPasskeys(to client: Client?) -> Bool {
        let wanted = client?.policy.signInMethods ?? []
        return factors.policy.isOn && factors.policy.kinds.contains(.passkey)
            && (wanted.isEmpty || wanted.contains(Proof.passkey))
    }
}
