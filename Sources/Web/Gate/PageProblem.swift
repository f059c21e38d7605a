import HTTPTypes
import OAuth

/// A refusal that a person reads; which text it is, is looked up in the catalogue.
struct PageProblem: Error, Sendable {
    let status: HTTPResponse.Status
    /// The last part of the catalogue's keys `error.heading.…`, `error.sentence.…`, `error.advice.…`.
    let text: String
    /// For developers: what was wrong, without anything secret.
    let detail: String?
    /// For the operator: what was checked and seen. Never onto a page.
    let examination: Examination
    let retryAfter: Int64?

    init(
        _ status: HTTPResponse.Status, _ text: String, _ examination: Examination, detail: String? = nil,
        retryAfter: Int64? = nil
    ) {
        self.status = status
        self.text = text
        self.detail = detail
        self.examination = examination
        self.retryAfter = retryAfter
    }

    init(
        _ status: HTTPResponse.Status, _ text: String, _ finding: Finding, in course: [CheckName],
        established: Established = Established(), retryAfter: Int64? = nil
    ) {
        let examination = Examination(finding, in: course, established: established)
        self.init(status, text, examination, retryAfter: retryAfter)
    }

    /// A protocol error that is shown instead of sent back.
    init(_ error: OAuthError, _ reason: AuthorizationRequest.Reason = .invalidRequest) {
        self.init(.badRequest, reason.rawValue, error.examination, detail: error.sentence)
    }
}
