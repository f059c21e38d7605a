import Cryptography
import OAuth

/// What the demo remembers of one browser.
struct DemoVisit: Sendable {
    /// Proves that a form came from a page of this visit.
    let csrf: String
    let startedAt: Instant
    var signIn: SignIn?
    var person: SignedInPerson?
    /// A sentence for the next page.
    var notice: DemoNotice?
}

/// Keys of the message catalogue.
enum DemoNotice: String, Sendable {
    case revoked = "demo.revoked"
    case signedOut = "demo.signed_out"
}

/// All visits, by the cookie that each browser holds. In memory, and bounded: whoever asks for pages without end
/// pushes out the oldest visits of nobody, then of people, and fills nothing.
actor DemoVisits {
    static let maximumCount = 1000
    static let lifetime: Int64 = 8 * 3600

    private let random: any RandomSource
    private var visits: [String: DemoVisit] = [:]

    init(random: any RandomSource) {
        self.random = random
    }

    func visit(_ id: String, at now: Instant) -> DemoVisit? {
        guard let visit = visits[id], now < visit.startedAt + Self.lifetime else { return nil }
        return visit
    }

    func begin(at now: Instant) throws -> (id: String, visit: DemoVisit) {
        makeRoom()
        let id = try token()
        let visit = DemoVisit(csrf: try token(), startedAt: now)
        visits[id] = visit
        return (id, visit)
    }

    func change(_ id: String, _ change: @Sendable (inout DemoVisit) -> Void) {
        guard var visit = visits[id] else { return }
        change(&visit)
        visits[id] = visit
    }

    /// Hands out the attempt once: a second answer finds none.
    func takeSignIn(of id: String) -> SignIn? {
        let signIn = visits[id]?.signIn
        visits[id]?.signIn = nil
        return signIn
    }

    func takeNotice(of id: String) -> DemoNotice? {
        let notice = visits[id]?.notice
        visits[id]?.notice = nil
        return notice
    }

    /// Opens a new visit for somebody who has signed in: an id known before must not become theirs.
    func admit(_ person: SignedInPerson, insteadOf id: String, at now: Instant) throws -> String {
        visits[id] = nil
        let (fresh, _) = try begin(at: now)
        visits[fresh]?.person = person
        return fresh
    }

    private func makeRoom() {
        guard visits.count >= Self.maximumCount else { return }
        let rank = { (visit: DemoVisit) in (visit.person == nil ? 0 : 1, visit.startedAt) }
        let oldest = visits.min { rank($0.value) < rank($1.value) }
        if let oldest { visits[oldest.key] = nil }
    }

    private func token() throws -> String { Base64URL.encode(try random.bytes(32)) }
}
