import HTTPTypes
import Identity
import OAuth

/// What the sign-in page says to somebody who came back from a provider without being let in: one sentence, and nothing of
/// the provider's own text.
struct UpstreamSaying {
    let sentence: String
    let status: HTTPResponse.Status
    let finding: Finding
    var subject: String?
    /// Seconds.
    var retryAfter: Int64?

    private init(_ key: String, _ id: String, _ status: HTTPResponse.Status, _ finding: Finding, _ rooms: Rooms) {
        sentence = rooms.pages.catalogue.text("upstream.\(key)", ["provider": rooms.providerName(id)])
        self.status = status
        self.finding = finding
    }

    init(_ fault: UpstreamFault, _ id: String, _ rooms: Rooms) {
        let (key, status): (String, HTTPResponse.Status) =
            switch fault {
            case .denied: ("denied", .ok)
            case .state: ("state", .badRequest)
            case .refused, .issuer: ("failed", .badRequest)
            case .unavailable: ("unavailable", .serviceUnavailable)
            case .answer, .exchange, .idToken, .identity: ("failed", .badGateway)
            case .off: ("off", .notFound)
            }
        self.init(key, id, status, .upstreamFailed(fault, rooms.upstream.signIn.provider(id)), rooms)
    }

    init(throttled seconds: Int64, _ rooms: Rooms) {
        sentence = SignInTexts(catalogue: rooms.pages.catalogue).throttled(seconds)
        status = .tooManyRequests
        finding = .tooOften("upstream-network")
        retryAfter = seconds
    }

    init(notAdmitted id: String, _ rooms: Rooms) {
        self.init("not_admitted", id, .forbidden, .upstreamNotAdmitted(rooms.signUp.policy), rooms)
    }

    init(refused subject: String, _ id: String, _ rooms: Rooms) {
        self.init("refused_person", id, .forbidden, .upstreamPersonInactive, rooms)
        self.subject = subject
    }

    init(overtaken id: String, _ rooms: Rooms) {
        self.init("overtaken", id, .conflict, .upstreamOvertaken, rooms)
    }

    init(ownedElsewhere id: String, _ rooms: Rooms) {
        self.init("owned_elsewhere", id, .conflict, .upstreamOwnedElsewhere, rooms)
    }
}
