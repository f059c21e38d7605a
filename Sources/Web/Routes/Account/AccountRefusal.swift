import HTTPTypes
import Identity
import OAuth

/// Why a form of somebody's account comes back as a whole, rather than by a field: a sentence that says what to do, and
/// what is written down under the reference beside it.
struct AccountRefusal: Sendable {
    let sentence: String
    let status: HTTPResponse.Status
    let finding: Finding
    var course = Course.pageForm
    /// Seconds.
    var retryAfter: Int64?

    /// What is somebody else's is answered like what there is not (B068).
    static func nothingThere(_ catalogue: Catalogue) -> Self {
        Self(sentence: catalogue.text("account.nothing_changed"), status: .notFound, finding: .nothingThere)
    }

    static func noSuchChoice(_ catalogue: Catalogue) -> Self {
        Self(
            sentence: catalogue.text("account.no_such_choice"), status: .unprocessableContent, finding: .noSuchChoice)
    }
}

extension Rooms {
    /// For what costs more than a page: `nil` as long as the person may go on. Counted before anything is done (IN9).
    func refusal(by limit: ThrottleLimit, of resident: Resident) async throws -> AccountRefusal? {
        let lane = throttle.lane(limit, Array(resident.account.id.utf8))
        guard case .refused(let name, let seconds) = try await throttle.admit([lane], at: resident.visit.now) else {
            return nil
        }
        return AccountRefusal(
            sentence: SignInTexts(catalogue: pages.catalogue).throttled(seconds), status: .tooManyRequests,
            finding: .tooOften(name), course: Course.boundedForm, retryAfter: seconds)
    }
}
