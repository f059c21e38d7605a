import HTTPTypes

/// What can go wrong with a call of the administration API, for programs: `type` is `urn:martlet:problem:` and this.
enum APIProblemKind: String, Sendable, CaseIterable {
    case malformedRequest = "malformed_request"
    case invalidMember = "invalid_member"
    case invalidToken = "invalid_token"
    case insufficientScope = "insufficient_scope"
    case insufficientUserAuthentication = "insufficient_user_authentication"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case unsupportedMediaType = "unsupported_media_type"
    case tooLarge = "too_large"
    case changedMeanwhile = "changed_meanwhile"
    case preconditionRequired = "precondition_required"
    case lastAdministrator = "last_administrator"
    case addressTaken = "address_taken"
    case notPossible = "not_possible"
    case notForAdministrators = "not_for_administrators"
    case throttled
    case unavailable
    case serverError = "server_error"

    var title: String {
        switch self {
        case .malformedRequest: "The request cannot be read"
        case .invalidMember: "A member of the body cannot be used"
        case .invalidToken: "The access token opens nothing here"
        case .insufficientScope: "The access token is not enough for this"
        case .insufficientUserAuthentication: "The person must prove again who they are"
        case .notFound: "There is nothing here"
        case .methodNotAllowed: "This address does not answer to this method"
        case .unsupportedMediaType: "The body is not of a type that is read here"
        case .tooLarge: "The body is too large"
        case .changedMeanwhile: "The person was changed meanwhile"
        case .preconditionRequired: "This is changed only as it was seen"
        case .lastAdministrator: "The last administrator stays"
        case .addressTaken: "Somebody has this address"
        case .notPossible: "This cannot be done with this person"
        case .notForAdministrators: "This is not done with somebody who administers"
        case .throttled: "Too many calls"
        case .unavailable: "Something is away for a moment"
        case .serverError: "Something went wrong here"
        }
    }

    var status: HTTPResponse.Status {
        switch self {
        case .malformedRequest: .badRequest
        case .invalidMember: .unprocessableContent
        case .invalidToken, .insufficientUserAuthentication: .unauthorized
        case .insufficientScope, .notForAdministrators: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .unsupportedMediaType: .unsupportedMediaType
        case .tooLarge: .contentTooLarge
        case .changedMeanwhile: .preconditionFailed
        case .preconditionRequired: .preconditionRequired
        case .lastAdministrator, .addressTaken, .notPossible: .conflict
        case .throttled: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .serverError: .internalServerError
        }
    }
}
