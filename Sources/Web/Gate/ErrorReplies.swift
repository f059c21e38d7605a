import HTTPTypes
import JSON
import OAuth

/// The one table from error codes to statuses and headers (RFC 6749 §5.2, RFC 6750 §3.1).
enum ErrorReplies {
    static func status(of code: OAuthError.Code) -> HTTPResponse.Status {
        switch code {
        case .invalidClient, .invalidToken: .unauthorized
        case .insufficientScope: .forbidden
        case .serverError: .internalServerError
        case .temporarilyUnavailable: .serviceUnavailable
        default: .badRequest
        }
    }

    static func json(_ error: OAuthError, hasCredentials: Bool) -> Reply {
        var json = JSONWriter()
        json.beginObject()
        json.key("error")
        json.string(error.code.rawValue)
        json.key("error_description")
        json.string(error.sentence)
        json.endObject()
        var reply = Reply.json(json.bytes, status: status(of: error.code))
        switch error.code {
        case .invalidClient:
            reply.headers[.wwwAuthenticate] = #"Basic realm="martlet", charset="UTF-8""#
        case .invalidToken where !hasCredentials:
            // RFC 6750 §3.1: who presented nothing is told how, not what was wrong.
            reply.headers[.wwwAuthenticate] = #"Bearer realm="martlet""#
        case .invalidToken, .insufficientScope:
            reply.headers[.wwwAuthenticate] =
                #"Bearer realm="martlet", error="\#(error.code.rawValue)", error_description="\#(error.sentence)""#
        default: break
        }
        if let seconds = error.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        return reply
    }
}

/// A refusal that a person reads; which text it is, is looked up in the catalogue.
struct PageProblem: Error, Sendable {
    let status: HTTPResponse.Status
    /// The last part of the catalogue's keys `error.heading.…`, `error.sentence.…`, `error.advice.…`.
    let text: String
    /// For developers: what was wrong, without anything secret.
    let detail: String?
    /// For the operator: what was sent. It goes to the log and never onto a page.
    let seen: String?
    let retryAfter: Int64?

    init(
        _ status: HTTPResponse.Status, _ text: String, detail: String? = nil, seen: String? = nil,
        retryAfter: Int64? = nil
    ) {
        self.status = status
        self.text = text
        self.detail = detail
        self.seen = seen.map { String($0.prefix(300)) }
        self.retryAfter = retryAfter
    }
}
