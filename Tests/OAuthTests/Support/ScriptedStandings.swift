import OAuth
import Synchronization

/// Says of everybody what a test has written down; nothing is known of second factors until then.
final class ScriptedStandings: FactorStandings {
    struct Unknown: Error {}

    private let script = Mutex<FactorStanding?>(FactorStanding())
    private let heard = Mutex<[String]>([])

    /// `nil`: nobody can say.
    func tell(_ standing: FactorStanding?) { script.withLock { $0 = standing } }

    /// For whom it was asked, in order.
    var asked: [String] { heard.withLock { $0 } }

    func standing(
        of authentication: Authentication, for clientID: String, at now: Instant
    ) async throws -> FactorStanding {
        heard.withLock { $0.append("\(authentication.subject) for \(clientID)") }
        guard let standing = script.withLock({ $0 }) else { throw Unknown() }
        return standing
    }
}
