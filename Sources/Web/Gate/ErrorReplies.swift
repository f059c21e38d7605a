import HTTPTypes
import JSON
import OAuth

/// The one table from error codes to statuses and headers (RFC 6749 §5.2, RFC 6750 §3.1).
enum ErrorReplies {
    static func status(of code: OAuthError.Code) -> HTTPResponse.Status {
        switch code {
        case .invalidClient, .invalidToken, .insufficientUserAuthentication: .unauthorized
        case .insufficientScope: .forbidden
        case .serverError: .internalServerError
        case .temporarilyUnavailable: .serviceUnavailable
        default: .badRequest
        }
    }

    /// - Parameter reference: told in the sentence, so that a developer can hand it to the operator.
    static func json(_ error: OAuthError, hasCredentials: Bool, reference: String) -> Reply {
        let sentence = error.sentence(referringTo: reference)
        var json = JSONWriter()
        json.beginObject()
        json.key("error")
        json.string(error.code.rawValue)
        json.key("error_description")
        json.string(sentence)
        json.endObject()
        var reply = Reply.json(json.bytes, status: status(of: error.code))
        reply.examination = error.examination
        switch error.code {
        case .invalidClient:
            reply.headers[.wwwAuthenticate] = #"Basic realm="martlet", charset="UTF-8""#
        case .invalidToken where !hasCredentials:
            // RFC 6750 §3.1: who presented nothing is told how, not what was wrong.
            reply.headers[.wwwAuthenticate] = #"Bearer realm="martlet""#
        case .invalidToken, .insufficientScope:
            reply.headers[.wwwAuthenticate] =
                #"Bearer realm="martlet", error="\#(error.code.rawValue)", error_description="\#(sentence)""#
        default: break
        }
        if let seconds = error.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        return reply
    }
}
