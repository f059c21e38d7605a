/// A registered error code and a sentence that is safe to send to the client. No HTTP status: one table
/// at the edge maps codes to statuses. The sentence never repeats what the client sent (TK20).
package struct OAuthError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The codes of the IANA "OAuth Extensions Error" registry that Martlet speaks.
    package enum Code: String, Sendable, CaseIterable {
        // RFC 6749 §4.1.2.1 and §5.2
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case accessDenied = "access_denied"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
        // OpenID Connect Core §3.1.2.6
        case interactionRequired = "interaction_required"
        case loginRequired = "login_required"
        case accountSelectionRequired = "account_selection_required"
        case consentRequired = "consent_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case registrationNotSupported = "registration_not_supported"
        /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0
        case unmetAuthenticationRequirements = "unmet_authentication_requirements"
        /// RFC 8707 §2
        case invalidTarget = "invalid_target"
        // RFC 6750 §3.1
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
        /// RFC 7009 §2.2.1
        case unsupportedTokenType = "unsupported_token_type"
    }

    package let code: Code
    package let sentence: String
    /// For temporary refusals: seconds until trying again makes sense.
    package let retryAfter: Int64?

    package init(_ code: Code, _ sentence: String, retryAfter: Int64? = nil) {
        self.code = code
        self.sentence = sentence
        self.retryAfter = retryAfter
    }

    package static func invalidRequest(_ sentence: String) -> Self { Self(.invalidRequest, sentence) }
    package static func invalidClient(_ sentence: String) -> Self { Self(.invalidClient, sentence) }
    package static func invalidGrant(_ sentence: String) -> Self { Self(.invalidGrant, sentence) }
    package static func invalidScope(_ sentence: String) -> Self { Self(.invalidScope, sentence) }
    package static func invalidTarget(_ sentence: String) -> Self { Self(.invalidTarget, sentence) }
    package static func invalidToken(_ sentence: String) -> Self { Self(.invalidToken, sentence) }

    package var description: String { "\(code.rawValue): \(sentence)" }
}
